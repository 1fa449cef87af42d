// What the PostgreSQL store does beyond the contract: several stores on one database, a server that goes and comes,
// commits whose end is not known, schemas that are not its own.

#include "adapter/store/postgres.h"

#include <gtest/gtest.h>

#include <csignal>
#include <set>
#include <thread>

#include "adapter/store/postgres_connection.h"
#include "adapter/store/postgres_write.h"
#include "tests/adapter/store/postgres_server.h"
#include "tests/adapter/store/samples.h"

namespace pas {
namespace {

using base::ErrorCode;
using store::PostgresConnection;
using support::PostgresServer;
using support::submission;

class PostgresStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    if (PostgresServer::get() == nullptr) GTEST_SKIP() << "PostgreSQL is not installed here";
    conninfo_ = PostgresServer::get()->make_schema();
  }
  std::unique_ptr<store::Store> open() {
    auto opened = store::open_postgres({.conninfo = conninfo_});
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
  }
  void expect_not_opened(ErrorCode code, const std::string& in_message) {
    const auto opened = store::open_postgres({.conninfo = conninfo_});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, code);
    EXPECT_NE(opened.error().message.find(in_message), std::string::npos) << opened.error().message;
  }
  std::unique_ptr<PostgresConnection> connect() {
    auto connection = PostgresConnection::open(conninfo_, PostgresConnection::Access::kWrite);
    EXPECT_TRUE(connection) << connection.error().message;
    return std::move(*connection);
  }
  // Runs SQL on the schema, as another tool could.
  void tamper(const std::string& script) {
    const auto ran = connect()->execute(script);
    ASSERT_TRUE(ran) << ran.error().message;
  }

  std::string conninfo_;
};

TEST_F(PostgresStoreTest, WhatOneStoreCommitsAnotherSees) {
  auto one = open();
  auto two = open();
  ASSERT_TRUE(one->commit(submission("c-1")));
  EXPECT_NE(*two->find_case("c-1"), std::nullopt);
  EXPECT_EQ(two->commit(submission("c-1")).error().code, ErrorCode::kConflict);
  auto update = submission("c-2");
  update.record.prior_id = "c-1";
  ASSERT_TRUE(two->commit(update));
  EXPECT_EQ((*one->find_case("c-1"))->replaced_by, "c-2");
  EXPECT_GT((*one->find_case("c-2"))->order, (*one->find_case("c-1"))->order);
  EXPECT_EQ(*one->months_authorized({"payer", "M-1", "E0781", ""}), 3);
  EXPECT_EQ(*two->verify(), std::vector<std::string>());
}

TEST_F(PostgresStoreTest, TwoStoresNeverGiveTheSameNumber) {
  auto one = open();
  auto two = open();
  std::set<std::int64_t> numbers;
  for (int i = 0; i < 1500; ++i) {
    for (store::Store* store : {one.get(), two.get()}) {
      const auto range = store->reserve_numbers(store::Sequence::kAuthorization, 1);
      ASSERT_TRUE(range);
      EXPECT_TRUE(numbers.insert(range->first).second) << range->first;
    }
  }
  one = open();
  EXPECT_FALSE(numbers.contains(one->reserve_numbers(store::Sequence::kAuthorization, 1)->first)) << "after a restart";
}

// Four workers at two stores: each message is done once, those of a subject in order.
TEST_F(PostgresStoreTest, WorkersOfTwoStoresShareTheOutbox) {
  auto one = open();
  auto two = open();
  constexpr int kEach = 10;
  for (int i = 0; i < kEach; ++i) {
    for (const char* subject : {"a", "b", "c"}) {
      ASSERT_TRUE((i % 2 == 0 ? one : two)->enqueue({{0, "", "kind", std::to_string(i), 0, subject}}));
    }
  }
  std::mutex mutex;
  std::map<std::string, std::vector<std::string>> done;
  std::size_t count = 0;
  std::vector<std::thread> workers;
  for (int w = 0; w < 4; ++w) {
    workers.emplace_back([&, store = (w % 2 == 0 ? one : two).get()] {
      for (;;) {
        {
          const std::scoped_lock lock(mutex);
          if (count == std::size_t{3} * kEach) return;
        }
        const auto messages = store->take_messages(1, 1'000'000, 2);
        ASSERT_TRUE(messages) << messages.error().message;
        for (const store::OutboxMessage& message : *messages) {
          {
            const std::scoped_lock lock(mutex);
            done[message.subject].push_back(message.payload);
            ++count;
          }
          store::Settlement settlement;
          settlement.attempt = message.attempts;
          ASSERT_TRUE(store->settle(message.id, settlement));
        }
      }
    });
  }
  for (auto& worker : workers) worker.join();
  std::vector<std::string> expected;
  for (int i = 0; i < kEach; ++i) expected.push_back(std::to_string(i));
  for (const char* subject : {"a", "b", "c"}) EXPECT_EQ(done[subject], expected) << subject;
}

// What a lost connection leaves open is found by the token of the call.
TEST_F(PostgresStoreTest, ACommitWhoseEndIsNotKnownIsLookedUp) {
  auto store = open();
  const auto connection = connect();
  const auto sent = submission("c-1");
  EXPECT_FALSE(store::find_commit(*connection, "c-1", "token"));
  ASSERT_TRUE(store::insert(*connection, {&sent, 1}, store::PackedSubmission::all({&sent, 1}, nullptr), "token"));
  EXPECT_TRUE(store::find_commit(*connection, "c-1", "token"));
  EXPECT_FALSE(store::find_commit(*connection, "c-1", "of another call"));

  store::Revision revision;
  revision.case_id = "c-1";
  revision.expected_revision = 1;
  EXPECT_FALSE(store::find_revision(*connection, "c-1", "token"));
  ASSERT_TRUE(store::revise(*connection, revision, store::PackedRevision(revision, nullptr), "token"));
  EXPECT_TRUE(store::find_revision(*connection, "c-1", "token"));
  EXPECT_FALSE(store::find_revision(*connection, "c-1", "of another call"));
}

TEST_F(PostgresStoreTest, CallsSurviveThatTheirConnectionsAreEnded) {
  auto store = open();
  for (int i = 0; i < 5; ++i) {
    const std::string id = "c-" + std::to_string(i);
    ASSERT_TRUE(store->commit(submission(id)));
    (void)connect()->execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL");
    EXPECT_NE(*store->find_case(id), std::nullopt);
  }
  EXPECT_TRUE(store->health().writable);
}

TEST(PostgresServerTest, WithoutAServerCallsFailAndAreWellOnceItIsBack) {
  if (PostgresServer::get() == nullptr) GTEST_SKIP() << "PostgreSQL is not installed here";
  PostgresServer server;
  auto opened =
      store::open_postgres({.conninfo = server.make_schema(), .retry_window = std::chrono::milliseconds(100)});
  ASSERT_TRUE(opened) << opened.error().message;
  store::Store& store = **opened;
  ASSERT_TRUE(store.commit(submission("c-1")));
  server.stop(SIGINT);
  const auto refused = store.commit(submission("c-2"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(store.find_case("c-1").error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(store.health().writable);
  EXPECT_NE(store.health().message, "");
  server.start();
  ASSERT_TRUE(store.commit(submission("c-2")));
  EXPECT_TRUE(store.health().writable);
  EXPECT_NE(*store.find_case("c-1"), std::nullopt);
}

// As on a standby that was not promoted yet.
TEST_F(PostgresStoreTest, ReadsGoOnWhenWritesAreRefused) {
  tamper("DO $$ BEGIN CREATE ROLE clerk LOGIN SUPERUSER; EXCEPTION WHEN duplicate_object THEN END $$");
  std::string as_clerk = conninfo_;
  as_clerk.replace(as_clerk.find("user=postgres"), 13, "user=clerk");
  auto opened = store::open_postgres({.conninfo = as_clerk, .retry_window = std::chrono::milliseconds(50)});
  ASSERT_TRUE(opened) << opened.error().message;
  store::Store& store = **opened;
  ASSERT_TRUE(store.commit(submission("c-1")));
  tamper(
      "ALTER ROLE clerk SET default_transaction_read_only = on;"
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'clerk'");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(store.commit(submission("c-2")).error().code, ErrorCode::kUnavailable);
    EXPECT_NE(*store.find_case("c-1"), std::nullopt);
  }
  EXPECT_FALSE(store.health().writable);
  tamper("ALTER ROLE clerk SET default_transaction_read_only = off");
  EXPECT_TRUE(store.commit(submission("c-2")));
}

TEST_F(PostgresStoreTest, RefusesANewerSchema) {
  open().reset();
  tamper("UPDATE pas_schema SET version = 1000");
  expect_not_opened(ErrorCode::kUnsupported, "1000");
}

TEST_F(PostgresStoreTest, RefusesAnotherProgramsTables) {
  tamper("CREATE TABLE songs (title text)");
  expect_not_opened(ErrorCode::kInvalid, "not a store of this adapter");
}

TEST_F(PostgresStoreTest, MigrateTellsWhatItDid) {
  const auto made = store::migrate_store("postgres:" + conninfo_);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->from, 0);
  EXPECT_GE(made->to, 1);
  EXPECT_EQ(store::migrate_store("postgres:" + conninfo_)->from, made->to);
}

TEST_F(PostgresStoreTest, AdaptersThatStartTogetherMakeOneSchema) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] { ASSERT_NE(open(), nullptr); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(*open()->verify(), std::vector<std::string>());
}

struct DatabaseDamage {
  const char* script;
  const char* fault;
};

TEST_F(PostgresStoreTest, VerifyNamesEachDamage) {
  constexpr DatabaseDamage kDamages[] = {
      {"DELETE FROM bodies WHERE case_seq = 1", "case c-1: no bodies"},
      {"UPDATE bodies SET response = '\\x28B52FFD00' WHERE case_seq = 1", "case c-1: a body is damaged"},
      {"UPDATE bodies SET request = response WHERE case_seq = 1", "case c-1: the request does not have its hash"},
      {"UPDATE bodies SET decisions = request WHERE case_seq = 1", "case c-1: its decisions are damaged"},
      {"DELETE FROM case_keys WHERE kind = 'claim-url' AND case_seq = 1", "case c-1: no key claim-url"},
      {"INSERT INTO case_keys VALUES ('clinic', 'claim-url', 'x', 99)", "case 99: a key leads to no case"},
      {"UPDATE cases SET replaced_by = '' WHERE seq = 1; UPDATE months SET months = 6",
       "case c-2: its prior does not name it"},
      {"UPDATE cases SET replaced_by = 'c-9' WHERE seq = 2; DELETE FROM months",
       "case c-2: what replaced it does not name it"},
      {"UPDATE months SET months = 4", "code E0781: the months of a member do not add up"},
      {"INSERT INTO months VALUES ('payer', 'M-2', 'E0779', 1)", "code E0779: months are counted that no case has"},
      {"UPDATE cases SET revision = 2 WHERE seq = 2", "case c-2: its history has gaps"},
  };
  for (const DatabaseDamage& damage : kDamages) {
    conninfo_ = PostgresServer::get()->make_schema();
    auto store = open();
    ASSERT_TRUE(store->commit(submission("c-1")));
    auto update = submission("c-2");
    update.record.prior_id = "c-1";
    ASSERT_TRUE(store->commit(update));
    EXPECT_EQ(*store->verify(), std::vector<std::string>());
    tamper(damage.script);
    const auto faults = store->verify();
    ASSERT_TRUE(faults) << damage.script << ": " << faults.error().message;
    ASSERT_FALSE(faults->empty()) << damage.script;
    EXPECT_EQ(faults->front(), damage.fault) << damage.script;
  }
}

}  // namespace
}  // namespace pas
