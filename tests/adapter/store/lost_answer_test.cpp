// Committed, and the answer lost; or lost before it was committed. Either way it is done once.

#include <gtest/gtest.h>

#include <set>

#include "adapter/store/postgres.h"
#include "tests/adapter/store/lossy_link.h"
#include "tests/adapter/store/postgres_server.h"
#include "tests/adapter/store/samples.h"

namespace pas {
namespace {

using support::kNoonMs;
using support::submission;

class LostAnswer : public testing::Test {
 protected:
  void SetUp() override {
    if (support::PostgresServer::get() == nullptr) GTEST_SKIP() << "PostgreSQL is not installed here";
    link_ = std::make_unique<support::LossyLink>(support::PostgresServer::get()->make_schema());
    auto opened = store::open_postgres({.conninfo = link_->conninfo()});
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  void TearDown() override {
    if (store_ == nullptr) return;
    EXPECT_EQ(*store_->verify(), std::vector<std::string>());
  }

  std::unique_ptr<support::LossyLink> link_;
  std::unique_ptr<store::Store> store_;
};

TEST_F(LostAnswer, ACommitIsDoneOnce) {
  for (int i = 0; i < 10; ++i) {
    const auto sent = submission("c-" + std::to_string(i));
    i % 2 == 0 ? link_->lose_next_commit() : link_->lose_next_request();
    const auto done = store_->commit(sent);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(link_->lost(), i + 1);
  }
  EXPECT_EQ(store_->list_cases({}, std::nullopt, 100)->cases.size(), 10U);
  EXPECT_EQ(*store_->months_authorized({"payer", "M-1", "E0781", ""}), 30);
  EXPECT_EQ(store_->take_messages(kNoonMs, kNoonMs + 1, 100)->size(), 10U);
}

TEST_F(LostAnswer, ARevisionIsDoneOnce) {
  ASSERT_TRUE(store_->commit(submission("c-1")));
  store::Revision revision;
  revision.case_id = "c-1";
  revision.items = submission("c-1").record.items;
  for (int i = 1; i <= 4; ++i) {
    revision.expected_revision = i;
    revision.supplements = {{"s-" + std::to_string(i), kNoonMs, "{}"}};
    i % 2 == 0 ? link_->lose_next_commit() : link_->lose_next_request();
    const auto done = store_->revise(revision);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(link_->lost(), i);
  }
  EXPECT_EQ((*store_->find_case("c-1"))->revision, 5);
  EXPECT_EQ(store_->history("c-1")->size(), 5U);
  EXPECT_EQ(store_->supplements("c-1")->size(), 4U);
}

TEST_F(LostAnswer, TwoUpdatesOfOneCaseStayOne) {
  ASSERT_TRUE(store_->commit(submission("c-1")));
  auto update = submission("c-2");
  update.record.prior_id = "c-1";
  link_->lose_next_commit();
  ASSERT_TRUE(store_->commit(update));
  update.record.id = "c-3";
  const auto late = store_->commit(update);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, base::ErrorCode::kConflict);
  EXPECT_EQ(*store_->months_authorized({"payer", "M-1", "E0781", ""}), 3);
}

TEST_F(LostAnswer, NumbersAreLostButNotDoubled) {
  std::set<std::int64_t> numbers;
  for (int i = 0; i < 4; ++i) {
    link_->lose_next_commit();
    const auto range = store_->reserve_numbers(store::Sequence::kAuthorization, store::kMaxNumbers);
    ASSERT_TRUE(range) << range.error().message;
    EXPECT_EQ(range->count, store::kMaxNumbers);
    for (const std::int64_t end : {range->first, range->first + range->count - 1}) {
      EXPECT_TRUE(numbers.insert(end).second) << end;
    }
  }
  EXPECT_EQ(link_->lost(), 4);
}

TEST_F(LostAnswer, AMessageIsSettledOnce) {
  ASSERT_TRUE(store_->enqueue({{0, "", "k", "a", 0, "s"}, {0, "", "k", "b", 0, "s"}}));
  const auto taken = store_->take_messages(1, 2, 10);
  ASSERT_EQ(taken->size(), 1U);
  link_->lose_next_commit();
  store::Settlement done;
  done.attempt = 1;
  const auto settled = store_->settle(taken->front().id, done);
  ASSERT_FALSE(settled) << "the second try is told that it is settled already";
  EXPECT_EQ(settled.error().code, base::ErrorCode::kConflict);
  EXPECT_EQ(store_->list_deliveries("s", 10)->size(), 1U);
  EXPECT_EQ(store_->take_messages(1, 2, 10)->front().payload, "b");
}

TEST_F(LostAnswer, APurgeIsDone) {
  auto sent = submission("c-1");
  sent.record.status = store::Status::kDecided;
  sent.outbox.clear();
  ASSERT_TRUE(store_->commit(sent));
  link_->lose_next_commit();
  ASSERT_TRUE(store_->purge("c-1", {.changed_before_ms = kNoonMs + 1, .served_before = "2026-06-10"}));
  EXPECT_EQ(link_->lost(), 1);
  EXPECT_EQ(*store_->find_case("c-1"), std::nullopt);
}

}  // namespace
}  // namespace pas
