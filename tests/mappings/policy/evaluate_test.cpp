// Kleene evaluation and what is missing, on the small policy of tests/cases/policies/small.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mappings/policy/compiled.h"
#include "mappings/policy/evaluation.h"
#include "tests/mappings/policy/case_inputs.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using base::Truth;
using testing::ElementsAre;
using testing::IsEmpty;
using Sets = std::vector<std::vector<std::string>>;

class Evaluate : public testing::Test {
 protected:
  Evaluate() : set_(support::load_policies(support::repo_path("tests/cases/policies/small"))) {}

  void SetUp() override { ASSERT_NE(set_, nullptr); }

  const policy::Policy& policy() const { return *set_->payers().front().policies.front(); }

  void on(const std::string& json, std::string_view date = "2026-03-10") {
    inputs_ = support::inputs_of(*policy().catalog, json);
    evaluation_ = policy::evaluate(policy(), inputs_, *base::parse_date(date));
  }
  Truth truth(std::string_view criterion) const { return evaluation_.truth_of_criterion(criterion); }
  std::vector<std::string> missing(std::string_view criterion) const {
    return policy::missing_inputs(evaluation_, policy().find_criterion(criterion)->met, inputs_);
  }
  Sets sets(std::string_view criterion) const {
    return policy::sets_to_meet(evaluation_, policy().find_criterion(criterion)->met, inputs_);
  }

  std::shared_ptr<const policy::PolicySet> set_;
  inputs::InputSet inputs_;
  policy::Evaluation evaluation_;
};

TEST_F(Evaluate, UnknownInputsMakeUnknownConditions) {
  on("{}");
  for (const char* id : {"LOW", "SIGNS", "LUNG", "REPORT"}) EXPECT_EQ(truth(id), Truth::kUnknown) << id;
  EXPECT_EQ(truth("NO SUCH"), Truth::kUnknown);
  on(R"({"oxygen.saturation": {"conflict": "87 and 93"}})");
  EXPECT_EQ(truth("LOW"), Truth::kUnknown);
}

TEST_F(Evaluate, AnyAndReferencesFollowKleene) {
  on(R"({"oxygen.saturation": 88})");
  EXPECT_EQ(truth("LOW"), Truth::kTrue);
  EXPECT_EQ(truth("SIGNS"), Truth::kUnknown);
  EXPECT_THAT(missing("LOW"), IsEmpty());
  on(R"({"oxygen.saturation": 88.1})");
  EXPECT_EQ(truth("LOW"), Truth::kUnknown) << "the signs may still show it";
  EXPECT_THAT(missing("LOW"), ElementsAre("answers.oedema", "answers.cor-pulmonale", "finding"));
  on(R"({"oxygen.saturation": 90, "answers.oedema": false, "answers.cor-pulmonale": false})");
  EXPECT_EQ(truth("SIGNS"), Truth::kFalse) << "two of three can no longer be met";
  EXPECT_EQ(truth("LOW"), Truth::kFalse);
}

TEST_F(Evaluate, AtLeastCounts) {
  const std::string failure = R"("finding": [{"system": "https://clinic.example/findings", "code": "H1"}])";
  on("{" + failure + "}");
  EXPECT_EQ(truth("SIGNS"), Truth::kUnknown);
  EXPECT_EQ(sets("SIGNS"), (Sets{{"answers.cor-pulmonale"}, {"answers.oedema"}})) << "either is enough";
  on("{" + failure + R"(, "answers.oedema": true})");
  EXPECT_EQ(truth("SIGNS"), Truth::kTrue);
  on(R"({"answers.oedema": true, "finding": []})");
  EXPECT_EQ(truth("SIGNS"), Truth::kUnknown);
  EXPECT_EQ(sets("SIGNS"), (Sets{{"answers.cor-pulmonale"}}));
  on("{}");
  EXPECT_EQ(sets("SIGNS"), (Sets{{"answers.cor-pulmonale", "answers.oedema"},
                                 {"answers.cor-pulmonale", "finding"},
                                 {"answers.oedema", "finding"}}));
  EXPECT_EQ(sets("LOW").front(), (std::vector<std::string>{"oxygen.saturation"})) << "the smallest first";
}

TEST_F(Evaluate, WhatCannotChangeAnythingIsNotMissing) {
  on(R"({"answers.smoker": true})");
  EXPECT_EQ(truth("LUNG"), Truth::kFalse);
  EXPECT_THAT(missing("LUNG"), IsEmpty()) << "the finding is unknown, but the AND is false already";
  EXPECT_THAT(sets("LUNG"), IsEmpty());
  on(R"({"answers.smoker": false})");
  EXPECT_THAT(missing("LUNG"), ElementsAre("finding"));
  on(R"({"finding": [{"system": "https://clinic.example/findings", "code": "L2"}]})");
  EXPECT_THAT(missing("LUNG"), ElementsAre("answers.smoker"));
}

TEST_F(Evaluate, SomeLooksAtEachElement) {
  on(R"({"report": []})");
  EXPECT_EQ(truth("REPORT"), Truth::kFalse);
  on("{}");
  EXPECT_THAT(missing("REPORT"), ElementsAre("report"));
  EXPECT_EQ(sets("REPORT"), (Sets{{"report"}}));
  on(R"({"report": [{"signed": false, "date": "2026-03-01"}, {"date": "2026-03-01"}]})");
  EXPECT_EQ(truth("REPORT"), Truth::kUnknown);
  EXPECT_EQ(sets("REPORT"), (Sets{{"report.signed"}}));
  EXPECT_THAT(missing("REPORT"), ElementsAre("report.signed"));
  on(R"({"report": [{"signed": true, "date": "2025-01-01"}]})");
  EXPECT_EQ(truth("REPORT"), Truth::kUnknown);
  EXPECT_EQ(sets("REPORT"), (Sets{{"report.prescriber.type"}}));
  on(R"({"report": [{"signed": true, "date": "2025-01-01", "prescriber": {"type": "PA"}}]})");
  EXPECT_EQ(truth("REPORT"), Truth::kFalse);
  on(R"({"report": [{"signed": false}, {"signed": true, "date": "2026-03-01"}]})");
  EXPECT_EQ(truth("REPORT"), Truth::kTrue);
}

TEST_F(Evaluate, KeepsTheTruthOfEachElement) {
  on(R"({"report": [{"signed": false}, {"signed": true, "date": "2026-03-01"}]})");
  const policy::ConditionId some = policy().find_criterion("REPORT")->met;
  ASSERT_EQ(policy().conditions[some].kind, policy::ConditionKind::kSome);
  const policy::ElementTruths* elements = evaluation_.elements_of(some);
  ASSERT_NE(elements, nullptr);
  ASSERT_EQ(elements->count, 2U);
  const policy::ConditionId all = policy().conditions[some].children.front();
  EXPECT_EQ(elements->truth(0, all), Truth::kFalse);
  EXPECT_EQ(elements->truth(1, all), Truth::kTrue);
  EXPECT_EQ(evaluation_.elements_of(0), nullptr);
}

TEST_F(Evaluate, DatesAreThoseOfTheRequest) {
  const std::string report = R"({"report": [{"signed": true, "date": "2025-12-10", "prescriber": {"type": "PA"}}]})";
  on(report, "2026-03-09");
  EXPECT_EQ(truth("REPORT"), Truth::kTrue);
  on(report, "2026-03-10");
  EXPECT_EQ(truth("REPORT"), Truth::kFalse) << "more than three months, not as much";
}

TEST_F(Evaluate, ReadsInputsByNameWhenTheyAreNotInTheCatalogsOrder) {
  const inputs::InputSet few({{"answers.smoker", inputs::State::kKnown, "true", {}, {}}}, {});
  const policy::Evaluation evaluation = policy::evaluate(policy(), few, *base::parse_date("2026-03-10"));
  EXPECT_EQ(evaluation.truth_of_criterion("LUNG"), Truth::kFalse);
  EXPECT_EQ(evaluation.truth_of_criterion("LOW"), Truth::kUnknown);
}

TEST_F(Evaluate, EachExpressionIsCompiledOnce) {
  std::vector<std::string> texts;
  for (const policy::Expression& expression : policy().expressions) {
    texts.emplace_back(expression.program.expression());
  }
  std::vector<std::string> unique = texts;
  std::sort(unique.begin(), unique.end());
  unique.erase(std::unique(unique.begin(), unique.end()), unique.end());
  EXPECT_EQ(unique.size(), texts.size());
}

}  // namespace
}  // namespace pas
