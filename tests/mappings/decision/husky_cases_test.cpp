// The HUSKY policy's cases as data, and that they leave nothing of it unseen.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "mappings/policy/compiled.h"
#include "tests/mappings/decision/husky.h"

namespace pas {
namespace {

using base::Truth;
using support::Husky;
using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;
using testing::UnorderedElementsAreArray;

const Husky& husky() {
  static const Husky policies;
  return policies;
}

std::vector<std::string> texts(json::Node list) {
  std::vector<std::string> all;
  for (const json::Node text : list) all.emplace_back(text.text());
  return all;
}

TEST(HuskyCases, AreDecidedAsTheySay) {
  ASSERT_TRUE(husky().loaded());
  std::size_t cases = 0;
  husky().each_case([&cases](const std::string& file, json::Node node) {
    ++cases;
    SCOPED_TRACE(file + ": " + std::string(node["name"].text()));
    const auto inputs = husky().inputs_of_case(node);
    const policy::Policy& policy = husky().policy(support::is_automated(node));
    const auto [evaluation, decision] = support::decide(policy, inputs, support::request_date_of(node));
    for (const json::Node expected : node["truths"]) {
      ASSERT_NE(policy.find_criterion(expected.key()), nullptr) << expected.key();
      EXPECT_EQ(to_string(evaluation.truth_of_criterion(expected.key())), expected.text()) << expected.key();
    }
    EXPECT_EQ(decision.row, node["row"].text());
    EXPECT_EQ(decision.action, node["action"].text());
    EXPECT_EQ(decision.reason, node["reason"].text());
    EXPECT_EQ(decision.recommendation, node["recommendation"].text());
    std::vector<std::string> documents;
    for (const auto& document : decision.documents) documents.push_back(document.loinc);
    EXPECT_THAT(documents, UnorderedElementsAreArray(texts(node["documents"])));
    EXPECT_THAT(decision.questions, UnorderedElementsAreArray(texts(node["questions"])));
    if (node["missing"]) {
      EXPECT_THAT(decision.missing, UnorderedElementsAreArray(texts(node["missing"])));
    }
    for (const json::Node part : node["notes"]) {
      EXPECT_THAT(decision.notes, Contains(HasSubstr(std::string(part.text()))));
    }
    for (const std::string& note : decision.notes) {
      EXPECT_THAT(note, Not(AnyOf(HasSubstr("{"), HasSubstr("not known hours")))) << note;
    }
  });
  EXPECT_GE(cases, 160U);
}

TEST(HuskyCases, SeeEveryCriterionAndConditionInEachTruthAndEveryRow) {
  ASSERT_TRUE(husky().loaded());
  const policy::Policy& policy = husky().policy();
  std::vector<std::set<Truth>> seen(policy.conditions.size());
  std::set<std::string> rows;
  husky().each_case([&](const std::string&, json::Node node) {
    const auto [evaluation, decision] = support::decide(husky().policy(support::is_automated(node)),
                                                        husky().inputs_of_case(node), support::request_date_of(node));
    for (std::size_t i = 0; i < seen.size(); ++i) seen[i].insert(evaluation.truths[i]);
    rows.insert(decision.row);
  });
  for (const policy::Row& row : policy.rows)
    EXPECT_TRUE(rows.contains(row.id)) << "row " << row.id << " is never taken";
  for (const policy::Criterion& criterion : policy.criteria) {
    EXPECT_EQ(seen[criterion.met].size(), 3U) << criterion.id << " is not seen met, not met and unknown";
    for (policy::ConditionId id = policy.conditions[criterion.met].first; id < criterion.met; ++id) {
      const policy::Condition& condition = policy.conditions[id];
      // Two-valued by its nature: whether a route is known; whether a drug is named (none named is unknown); and what
      // holds of a route that is not known.
      const bool two_valued = condition.kind == policy::ConditionKind::kUnknown ||
                              condition.text == "a drug is named" ||
                              condition.text == "the route is not known to be other than parenteral";
      EXPECT_EQ(seen[id].size(), two_valued ? 2U : 3U) << criterion.id << ": " << condition.text;
    }
  }
}

TEST(HuskyPolicy, AsksForDocumentsByTheirCodes) {
  ASSERT_TRUE(husky().loaded());
  std::map<std::string, std::string> report_types;
  for (const policy::Document& document : husky().policy().documents) {
    report_types[document.loinc] = document.report_type;
  }
  EXPECT_EQ(report_types, (std::map<std::string, std::string>{{"52063-5", "DB"}, {"52044-5", "M1"}}));
}

TEST(HuskyPolicy, LeavesDenialsToCliniciansByDefault) {
  ASSERT_TRUE(husky().loaded());
  EXPECT_EQ(husky().policy().adverse, policy::AdverseDeterminations::kClinician);
  EXPECT_EQ(husky().policy(true).adverse, policy::AdverseDeterminations::kAutomated);
  EXPECT_NE(husky().policy().hash, husky().policy(true).hash);
  EXPECT_FALSE(husky().policy().information_deadline_days.has_value());
}

}  // namespace
}  // namespace pas
