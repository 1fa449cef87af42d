// What every store promises of the end of cases.

#include <functional>

#include "tests/adapter/store/contract.h"

namespace pas {
namespace {

using store::Body;
using support::kNoonMs;

// Everything of support::submission() was served by 2026-06-09.
const store::Retention kYearLater{.changed_before_ms = kNoonMs + 1, .served_before = "2026-06-10"};

class StorePurge : public StoreContract {
 protected:
  // Closed, with nothing to be sent.
  static store::Submission closed(const std::string& id, const std::string& prior = "") {
    store::Submission made = support::submission(id);
    made.record.status = store::Status::kDecided;
    made.record.prior_id = prior;
    made.outbox.clear();
    made.served_to = "2026-06-09";
    return made;
  }

  store::Revision revision_of(const std::string& id) {
    store::Revision revision;
    revision.case_id = id;
    revision.expected_revision = get(id).revision;
    revision.status = store::Status::kDecided;
    revision.items = get(id).items;
    revision.at_ms = kNoonMs;
    return revision;
  }

  // "c-1:2" for each chain, with its number of cases.
  Ids expired(const store::Retention& retention = kYearLater) {
    Ids found;
    const auto chains = store_->find_expired(retention, 0, store::kMaxCases);
    EXPECT_TRUE(chains) << chains.error().message;
    EXPECT_EQ(chains->continue_after, std::nullopt);
    for (const store::Chain& chain : chains->chains)
      found.push_back(chain.first_id + ":" + std::to_string(chain.cases));
    return found;
  }

  int purge(const std::string& id, const store::Retention& retention = kYearLater) {
    const auto purged = store_->purge(id, retention);
    EXPECT_TRUE(purged) << purged.error().message;
    return purged ? *purged : -1;
  }

  void expect_gone(const std::string& id) {
    EXPECT_EQ(*store_->find_case(id), std::nullopt);
    for (const Body body : {Body::kRequest, Body::kResponse}) {
      EXPECT_EQ(*store_->find_body(id, body), std::nullopt);
    }
    EXPECT_TRUE(store_->decision_records(id, 1)->empty());
    EXPECT_TRUE(store_->history(id)->empty());
    EXPECT_TRUE(store_->supplements(id)->empty());
    EXPECT_EQ(ids(store_->find_by_claim_url("clinic", "urn:uuid:" + id, 5)), Ids{});
    EXPECT_EQ(ids(store_->find_by_claim_identifier("clinic", {"urn:clinic:claims", id}, 5)), Ids{});
    for (const char* number : {"T-", "AUTH-", "REF-"}) EXPECT_EQ(ids(store_->find_by_number(number + id, 5)), Ids{});
  }
};

TEST_P(StorePurge, AChainGoesAsAWhole) {
  commit(closed("c-1"));
  commit(closed("other"));
  commit(closed("c-2", "c-1"));
  auto revision = revision_of("c-2");
  revision.items[0].authorization_number = "LATER";
  revision.supplements = {{"letter", kNoonMs, "{}"}};
  revision.decisions = {{1, "again"}};
  ASSERT_TRUE(store_->revise(revision));
  EXPECT_EQ(expired(), (Ids{"c-1:2", "other:1"}));
  EXPECT_EQ(*store_->months_authorized({"payer", "M-1", "E0781", ""}), 6);

  EXPECT_EQ(purge("c-1"), 2);
  expect_gone("c-1");
  expect_gone("c-2");
  EXPECT_EQ(ids(store_->find_by_number("LATER", 5)), Ids{});
  EXPECT_EQ(ids(store_->find_by_member_id("M-1", 5)), Ids{"other"});
  EXPECT_EQ(ids(store_->find_by_patient_identifier("clinic", {"urn:clinic:patients", "P-1"}, 5)), Ids{"other"});
  EXPECT_EQ(get("other").items, closed("other").record.items);
  EXPECT_EQ(*store_->months_authorized({"payer", "M-1", "E0781", ""}), 3);
  EXPECT_EQ(purge("c-1"), 0) << "once is enough";
  EXPECT_EQ(purge("other"), 1);
  EXPECT_EQ(*store_->months_authorized({"payer", "M-1", "E0781", ""}), 0);
  commit(closed("c-1"));
  EXPECT_EQ(get("c-1").revision, 1) << "nothing is left that a new case could meet";
}

struct Kept {
  const char* why;
  std::function<void(store::Submission&)> change;
};

TEST_P(StorePurge, WhatIsOpenOrYoungStaysWithItsChain) {
  const Kept kKept[] = {
      {"pended", [](auto& sent) { sent.record.status = store::Status::kPended; }},
      {"received too late", [](auto& sent) { sent.record.received_at_ms = kNoonMs + 1; }},
      {"served too late", [](auto& sent) { sent.served_to = "2026-06-10"; }},
      {"authorized too long", [](auto& sent) { sent.record.items[0].valid_to = "2026-06-10"; }},
      {"authorized without an end", [](auto& sent) { sent.record.items[1].valid_from = "2026-06-10"; }},
      {"something is to be sent", [](auto& sent) { sent.outbox = support::submission("c").outbox; }},
  };
  int number = 0;
  for (const Kept& kept : kKept) {
    const std::string first = "a-" + std::to_string(++number);
    const std::string second = "b-" + std::to_string(number);
    commit(closed(first));
    auto update = closed(second, first);
    kept.change(update);
    commit(update);
    EXPECT_EQ(purge(first), 0) << kept.why;
    EXPECT_EQ(purge(second), 0) << "only its first case names a chain";
    EXPECT_NE(*store_->find_case(first), std::nullopt) << kept.why;
    EXPECT_NE(*store_->find_case(second), std::nullopt) << kept.why;
  }
  commit(closed("revised"));
  auto revision = revision_of("revised");
  revision.at_ms = kNoonMs + 1;
  ASSERT_TRUE(store_->revise(revision));
  EXPECT_EQ(purge("revised"), 0);
  EXPECT_EQ(expired(), Ids{});
}

TEST_P(StorePurge, APendedCaseThatWasUpdatedGoesWithItsUpdate) {
  auto pended = closed("c-1");
  pended.record.status = store::Status::kPended;
  commit(pended);
  EXPECT_EQ(expired(), Ids{});
  commit(closed("c-2", "c-1"));
  EXPECT_EQ(purge("c-1"), 2);
}

TEST_P(StorePurge, WhatFailedForGoodIsNotWaitedFor) {
  auto sent = closed("c-1");
  sent.outbox = support::submission("c-1").outbox;
  commit(sent);
  const auto taken = store_->take_messages(kNoonMs, kNoonMs + 1000, 10);
  ASSERT_EQ(taken->size(), 1U);
  EXPECT_EQ(purge("c-1"), 0) << "it is on its way";
  store::Settlement failed;
  failed.outcome = store::Outcome::kFailed;
  failed.attempt = 1;
  ASSERT_TRUE(store_->settle(taken->front().id, failed));
  EXPECT_EQ(purge("c-1"), 1);
  EXPECT_EQ(*store_->replay(taken->front().id, 1), false);
}

TEST_P(StorePurge, TheOtherEventsOfASubscriptionKeepTheirNumbers) {
  store::Subscription subscription;
  subscription.id = "s-1";
  ASSERT_TRUE(store_->put_subscription(subscription, {}));
  for (const char* id : {"c-1", "c-2", "c-3"}) {
    auto sent = closed(id);
    sent.events = {{"s-1", std::string("of ") + id}};
    commit(sent);
    const auto taken = store_->take_messages(kNoonMs, kNoonMs + 1000, 10);
    ASSERT_EQ(taken->size(), 1U);
    EXPECT_EQ(purge(id), 0);
    store::Settlement done;
    done.attempt = 1;
    ASSERT_TRUE(store_->settle(taken->front().id, done));
  }
  EXPECT_EQ(purge("c-2"), 1);
  EXPECT_EQ(purge("c-3"), 1);
  EXPECT_EQ((*store_->find_subscription("s-1"))->event_count, 3);
  const auto events = store_->list_events("s-1", 1, 10, 10);
  ASSERT_EQ(events->size(), 1U);
  EXPECT_EQ(events->front().focus, "of c-1");
  auto next = closed("c-4");
  next.events = {{"s-1", "of c-4"}};
  commit(next);
  EXPECT_EQ((*store_->find_event("s-1", 4))->focus, "of c-4");
}

TEST_P(StorePurge, NumbersAreNotGivenAgain) {
  const auto before = store_->reserve_numbers(store::Sequence::kAuthorization, 3);
  commit(closed("c-1"));
  EXPECT_EQ(purge("c-1"), 1);
  EXPECT_GE(store_->reserve_numbers(store::Sequence::kAuthorization, 1)->first, before->first + 3);
}

TEST_P(StorePurge, IsFoundInSmallSteps) {
  for (int i = 0; i < 5; ++i) commit(closed("c-" + std::to_string(i)));
  commit(closed("c-5", "c-1"));
  Ids found;
  int steps = 0;
  for (std::optional<std::int64_t> after = 0; after; ++steps) {
    const auto some = store_->find_expired(kYearLater, *after, 2);
    ASSERT_TRUE(some) << some.error().message;
    for (const store::Chain& chain : some->chains) found.push_back(chain.first_id);
    after = some->continue_after;
  }
  EXPECT_EQ(found, (Ids{"c-0", "c-1", "c-2", "c-3", "c-4"}));
  EXPECT_EQ(steps, 4) << "three full ones, and one that finds the end";
}

PAS_EVERY_BACKEND(StorePurge);

}  // namespace
}  // namespace pas
