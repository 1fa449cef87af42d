// What every store promises of messages: leases, order within a subject, retries, replay, the delivery log.

#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "tests/adapter/store/contract.h"

namespace pas {
namespace {

using base::ErrorCode;
using store::Outcome;

class StoreOutbox : public StoreContract {
 protected:
  void enqueue(const std::string& payload, const std::string& subject, std::int64_t due_ms) {
    const auto done = store_->enqueue({{0, "", "kind", payload, due_ms, subject}});
    EXPECT_TRUE(done) << done.error().message;
  }

  // The payloads that are due, leased for 1000 ms.
  Ids take(std::int64_t now_ms, int limit = 10) {
    const auto messages = store_->take_messages(now_ms, now_ms + 1000, limit);
    Ids payloads;
    EXPECT_TRUE(messages);
    for (const store::OutboxMessage& message : *messages) {
      payloads.push_back(message.payload);
      taken_[message.payload] = message;
    }
    return payloads;
  }

  store::Result<void> settle(const std::string& payload, Outcome outcome, std::int64_t at_ms,
                             std::int64_t retry_at_ms = 0) {
    const store::OutboxMessage& message = taken_.at(payload);
    store::Settlement settlement;
    settlement.outcome = outcome;
    settlement.attempt = message.attempts;
    settlement.at_ms = at_ms;
    settlement.retry_at_ms = retry_at_ms;
    settlement.result = payload + " is " + std::string(to_string(outcome));
    settlement.http_status = outcome == Outcome::kDone ? 200 : 503;
    return store_->settle(message.id, settlement);
  }

  std::map<std::string, store::OutboxMessage> taken_;
};

// Those that the store makes for events too; a try changes nothing of it.
TEST_P(StoreOutbox, MessagesKnowTheRequestThatTheyFollowFrom) {
  const store::Origin by_submit{"r-1", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"};
  const store::Origin by_review{"r-2", "00-4bf92f3577b34da6a3ce929d0e0e4737-00f067aa0ba902b8-00"};
  store::Subscription subscription;
  subscription.id = "s-1";
  ASSERT_TRUE(store_->put_subscription(subscription, {{0, "", "kind", "handshake", 1, "s-2", 0, by_review}}));
  auto sent = support::submission("c-1");
  sent.outbox[0].payload = "reminder";
  sent.outbox[0].due_ms = 2;
  sent.events = {{"s-1", "focus"}};
  sent.record.received_at_ms = 3;
  sent.origin = by_submit;
  commit(sent);
  store::Revision revision;
  revision.case_id = "c-1";
  revision.expected_revision = 1;
  revision.items = sent.record.items;
  revision.outbox = {{0, "", "kind", "told", 4, "s-3"}};
  revision.at_ms = 5;
  revision.events = {{"s-1", "focus"}};
  revision.origin = by_review;
  ASSERT_TRUE(store_->revise(revision));
  enqueue("of none", "", 6);
  EXPECT_EQ(take(10), (Ids{"handshake", "reminder", "1", "told", "of none"}));
  EXPECT_EQ(taken_.at("handshake").origin, by_review);
  EXPECT_EQ(taken_.at("reminder").origin, by_submit);
  EXPECT_EQ(taken_.at("1").origin, by_submit);
  EXPECT_EQ(taken_.at("told").origin, by_review);
  EXPECT_EQ(taken_.at("of none").origin, store::Origin());
  ASSERT_TRUE(settle("1", Outcome::kRetry, 11, 12));
  EXPECT_EQ(take(12), (Ids{"1"}));
  EXPECT_EQ(taken_.at("1").origin, by_submit);
  ASSERT_TRUE(settle("1", Outcome::kDone, 13));
  EXPECT_EQ(take(13), (Ids{"2"}));
  EXPECT_EQ(taken_.at("2").origin, by_review);
}

TEST_P(StoreOutbox, DueMessagesInTheOrderOfTheirTimes) {
  enqueue("late", "", 300);
  enqueue("first", "", 100);
  enqueue("second", "", 100);
  EXPECT_EQ(take(99), Ids{});
  EXPECT_EQ(take(100, 0), Ids{});
  EXPECT_EQ(take(300, 1), Ids{"first"});
  EXPECT_EQ(take(300), (Ids{"second", "late"}));
  EXPECT_EQ(take(300), Ids{}) << "leased";
}

TEST_P(StoreOutbox, ALeaseThatEndsGivesTheMessageBack) {
  enqueue("a", "", 100);
  EXPECT_EQ(take(100), Ids{"a"});
  EXPECT_EQ(taken_["a"].attempts, 1);
  EXPECT_EQ(taken_["a"].due_ms, 1100);
  const store::OutboxMessage lost = taken_["a"];
  EXPECT_EQ(take(1099), Ids{});
  EXPECT_EQ(take(1100), Ids{"a"});
  EXPECT_EQ(taken_["a"].attempts, 2);
  store::Settlement late;
  late.attempt = lost.attempts;
  const auto refused = store_->settle(lost.id, late);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(store_->list_deliveries("", 10)->size(), 0U);
  EXPECT_TRUE(settle("a", Outcome::kDone, 1200));
  EXPECT_FALSE(settle("a", Outcome::kDone, 1200)) << "gone";
  EXPECT_EQ(take(9999), Ids{});
}

TEST_P(StoreOutbox, OnlyWhatWasTakenIsSettled) {
  enqueue("a", "", 100);
  store::Settlement early;
  EXPECT_FALSE(store_->settle(1, early));
  EXPECT_EQ(take(100), Ids{"a"});
  EXPECT_TRUE(settle("a", Outcome::kRetry, 100, 200));
  EXPECT_FALSE(settle("a", Outcome::kDone, 100)) << "settled already";
  EXPECT_EQ(take(199), Ids{});
  EXPECT_EQ(take(200), Ids{"a"});
}

TEST_P(StoreOutbox, WhatIsPutBackWasNotTried) {
  enqueue("a1", "a", 100);
  enqueue("a2", "a", 100);
  EXPECT_EQ(take(100), Ids{"a1"});
  EXPECT_TRUE(settle("a1", Outcome::kPutBack, 100, 150));
  EXPECT_EQ(take(149), Ids{});
  EXPECT_EQ(take(150), Ids{"a1"});
  EXPECT_EQ(taken_["a1"].attempts, 1);
  EXPECT_EQ(store_->list_deliveries("a", 10)->size(), 0U);
}

TEST_P(StoreOutbox, OfASubjectOneAtATimeAndTheOldestFirst) {
  enqueue("a1", "a", 100);
  enqueue("a2", "a", 50);  // due before the oldest, and still not before it
  enqueue("b1", "b", 100);
  enqueue("a3", "a", 100);
  EXPECT_EQ(take(99), Ids{});
  EXPECT_EQ(take(100), (Ids{"a1", "b1"}));
  EXPECT_EQ(take(200), Ids{});
  EXPECT_TRUE(settle("a1", Outcome::kRetry, 200, 500));
  EXPECT_EQ(take(499), Ids{}) << "those behind wait for the retry";
  EXPECT_EQ(take(500), Ids{"a1"});
  EXPECT_TRUE(settle("a1", Outcome::kDone, 500));
  EXPECT_EQ(take(500), Ids{"a2"});
  EXPECT_TRUE(settle("a2", Outcome::kFailed, 500));
  EXPECT_EQ(take(500), Ids{"a3"}) << "what failed for good holds up nothing";
  EXPECT_TRUE(settle("a3", Outcome::kDone, 500));
  enqueue("a4", "a", 500);
  EXPECT_EQ(take(500), Ids{"a4"});
}

TEST_P(StoreOutbox, AReplayTakesItsOldPlace) {
  enqueue("a1", "a", 100);
  enqueue("a2", "a", 100);
  enqueue("a3", "a", 100);
  EXPECT_EQ(take(100), Ids{"a1"});
  EXPECT_FALSE(*store_->replay(taken_["a1"].id, 200)) << "it has not failed";
  EXPECT_TRUE(settle("a1", Outcome::kFailed, 100));
  EXPECT_EQ(take(100), Ids{"a2"});
  EXPECT_TRUE(*store_->replay(taken_["a1"].id, 200));
  EXPECT_FALSE(*store_->replay(taken_["a1"].id, 200)) << "once";
  EXPECT_EQ(take(300), Ids{}) << "a2 is on its way";
  EXPECT_TRUE(settle("a2", Outcome::kRetry, 300, 400));
  EXPECT_EQ(take(400), Ids{"a1"}) << "older than the one that is tried again";
  EXPECT_TRUE(settle("a1", Outcome::kFailed, 400));
  EXPECT_EQ(take(400), Ids{"a2"});
  EXPECT_TRUE(settle("a2", Outcome::kRetry, 400, 900));
  EXPECT_TRUE(*store_->replay(taken_["a1"].id, 500));
  EXPECT_EQ(take(499), Ids{});
  EXPECT_EQ(take(500), Ids{"a1"}) << "before one that only waits";
  EXPECT_TRUE(settle("a1", Outcome::kDone, 500));
  EXPECT_EQ(take(900), Ids{"a2"});
  EXPECT_TRUE(settle("a2", Outcome::kDone, 900));
  EXPECT_EQ(take(900), Ids{"a3"});
  EXPECT_FALSE(*store_->replay(taken_["a1"].id, 900)) << "done";
  EXPECT_FALSE(*store_->replay(12345, 900));
}

TEST_P(StoreOutbox, AReplayWithoutSubject) {
  enqueue("x", "", 100);
  EXPECT_EQ(take(100), Ids{"x"});
  EXPECT_TRUE(settle("x", Outcome::kFailed, 100));
  EXPECT_EQ(take(9999), Ids{});
  EXPECT_TRUE(*store_->replay(taken_["x"].id, 200));
  EXPECT_EQ(take(200), Ids{"x"});
  EXPECT_EQ(taken_["x"].attempts, 2);
}

TEST_P(StoreOutbox, TheLogTellsOfEachTry) {
  enqueue("a1", "a", 100);
  enqueue("x", "", 100);
  take(100);
  EXPECT_TRUE(settle("a1", Outcome::kRetry, 110, 200));
  EXPECT_TRUE(settle("x", Outcome::kFailed, 120));
  take(200);
  EXPECT_TRUE(settle("a1", Outcome::kDone, 210));
  const std::int64_t id = taken_["a1"].id;
  EXPECT_EQ(*store_->list_deliveries("a", 10),
            (std::vector<store::Delivery>{{id, "kind", "a", Outcome::kDone, 2, 210, "a1 is done", 200},
                                          {id, "kind", "a", Outcome::kRetry, 1, 110, "a1 is retry", 503}}));
  EXPECT_EQ(store_->list_deliveries("a", 1)->front().attempt, 2);
  ASSERT_EQ(store_->list_deliveries("", 10)->size(), 1U);
  EXPECT_EQ(store_->list_deliveries("", 10)->front().outcome, Outcome::kFailed);
  EXPECT_EQ(store_->list_deliveries("b", 10)->size(), 0U);
}

TEST_P(StoreOutbox, TheLogKeepsTheNewest) {
  enqueue("x", "s", 0);
  for (int i = 0; i < store::kMaxDeliveries + 5; ++i) {
    take(i);
    ASSERT_TRUE(settle("x", Outcome::kRetry, i, i + 1));
  }
  const auto log = store_->list_deliveries("s", store::kMaxDeliveries + 10);
  ASSERT_EQ(log->size(), static_cast<std::size_t>(store::kMaxDeliveries));
  EXPECT_EQ(log->front().at_ms, store::kMaxDeliveries + 4);
  EXPECT_EQ(log->back().at_ms, 5);
}

TEST_P(StoreOutbox, AMessageMayNameACaseThatIsThere) {
  commit(support::submission("c-1"));
  ASSERT_TRUE(store_->enqueue({{0, "c-1", "kind", "of a case", 1}}));
  EXPECT_EQ(take(1), Ids{"of a case"});
  EXPECT_EQ(taken_["of a case"].case_id, "c-1");
  const auto refused = store_->enqueue({{0, "", "kind", "first", 1}, {0, "c-9", "kind", "second", 1}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(take(1), Ids{}) << "all or nothing";
}

// Workers that take, settle and sometimes lose their lease: each message is settled once, those of a subject in order.
TEST_P(StoreOutbox, ManyWorkers) {
  constexpr int kSubjects = 5;
  constexpr int kEach = 8;
  for (int i = 0; i < kEach; ++i) {
    for (int s = 0; s < kSubjects; ++s) enqueue(std::to_string(i), "s" + std::to_string(s), 0);
  }
  std::mutex mutex;
  std::set<std::string> busy;
  std::map<std::string, Ids> done;
  const auto finished = [&] {
    const std::scoped_lock lock(mutex);
    std::size_t count = 0;
    for (const auto& [subject, payloads] : done) count += payloads.size();
    return count == std::size_t{kSubjects} * kEach;
  };
  std::vector<std::thread> workers;
  for (int w = 0; w < 4; ++w) {
    workers.emplace_back([&] {
      while (!finished()) {
        const auto messages = store_->take_messages(1, 1000, 3);
        ASSERT_TRUE(messages);
        for (const store::OutboxMessage& message : *messages) {
          {
            const std::scoped_lock lock(mutex);
            EXPECT_TRUE(busy.insert(message.subject).second) << "two of a subject at once";
          }
          store::Settlement settlement;
          settlement.attempt = message.attempts;
          settlement.retry_at_ms = 1;
          const bool retry = message.attempts == 1 && message.id % 3 == 0;
          settlement.outcome = retry ? Outcome::kRetry : Outcome::kDone;
          {
            const std::scoped_lock lock(mutex);
            busy.erase(message.subject);
            if (!retry) done[message.subject].push_back(message.payload);
          }
          ASSERT_TRUE(store_->settle(message.id, settlement));
        }
      }
    });
  }
  for (auto& worker : workers) worker.join();
  Ids expected;
  for (int i = 0; i < kEach; ++i) expected.push_back(std::to_string(i));
  for (int s = 0; s < kSubjects; ++s) EXPECT_EQ(done["s" + std::to_string(s)], expected);
}

PAS_EVERY_PLAIN_BACKEND(StoreOutbox);

}  // namespace
}  // namespace pas
