// What every store promises of later changes to a case.

#include "tests/adapter/store/contract.h"

namespace pas {
namespace {

using base::ErrorCode;
using store::Body;
using support::submission;

class StoreRevise : public StoreContract {
 protected:
  // Approves both items: what a clinician would do with support::submission(id).
  store::Revision approval(const std::string& id, std::int64_t expected) {
    store::Revision revision;
    revision.case_id = id;
    revision.expected_revision = expected;
    revision.status = store::Status::kDecided;
    revision.items = get(id).items;
    for (store::Item& item : revision.items) item.action = "A1";
    revision.items[1].authorization_number = "AUTH-LATER-" + id;
    revision.items[1].administrative_reference_number.clear();
    revision.response = "response " + std::to_string(expected + 1);
    revision.decisions = {{2, "approved"}};
    revision.at_ms = support::kNoonMs + expected;
    revision.actor = "nurse";
    revision.action = "approve";
    revision.note = "criteria met";
    return revision;
  }

  void expect_not_revised(const store::Revision& revision, ErrorCode code) {
    const auto done = store_->revise(revision);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, code) << done.error().message;
  }
};

TEST_P(StoreRevise, ChangesTheCaseInItsPlace) {
  commit(submission("c-1"));
  commit(submission("c-2"));
  auto revision = approval("c-1", 1);
  revision.outbox = {{0, "ignored", "deadline", "x", support::kNoonMs + 5}};
  ASSERT_TRUE(store_->revise(revision));

  auto expected = submission("c-1").record;
  expected.order = get("c-1").order;
  expected.revision = 2;
  expected.status = store::Status::kDecided;
  expected.items = revision.items;
  EXPECT_EQ(get("c-1"), expected);
  EXPECT_LT(get("c-1").order, get("c-2").order);
  EXPECT_EQ(*store_->find_body("c-1", Body::kResponse), "response 2");
  EXPECT_EQ(*store_->find_body("c-1", Body::kRequest), submission("c-1").bodies.request);
  EXPECT_EQ(*store_->decision_record("c-1", 2), "approved");
  EXPECT_EQ(*store_->decision_record("c-1", 1), submission("c-1").decisions[0].json);
  EXPECT_EQ(*store_->decision_records("c-1", 2),
            (std::vector<store::DecisionRecord>{{2, submission("c-1").decisions[1].json, 1}, {2, "approved", 2}}));
  EXPECT_TRUE(store_->decision_records("c-1", 3)->empty());
  EXPECT_TRUE(store_->decision_records("c-9", 1)->empty());
  EXPECT_EQ(ids(store_->find_by_number("AUTH-LATER-c-1", 5)), Ids{"c-1"});
  EXPECT_EQ(ids(store_->find_by_number("REF-c-1", 5)), Ids{"c-1"}) << "numbers that were given stay good";
  const auto messages = store_->take_messages(support::kNoonMs + 5, support::kNoonMs + 6, 10);
  ASSERT_EQ(messages->size(), 3U);
  EXPECT_EQ(messages->back().kind, "deadline");
  EXPECT_EQ(messages->back().case_id, "c-1");
}

TEST_P(StoreRevise, HistoryTellsEachRevision) {
  commit(submission("c-1"));
  EXPECT_EQ(*store_->history("c-1"), (std::vector<store::HistoryEntry>{{1, support::kNoonMs, "clinic", "submit", ""}}));
  ASSERT_TRUE(store_->revise(approval("c-1", 1)));
  ASSERT_TRUE(store_->revise(approval("c-1", 2)));
  EXPECT_EQ(*store_->history("c-1"),
            (std::vector<store::HistoryEntry>{{1, support::kNoonMs, "clinic", "submit", ""},
                                              {2, support::kNoonMs + 1, "nurse", "approve", "criteria met"},
                                              {3, support::kNoonMs + 2, "nurse", "approve", "criteria met"}}));
  EXPECT_EQ(store_->history("c-9")->size(), 0U);
}

TEST_P(StoreRevise, AnEmptyResponseKeepsThePresentOne) {
  commit(submission("c-1"));
  auto revision = approval("c-1", 1);
  revision.response.clear();
  ASSERT_TRUE(store_->revise(revision));
  EXPECT_EQ(*store_->find_body("c-1", Body::kResponse), submission("c-1").bodies.response);
}

TEST_P(StoreRevise, MonthsFollow) {
  commit(submission("c-1"));  // E0781 for three months, NA
  auto revision = approval("c-1", 1);
  revision.items[0].action = "A3";
  ASSERT_TRUE(store_->revise(revision));
  EXPECT_EQ(*store_->months_authorized({"payer", "M-1", "E0781", ""}), 0);
  EXPECT_EQ(*store_->months_authorized({"payer", "M-1", "E0776", ""}), 5) << "pended before, certified now";
  revision = approval("c-1", 2);
  revision.items[0].months = 7;
  ASSERT_TRUE(store_->revise(revision));
  EXPECT_EQ(*store_->months_authorized({"payer", "M-1", "E0781", ""}), 7);
  EXPECT_EQ(*store_->months_authorized({"payer", "M-1", "E0781", "c-1"}), 0);
}

TEST_P(StoreRevise, RefusesAnotherRevisionAndWhatWasReplaced) {
  commit(submission("c-1"));
  expect_not_revised(approval("c-1", 0), ErrorCode::kConflict);
  expect_not_revised(approval("c-1", 2), ErrorCode::kConflict);
  ASSERT_TRUE(store_->revise(approval("c-1", 1)));
  expect_not_revised(approval("c-1", 1), ErrorCode::kConflict);
  auto update = submission("c-2");
  update.record.prior_id = "c-1";
  commit(update);
  expect_not_revised(approval("c-1", 2), ErrorCode::kConflict);
  EXPECT_EQ(get("c-1").revision, 2);
  EXPECT_EQ(store_->history("c-1")->size(), 2U);
  ASSERT_TRUE(store_->revise(approval("c-2", 1)));
}

TEST_P(StoreRevise, RefusesWhatIsMalformed) {
  commit(submission("c-1"));
  auto broken = approval("c-1", 1);
  broken.case_id = "c-9";
  expect_not_revised(broken, ErrorCode::kInvalid);
  broken = approval("c-1", 1);
  broken.items[1].sequence = 1;
  expect_not_revised(broken, ErrorCode::kInvalid);
  broken = approval("c-1", 1);
  broken.decisions = {{3, "x"}};
  expect_not_revised(broken, ErrorCode::kInvalid);
  broken = approval("c-1", 1);
  broken.supplements = {{"s", 1, "{}"}, {"s", 2, "{}"}};
  expect_not_revised(broken, ErrorCode::kInvalid);
  EXPECT_EQ(get("c-1").revision, 1);
}

TEST_P(StoreRevise, SupplementsAreKeptInOrderAndOnce) {
  commit(submission("c-1"));
  commit(submission("c-2"));
  EXPECT_EQ(store_->supplements("c-1")->size(), 0U);
  auto revision = approval("c-1", 1);
  revision.supplements = {{"z", 20, R"({"b":1})"}, {"a", 10, support::noise(100'000, 3)}};
  ASSERT_TRUE(store_->revise(revision));
  auto again = approval("c-1", 2);
  again.supplements = {{"new", 30, "{}"}, {"z", 30, "{}"}};
  again.outbox = {{0, "", "lost", "", 1}};
  expect_not_revised(again, ErrorCode::kConflict);
  EXPECT_EQ(*store_->supplements("c-1"), revision.supplements) << "nothing of a refused revision stays";
  EXPECT_EQ(store_->take_messages(1, 2, 10)->size(), 0U);
  auto other = approval("c-2", 1);
  other.supplements = {{"z", 30, "{}"}};
  ASSERT_TRUE(store_->revise(other));
}

TEST_P(StoreRevise, DueFollows) {
  auto sent = submission("c-1");
  sent.record.due_ms = 500;
  commit(sent);
  auto revision = approval("c-1", 1);
  revision.status = store::Status::kPended;
  revision.due_ms = 700;
  ASSERT_TRUE(store_->revise(revision));
  EXPECT_EQ(ids(store_->cases_due(699, 5)), Ids{});
  EXPECT_EQ(ids(store_->cases_due(700, 5)), Ids{"c-1"});
  ASSERT_TRUE(store_->revise(approval("c-1", 2)));
  EXPECT_EQ(ids(store_->cases_due(700, 5)), Ids{});
}

PAS_EVERY_BACKEND(StoreRevise);

}  // namespace
}  // namespace pas
