#include "adapter/store/sqlite_writer.h"

#include <gtest/gtest.h>

#include <fstream>
#include <latch>
#include <thread>

#include "tests/adapter/store/samples.h"

namespace pas {
namespace {

using base::ErrorCode;
using store::Result;
using store::SqliteConnection;
using store::SqliteQuery;
using store::SqliteWriter;

class SqliteWriterTest : public testing::Test {
 protected:
  void open(SqliteWriter::Limits limits) {
    file_ = folder_.file("rows.db");
    std::ofstream(file_).close();
    auto connection = SqliteConnection::open(file_, SqliteConnection::Mode::kWrite);
    ASSERT_TRUE(connection);
    ASSERT_TRUE((*connection)->execute("PRAGMA journal_mode=WAL; CREATE TABLE rows (n INTEGER PRIMARY KEY) STRICT"));
    writer_ = std::make_unique<SqliteWriter>(std::move(*connection), limits);
  }

  static SqliteWriter::Job add(int n) {
    return [n](SqliteConnection& connection) { return connection.run("INSERT INTO rows VALUES (?)", n); };
  }

  // Keeps the writer's thread busy until release(), so that what comes next waits in the queue.
  void hold() {
    threads_.emplace_back([this] {
      const auto held = writer_->run(
          [this](SqliteConnection&) -> Result<void> {
            held_.count_down();
            released_.wait();
            return {};
          },
          0);
      EXPECT_TRUE(held);
    });
    held_.wait();
  }
  void release() { released_.count_down(); }

  // Queues the job, and returns once it is queued; its result is there after finish().
  void queue(SqliteWriter::Job job, std::size_t bytes = 0) {
    const std::size_t place = threads_.size();
    results_.resize(place + 1);
    const std::size_t before = writer_->queued();
    threads_.emplace_back(
        [this, place, bytes, job = std::move(job)] { results_.at(place) = writer_->run(job, bytes); });
    while (writer_->queued() == before) std::this_thread::yield();
  }
  void finish() {
    release();
    for (auto& thread : threads_) thread.join();
  }

  std::vector<int> rows() {
    auto connection = SqliteConnection::open(file_, SqliteConnection::Mode::kRead);
    SqliteQuery row(**connection, "SELECT n FROM rows ORDER BY n");
    std::vector<int> found;
    while (row.next()) found.push_back(static_cast<int>(row.integer(0)));
    return found;
  }

  support::TemporaryFolder folder_;
  std::string file_;
  std::unique_ptr<SqliteWriter> writer_;
  std::latch held_{1};
  std::latch released_{1};
  std::vector<Result<void>> results_ = std::vector<Result<void>>(16);
  std::vector<std::thread> threads_;
};

TEST_F(SqliteWriterTest, WhatWaitsSharesATransaction) {
  open({64, 100, 1000});
  hold();
  for (int n = 1; n <= 8; ++n) queue(add(n));
  const auto before = writer_->commits();
  finish();
  EXPECT_EQ(rows(), (std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(writer_->commits() - before, 1U) << "the held one wrote nothing, the eight share one commit";
}

TEST_F(SqliteWriterTest, OneThatFailsTakesNoOtherWithIt) {
  open({64, 100, 1000});
  hold();
  queue(add(1));
  queue([](SqliteConnection& connection) -> Result<void> {
    (void)connection.run("INSERT INTO rows VALUES (100)");
    return base::Error{ErrorCode::kConflict, "no"};
  });
  queue(add(1));
  queue([](SqliteConnection&) -> Result<void> { throw std::bad_alloc(); });
  queue(add(2));
  finish();
  EXPECT_TRUE(results_.at(1));
  EXPECT_EQ(results_.at(2).error().code, ErrorCode::kConflict);
  EXPECT_EQ(results_.at(3).error().code, ErrorCode::kConflict);
  EXPECT_EQ(results_.at(4).error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(results_.at(5));
  EXPECT_EQ(rows(), (std::vector<int>{1, 2}));
}

TEST_F(SqliteWriterTest, ATransactionThatBreaksIsTakenApart) {
  open({64, 100, 1000});
  hold();
  queue(add(1));
  queue([](SqliteConnection& connection) -> Result<void> {  // as SQLite does by itself after an I/O error
    (void)connection.run("ROLLBACK");
    return base::unavailable("broken");
  });
  queue(add(2));
  finish();
  EXPECT_TRUE(results_.at(1));
  EXPECT_EQ(results_.at(2).error().message, "broken");
  EXPECT_TRUE(results_.at(3));
  EXPECT_EQ(rows(), (std::vector<int>{1, 2}));
  EXPECT_EQ(writer_->failure(), "");
}

TEST_F(SqliteWriterTest, AFullQueueRefusesAtOnce) {
  open({64, 2, 1000});
  hold();
  queue(add(1));
  queue(add(2));
  const auto refused = writer_->run(add(3), 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  finish();
  EXPECT_TRUE(writer_->run(add(4), 0));
  EXPECT_EQ(rows(), (std::vector<int>{1, 2, 4}));
}

TEST_F(SqliteWriterTest, TheQueueIsBoundedInBytesToo) {
  open({64, 100, 1000});
  hold();
  queue(add(1), 5000);  // alone it always fits
  EXPECT_FALSE(writer_->run(add(2), 1));
  finish();
  EXPECT_TRUE(writer_->run(add(3), 1000));
  EXPECT_EQ(rows(), (std::vector<int>{1, 3}));
}

TEST_F(SqliteWriterTest, ClosingFinishesWhatIsQueued) {
  open({2, 100, 1000});
  hold();
  for (int n = 1; n <= 6; ++n) queue(add(n));
  std::thread closing([this] { writer_.reset(); });
  finish();
  closing.join();
  EXPECT_EQ(rows(), (std::vector<int>{1, 2, 3, 4, 5, 6}));
}

TEST_F(SqliteWriterTest, EmptiesTheLogWhenAsked) {
  open({64, 100, 1000});
  ASSERT_TRUE(writer_->run(add(1), 0));
  EXPECT_GT(std::filesystem::file_size(file_ + "-wal"), 0U);
  EXPECT_GT(writer_->log_bytes(), 0U);
  writer_->empty_log();
  while (writer_->log_bytes() != 0) std::this_thread::yield();
  EXPECT_EQ(std::filesystem::file_size(file_ + "-wal"), 0U);
  EXPECT_EQ(rows(), std::vector<int>{1});
}

}  // namespace
}  // namespace pas
