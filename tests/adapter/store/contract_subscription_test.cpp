// What every store promises of subscriptions and their events.

#include <thread>

#include "tests/adapter/store/contract.h"

namespace pas {
namespace {

using support::submission;

store::Subscription subscription(const std::string& id) {
  store::Subscription made;
  made.id = id;
  made.client = "clinic";
  made.status = store::SubscriptionStatus::kActive;
  made.json = R"({"resourceType":"Subscription","id":")" + id + "\"}";
  made.endpoint = "https://clinic.example/hook";
  made.organizations = {"1234567893", "urn:npi|1234567893"};
  made.version = "2.2.1";
  made.created_ms = support::kNoonMs;
  made.end_ms = support::kNoonMs + 1000;
  made.heartbeat_s = 60;
  return made;
}

class StoreSubscription : public StoreContract {
 protected:
  void put(const store::Subscription& subscription) { ASSERT_TRUE(store_->put_subscription(subscription, {})); }
  Ids names(const store::Result<std::vector<store::Subscription>>& list) {
    Ids found;
    EXPECT_TRUE(list);
    for (const store::Subscription& each : *list) found.push_back(each.id);
    return found;
  }
};

TEST_P(StoreSubscription, GivesBackWhatWasPut) {
  put(subscription("s-1"));
  EXPECT_EQ(**store_->find_subscription("s-1"), subscription("s-1"));
  EXPECT_EQ(*store_->find_subscription("s-2"), std::nullopt);
  auto changed = subscription("s-1");
  changed.status = store::SubscriptionStatus::kError;
  changed.error = "HTTP 500";
  changed.organizations = {"other"};
  put(changed);
  EXPECT_EQ(**store_->find_subscription("s-1"), changed);
  EXPECT_EQ(names(store_->subscriptions_for({"1234567893"})), Ids{});
  EXPECT_EQ(names(store_->subscriptions_for({"other"})), Ids{"s-1"});
}

TEST_P(StoreSubscription, ListsTheOldestFirst) {
  put(subscription("z"));
  put(subscription("a"));
  auto foreign = subscription("m");
  foreign.client = "hospital";
  put(foreign);
  put(subscription("z"));
  EXPECT_EQ(names(store_->list_subscriptions("")), (Ids{"z", "a", "m"}));
  EXPECT_EQ(names(store_->list_subscriptions("clinic")), (Ids{"z", "a"}));
  EXPECT_EQ(names(store_->list_subscriptions("nobody")), Ids{});
}

TEST_P(StoreSubscription, FindsThoseOfAnOrganization) {
  put(subscription("s-1"));
  auto other = subscription("s-2");
  other.organizations = {"urn:npi|999", "urn:npi|1234567893"};
  put(other);
  EXPECT_EQ(names(store_->subscriptions_for({"urn:npi|1234567893", "1234567893"})), (Ids{"s-1", "s-2"}));
  EXPECT_EQ(names(store_->subscriptions_for({"1234567893"})), Ids{"s-1"});
  EXPECT_EQ(names(store_->subscriptions_for({"urn:npi|999"})), Ids{"s-2"});
  EXPECT_EQ(names(store_->subscriptions_for({"999", ""})), Ids{});
  EXPECT_EQ(names(store_->subscriptions_for({})), Ids{});
}

TEST_P(StoreSubscription, RefusesABadIdAndABadMessage) {
  for (const char* id : {"", "under_score", "sp ace"}) {
    const auto put = store_->put_subscription(subscription(id), {});
    ASSERT_FALSE(put) << id;
    EXPECT_EQ(put.error().code, base::ErrorCode::kInvalid);
  }
  EXPECT_FALSE(store_->put_subscription(subscription("s-1"), {{0, "c-9", "handshake", "", 1}}));
  EXPECT_EQ(*store_->find_subscription("s-1"), std::nullopt) << "all or nothing";
  ASSERT_TRUE(store_->put_subscription(subscription("s-1"), {{0, "", "handshake", "", 1, "s-1"}}));
  EXPECT_EQ(store_->take_messages(1, 2, 10)->size(), 1U);
}

TEST_P(StoreSubscription, EventsAreNumberedWithTheirCase) {
  put(subscription("s-1"));
  put(subscription("s-2"));
  auto sent = submission("c-1");
  sent.outbox.clear();
  sent.events = {{"s-1", "focus 1"}, {"gone", "lost"}, {"s-2", "other"}};
  commit(sent);
  store::Revision revision;
  revision.case_id = "c-1";
  revision.expected_revision = 1;
  revision.items = sent.record.items;
  revision.at_ms = support::kNoonMs + 7;
  revision.events = {{"s-1", support::noise(50'000, 2)}};
  ASSERT_TRUE(store_->revise(revision));
  EXPECT_FALSE(store_->revise(revision)) << "the wrong revision: no event either";

  EXPECT_EQ(**store_->find_event("s-1", 1), (store::Event{"s-1", 1, "c-1", support::kNoonMs, "focus 1"}));
  EXPECT_EQ(**store_->find_event("s-1", 2),
            (store::Event{"s-1", 2, "c-1", support::kNoonMs + 7, revision.events[0].focus}));
  EXPECT_EQ(*store_->find_event("s-1", 3), std::nullopt);
  EXPECT_EQ(*store_->find_event("gone", 1), std::nullopt);
  EXPECT_EQ((*store_->find_subscription("s-1"))->event_count, 2);
  EXPECT_EQ((*store_->find_subscription("s-2"))->event_count, 1);
  EXPECT_EQ(store_->list_events("s-1", 1, 2, 10)->size(), 2U);
  EXPECT_EQ(store_->list_events("s-1", 2, 99, 10)->front().number, 2);
  EXPECT_EQ(store_->list_events("s-1", 1, 2, 1)->back().number, 1);
  EXPECT_EQ(store_->list_events("s-1", 3, 2, 10)->size(), 0U);

  const auto messages = store_->take_messages(support::kNoonMs + 7, support::kNoonMs + 8, 10);
  ASSERT_EQ(messages->size(), 2U) << "the second event of s-1 waits for the first";
  EXPECT_EQ(messages->front().kind, store::kEventMessage);
  EXPECT_EQ(messages->front().subject, "s-1");
  EXPECT_EQ(messages->front().payload, "1");
  EXPECT_EQ(messages->front().case_id, "c-1");
  EXPECT_EQ(messages->back().subject, "s-2");
}

TEST_P(StoreSubscription, PutKeepsTheCount) {
  put(subscription("s-1"));
  auto sent = submission("c-1");
  sent.events = {{"s-1", "focus"}};
  commit(sent);
  auto changed = subscription("s-1");
  changed.event_count = 99;
  put(changed);
  EXPECT_EQ((*store_->find_subscription("s-1"))->event_count, 1);
}

TEST_P(StoreSubscription, StatusChangesFromWhatWasExpected) {
  using enum store::SubscriptionStatus;
  put(subscription("s-1"));
  EXPECT_TRUE(*store_->change_subscription_status("s-1", kActive, kError, "HTTP 500"));
  auto expected = subscription("s-1");
  expected.status = kError;
  expected.error = "HTTP 500";
  EXPECT_EQ(**store_->find_subscription("s-1"), expected);
  EXPECT_FALSE(*store_->change_subscription_status("s-1", kActive, kOff, ""));
  EXPECT_FALSE(*store_->change_subscription_status("s-2", kActive, kOff, ""));
  EXPECT_EQ(**store_->find_subscription("s-1"), expected);
}

TEST_P(StoreSubscription, RemovingTakesTheEventsAlong) {
  put(subscription("s-1"));
  put(subscription("s-2"));
  auto sent = submission("c-1");
  sent.events = {{"s-1", "focus"}, {"s-2", "focus"}};
  commit(sent);
  EXPECT_TRUE(*store_->remove_subscription("s-1"));
  EXPECT_FALSE(*store_->remove_subscription("s-1"));
  EXPECT_EQ(*store_->find_event("s-1", 1), std::nullopt);
  EXPECT_NE(*store_->find_event("s-2", 1), std::nullopt);
  EXPECT_EQ(names(store_->subscriptions_for({"1234567893"})), Ids{"s-2"});
  put(subscription("s-1"));
  EXPECT_EQ((*store_->find_subscription("s-1"))->event_count, 0);
}

TEST_P(StoreSubscription, NumbersHaveNoGapsUnderManyWriters) {
  put(subscription("s-1"));
  std::vector<std::thread> writers;
  for (int t = 0; t < 4; ++t) {
    writers.emplace_back([this, t] {
      for (int i = 0; i < 25; ++i) {
        auto sent = submission(std::to_string(t) + "-" + std::to_string(i));
        sent.events = {{"s-1", sent.record.id}};
        ASSERT_TRUE(store_->commit(sent));
        ASSERT_FALSE(store_->commit(sent)) << "the id is taken: takes no number";
      }
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ((*store_->find_subscription("s-1"))->event_count, 100);
  const auto events = store_->list_events("s-1", 1, 1000, 1000);
  ASSERT_EQ(events->size(), 100U);
  for (std::size_t i = 0; i < events->size(); ++i) {
    EXPECT_EQ((*events)[i].number, static_cast<std::int64_t>(i) + 1);
    EXPECT_EQ((*events)[i].focus, (*events)[i].case_id);
  }
}

PAS_EVERY_BACKEND(StoreSubscription);

}  // namespace
}  // namespace pas
