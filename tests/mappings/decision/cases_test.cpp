// The shipped policies' cases as data, and that they leave nothing of a policy unseen.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "mappings/decision/coverage.h"
#include "tests/mappings/decision/shipped.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using support::cases_of;
using testing::AnyOf;
using testing::HasSubstr;

class PayerCases : public testing::TestWithParam<std::string_view> {};

INSTANTIATE_TEST_SUITE_P(Shipped, PayerCases, testing::Values(support::kHusky, support::kTidewater),
                         [](const auto& tested) { return std::string(tested.param); });

TEST_P(PayerCases, AreDecidedAsTheySay) {
  for (const decision::Case& each : cases_of(GetParam())) {
    SCOPED_TRACE(each.file + ':' + std::to_string(each.line) + ": " + each.name);
    const auto decided = decision::evaluate_and_decide(*each.policy, each.inputs, each.request_date);
    for (const decision::Mismatch& mismatch : decision::compare(each, decided)) {
      ADD_FAILURE() << mismatch.what << ": " << mismatch.expected << " is expected, it is " << mismatch.actual;
    }
    for (const std::string& note : decided.decision.notes) {
      EXPECT_THAT(note, Not(AnyOf(HasSubstr("{"), HasSubstr("not known hours"), HasSubstr("not known were")))) << note;
    }
  }
  EXPECT_GE(cases_of(GetParam()).size(), 100U);
}

TEST_P(PayerCases, SeeEveryCriterionAndConditionInEachTruthAndEveryRowAndLimit) {
  decision::Coverage coverage(support::shipped_policies().set());
  for (const decision::Case& each : cases_of(GetParam())) {
    coverage.add(decision::evaluate_and_decide(*each.policy, each.inputs, each.request_date));
  }
  EXPECT_EQ(coverage.policies().size(), support::payer(GetParam()).policies.size());
  EXPECT_TRUE(coverage.is_complete()) << decision::to_text(coverage);
}

TEST(HuskyPolicy, AsksForDocumentsByTheirCodes) {
  std::map<std::string, std::string> report_types;
  for (const policy::Document& document : support::husky_policy().documents) {
    report_types[document.loinc] = document.report_type;
  }
  EXPECT_EQ(report_types, (std::map<std::string, std::string>{{"52063-5", "DB"}, {"52044-5", "M1"}}));
}

TEST(HuskyPolicy, LeavesDenialsToCliniciansByDefault) {
  const auto automated = policy::AdverseDeterminations::kAutomated;
  EXPECT_EQ(support::husky_policy().adverse, policy::AdverseDeterminations::kClinician);
  EXPECT_EQ(support::husky_policy(automated).adverse, automated);
  EXPECT_NE(support::husky_policy().hash, support::husky_policy(automated).hash);
  EXPECT_FALSE(support::husky_policy().information_deadline_days.has_value());
}

}  // namespace
}  // namespace pas
