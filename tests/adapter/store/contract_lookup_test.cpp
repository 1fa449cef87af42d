// What every store promises of its questions.

#include <functional>

#include "tests/adapter/store/contract.h"

namespace pas {
namespace {

using support::submission;

class StoreLookup : public StoreContract {};

TEST_P(StoreLookup, FindsTheClientsOwnNewestFirst) {
  for (const char* id : {"c-1", "c-2", "c-3"}) {
    auto sent = submission(id);
    sent.record.claim_full_url = "http://ehr/Claim/1";
    commit(sent);
  }
  auto foreign = submission("c-4");
  foreign.record.client = "hospital";
  foreign.record.claim_full_url = "http://ehr/Claim/1";
  commit(foreign);

  EXPECT_EQ(ids(store_->find_by_claim_url("clinic", "http://ehr/Claim/1", 10)), (Ids{"c-3", "c-2", "c-1"}));
  EXPECT_EQ(ids(store_->find_by_claim_url("clinic", "http://ehr/Claim/1", 2)), (Ids{"c-3", "c-2"}));
  EXPECT_EQ(ids(store_->find_by_claim_url("hospital", "http://ehr/Claim/1", 10)), Ids{"c-4"});
  EXPECT_EQ(ids(store_->find_by_claim_url("clinic", "http://ehr/Claim/2", 10)), Ids{});
  EXPECT_EQ(ids(store_->find_by_claim_url("clinic", "", 10)), Ids{});
  EXPECT_EQ(ids(store_->find_by_claim_url("clinic", "http://ehr/Claim/1", 0)), Ids{});
  EXPECT_EQ(ids(store_->find_by_claim_url("clinic", "http://ehr/Claim/1", -1)), Ids{});

  EXPECT_EQ(ids(store_->find_by_claim_identifier("clinic", {"urn:clinic:claims", "c-2"}, 10)), Ids{"c-2"});
  EXPECT_EQ(ids(store_->find_by_claim_identifier("clinic", {"urn:clinic:batches", "7"}, 10)),
            (Ids{"c-3", "c-2", "c-1"}));
  EXPECT_EQ(ids(store_->find_by_claim_identifier("clinic", {"urn:other", "7"}, 10)), Ids{});
  EXPECT_EQ(ids(store_->find_by_claim_identifier("hospital", {"urn:clinic:claims", "c-2"}, 10)), Ids{});

  EXPECT_EQ(ids(store_->find_by_patient_identifier("clinic", {"urn:clinic:patients", "P-1"}, 10)),
            (Ids{"c-3", "c-2", "c-1"}));
  EXPECT_EQ(ids(store_->find_by_patient_identifier("clinic", {"urn:clinic:claims", "c-2"}, 10)), Ids{});

  const std::string any(store::kAnySystem);
  EXPECT_EQ(ids(store_->find_by_claim_identifier("clinic", {any, "c-2"}, 10)), Ids{"c-2"});
  EXPECT_EQ(ids(store_->find_by_claim_identifier("hospital", {any, "c-2"}, 10)), Ids{});
  EXPECT_EQ(ids(store_->find_by_patient_identifier("clinic", {any, "P-1"}, 10)), (Ids{"c-3", "c-2", "c-1"}));
  EXPECT_EQ(ids(store_->find_by_patient_identifier("clinic", {any, "c-2"}, 10)), Ids{});
}

TEST_P(StoreLookup, SystemAndValueDoNotRunTogether) {
  auto sent = submission("c-1");
  sent.record.claim_identifiers = {{"a|b", "c"}, {"a", "x"}, {"a", "x"}, {"", "bare"}, {"no value", ""}};
  commit(sent);
  EXPECT_EQ(ids(store_->find_by_claim_identifier("clinic", {"a|b", "c"}, 10)), Ids{"c-1"});
  EXPECT_EQ(ids(store_->find_by_claim_identifier("clinic", {"a", "b|c"}, 10)), Ids{});
  EXPECT_EQ(ids(store_->find_by_claim_identifier("clinic", {"a", "x"}, 10)), Ids{"c-1"}) << "once, though sent twice";
  EXPECT_EQ(ids(store_->find_by_claim_identifier("clinic", {"", "bare"}, 10)), Ids{"c-1"});
  EXPECT_EQ(ids(store_->find_by_claim_identifier("clinic", {"no value", ""}, 10)), Ids{});
}

TEST_P(StoreLookup, FindsAResend) {
  const auto sent = submission("c-1");
  commit(sent);
  const std::string& hash = sent.record.request_sha256;
  EXPECT_EQ((*store_->find_same_request("clinic", hash, support::kNoonMs))->id, "c-1");
  EXPECT_EQ(*store_->find_same_request("clinic", hash, support::kNoonMs + 1), std::nullopt);
  EXPECT_EQ(*store_->find_same_request("hospital", hash, 0), std::nullopt);
  EXPECT_EQ(*store_->find_same_request("clinic", "00", 0), std::nullopt);

  auto newer = submission("c-2");
  newer.record.request_sha256 = hash;
  newer.bodies.request = sent.bodies.request;
  newer.record.received_at_ms = support::kNoonMs + 5;
  commit(newer);
  EXPECT_EQ((*store_->find_same_request("clinic", hash, support::kNoonMs))->id, "c-2");
}

// One item of E0781 with these months and action.
store::Submission rental(const std::string& id, int months, const std::string& action) {
  auto sent = submission(id);
  sent.record.items.resize(1);
  sent.record.items[0].months = months;
  sent.record.items[0].action = action;
  sent.decisions.clear();
  return sent;
}

TEST_P(StoreLookup, AddsMonthsOfActionsThatCount) {
  EXPECT_EQ(*store_->months_authorized({"payer", "M-1", "E0781", ""}), 0);
  int expected = 0;
  int months = 1;
  for (const char* action : {"A1", "A2", "A6", "NA"}) {
    commit(rental(std::string("counts-") + action, months, action));
    expected += months;
    months *= 2;
  }
  for (const char* action : {"A3", "A4", "C", "CT", ""}) {
    commit(rental(std::string("not-") + action, months, action));
    months *= 2;
  }
  EXPECT_EQ(*store_->months_authorized({"payer", "M-1", "E0781", ""}), expected);
  EXPECT_EQ(*store_->months_authorized({"payer", "M-1", "E0781", "counts-A2"}), expected - 2);
  EXPECT_EQ(*store_->months_authorized({"payer", "M-1", "E0781", "not-A3"}), expected);
  EXPECT_EQ(*store_->months_authorized({"payer", "M-1", "E0781", "nowhere"}), expected);
  EXPECT_EQ(*store_->months_authorized({"payer", "M-1", "E0776", ""}), 0);
  EXPECT_EQ(*store_->months_authorized({"payer", "M-2", "E0781", ""}), 0);
  EXPECT_EQ(*store_->months_authorized({"other", "M-1", "E0781", ""}), 0);
}

TEST_P(StoreLookup, MonthsAreThoseOfTheChainsNewestCase) {
  commit(rental("other", 10, "A1"));
  commit(rental("c-1", 3, "NA"));
  auto update = rental("c-2", 5, "A1");
  update.record.prior_id = "c-1";
  commit(update);
  EXPECT_EQ(*store_->months_authorized({"payer", "M-1", "E0781", ""}), 15);
  EXPECT_EQ(*store_->months_authorized({"payer", "M-1", "E0781", "c-2"}), 10);
  EXPECT_EQ(*store_->months_authorized({"payer", "M-1", "E0781", "c-1"}), 15) << "replaced: counts for nothing";
  auto cancel = rental("c-3", 5, "A3");
  cancel.record.prior_id = "c-2";
  commit(cancel);
  EXPECT_EQ(*store_->months_authorized({"payer", "M-1", "E0781", ""}), 10);
}

TEST_P(StoreLookup, ACaseWithoutMemberCountsForNobody) {
  auto sent = rental("c-1", 3, "A1");
  sent.record.member_id.clear();
  commit(sent);
  EXPECT_EQ(*store_->months_authorized({"payer", "", "E0781", ""}), 0);
}

TEST_P(StoreLookup, ListsInPages) {
  for (int i = 1; i <= 7; ++i) {
    auto sent = submission("c-" + std::to_string(i));
    if (i % 2 == 0) sent.record.client = "hospital";
    if (i == 5) sent.record.status = store::Status::kDecided;
    if (i == 6) sent.record.member_id = "M-2";
    commit(sent);
  }
  Ids seen;
  std::vector<std::size_t> sizes;
  std::optional<std::int64_t> before;
  do {
    const auto page = store_->list_cases({}, before, 3);
    ASSERT_TRUE(page);
    sizes.push_back(page->cases.size());
    for (const auto& record : page->cases) seen.push_back(record.id);
    before = page->continue_before;
  } while (before);
  EXPECT_EQ(seen, (Ids{"c-7", "c-6", "c-5", "c-4", "c-3", "c-2", "c-1"}));
  EXPECT_EQ(sizes, (std::vector<std::size_t>{3, 3, 1}));

  const auto list = [this](const store::CaseFilter& filter) {
    const auto page = store_->list_cases(filter, std::nullopt, 100);
    Ids found;
    for (const auto& record : page->cases) found.push_back(record.id);
    EXPECT_EQ(page->continue_before, std::nullopt);
    return found;
  };
  EXPECT_EQ(list({"hospital", "", {}}), (Ids{"c-6", "c-4", "c-2"}));
  EXPECT_EQ(list({"", "M-2", {}}), Ids{"c-6"});
  EXPECT_EQ(list({"", "", store::Status::kDecided}), Ids{"c-5"});
  EXPECT_EQ(list({"clinic", "M-1", store::Status::kPended}), (Ids{"c-7", "c-3", "c-1"}));
  EXPECT_EQ(list({"clinic", "M-2", {}}), Ids{});
  EXPECT_EQ(store_->list_cases({}, std::nullopt, 0)->cases.size(), 0U);
  EXPECT_EQ(store_->list_cases({}, std::nullopt, 7)->continue_before, std::nullopt) << "the last page is known as such";
}

TEST_P(StoreLookup, FiltersByPayerTimeAndState) {
  for (int i = 1; i <= 4; ++i) {
    auto sent = submission("c-" + std::to_string(i));
    sent.record.received_at_ms = std::int64_t{i} * 100;
    if (i == 2) sent.record.payer = "other";
    if (i == 3) sent.record.due_ms = 5000;
    if (i == 4) sent.record.prior_id = "c-1";
    commit(sent);
  }
  const auto list = [this](const std::function<void(store::CaseFilter&)>& set) {
    store::CaseFilter filter;
    set(filter);
    const auto page = store_->list_cases(filter, std::nullopt, 100);
    Ids found;
    for (const auto& record : page->cases) found.push_back(record.id);
    return found;
  };
  EXPECT_EQ(list([](auto& filter) { filter.payer = "other"; }), Ids{"c-2"});
  EXPECT_EQ(list([](auto& filter) { filter.received_from_ms = 300; }), (Ids{"c-4", "c-3"}));
  EXPECT_EQ(list([](auto& filter) { filter.received_to_ms = 200; }), (Ids{"c-2", "c-1"}));
  EXPECT_EQ(list([](auto& filter) { filter.due_before_ms = 5000; }), Ids{"c-3"});
  EXPECT_EQ(list([](auto& filter) { filter.due_before_ms = 4999; }), Ids{});
  EXPECT_EQ(list([](auto& filter) { filter.include_replaced = false; }), (Ids{"c-4", "c-3", "c-2"}));
}

TEST_P(StoreLookup, FindsByMemberAndNumberOverAllClients) {
  commit(submission("c-1"));
  auto foreign = submission("c-2");
  foreign.record.client = "hospital";
  foreign.record.items[0].trace_number = "AUTH-c-1";
  commit(foreign);
  auto other = submission("c-3");
  other.record.member_id = "M-2";
  commit(other);
  EXPECT_EQ(ids(store_->find_by_member_id("M-1", 10)), (Ids{"c-2", "c-1"}));
  EXPECT_EQ(ids(store_->find_by_member_id("M-1", 1)), Ids{"c-2"});
  EXPECT_EQ(ids(store_->find_by_member_id("", 10)), Ids{});
  EXPECT_EQ(ids(store_->find_by_number("AUTH-c-1", 10)), (Ids{"c-2", "c-1"}));
  EXPECT_EQ(ids(store_->find_by_number("REF-c-1", 10)), Ids{"c-1"});
  EXPECT_EQ(ids(store_->find_by_number("T-c-3", 10)), Ids{"c-3"});
  EXPECT_EQ(ids(store_->find_by_number("", 10)), Ids{});
  EXPECT_EQ(ids(store_->find_by_number("nothing", 10)), Ids{});
}

TEST_P(StoreLookup, DueAreThePendedThatNothingReplaced) {
  const auto make = [this](const std::string& id, std::int64_t due_ms, store::Status status) {
    auto sent = submission(id);
    sent.record.due_ms = due_ms;
    sent.record.status = status;
    commit(sent);
  };
  make("late", 300, store::Status::kPended);
  make("soon", 100, store::Status::kPended);
  make("never", 0, store::Status::kPended);
  make("decided", 50, store::Status::kDecided);
  make("replaced", 60, store::Status::kPended);
  auto update = submission("update");
  update.record.prior_id = "replaced";
  commit(update);
  EXPECT_EQ(ids(store_->cases_due(300, 10)), (Ids{"soon", "late"}));
  EXPECT_EQ(ids(store_->cases_due(299, 10)), Ids{"soon"});
  EXPECT_EQ(ids(store_->cases_due(99, 10)), Ids{});
  EXPECT_EQ(ids(store_->cases_due(300, 1)), Ids{"soon"});
}

TEST_P(StoreLookup, CountsWhatWaits) {
  constexpr std::int64_t kHourMs = 3'600'000;
  EXPECT_EQ(*store_->backlog(support::kNoonMs), store::Backlog());
  const auto pended = [](const std::string& id, std::int64_t age_hours, std::int64_t due_ms) {
    auto sent = submission(id);
    sent.record.status = store::Status::kPended;
    sent.record.received_at_ms = support::kNoonMs - age_hours * kHourMs - 1;
    sent.record.due_ms = due_ms;
    sent.outbox.clear();
    return sent;
  };
  commit(pended("c-1", 0, support::kNoonMs + 1));
  commit(pended("c-2", 5, support::kNoonMs));
  commit(pended("c-3", 5, 0));
  auto replaced = pended("c-4", 30, support::kNoonMs);
  commit(replaced);
  auto update = submission("c-5");  // decided, with a message that is due at noon
  update.record.prior_id = "c-4";
  update.record.status = store::Status::kDecided;
  commit(update);
  ASSERT_TRUE(store_->enqueue(
      {{0, "", "kind", "later", support::kNoonMs + kHourMs, ""}, {0, "", "kind", "failed", support::kNoonMs - 7, ""}}));
  store::Backlog expected;
  expected.pended_by_hours = {{0, 1}, {5, 2}};
  expected.late = 1;
  expected.waiting = 3;
  expected.longest_due_ms = support::kNoonMs - 7;
  EXPECT_EQ(*store_->backlog(support::kNoonMs), expected);

  const auto taken = store_->take_messages(support::kNoonMs - 7, support::kNoonMs + kHourMs, 1);
  ASSERT_EQ(taken->size(), 1U);
  store::Settlement failed;
  failed.outcome = store::Outcome::kFailed;
  failed.attempt = 1;
  ASSERT_TRUE(store_->settle(taken->front().id, failed));
  expected.waiting = 2;
  expected.failed = 1;
  expected.longest_due_ms = support::kNoonMs;
  EXPECT_EQ(*store_->backlog(support::kNoonMs), expected);
}

PAS_EVERY_PLAIN_BACKEND(StoreLookup);

}  // namespace
}  // namespace pas
