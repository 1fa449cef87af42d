// Notes, the decision record and the explanation.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mappings/decision/text.h"
#include "mappings/inputs/catalog.h"
#include "tests/mappings/decision/shipped.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using testing::Contains;
using testing::HasSubstr;

const base::Date kRequest = *base::parse_date("2026-03-10");

class Decision : public testing::Test {
 protected:
  void on(const char* situation, const std::string& changes) {
    inputs_ = support::situation(support::kHusky, situation, changes);
    decided_ = decision::evaluate_and_decide(support::husky_policy(), inputs_, kRequest);
  }
  std::string record() const { return decision::to_json(decided_.evaluation, inputs_, decided_.decision); }
  std::string explanation() const { return decision::explain(decided_.evaluation, inputs_, decided_.decision); }

  inputs::InputSet inputs_;
  decision::Decided decided_;
};

TEST(Readable, TurnsJsonIntoWords) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"1.50", "1.50"},
      {"true", "yes"},
      {"false", "no"},
      {R"("a \"b\"")", "a \"b\""},
      {"[]", "none"},
      {R"([{"system":"s","code":"A"}])", "A"},
      {R"([{"code":"A"},{"code":"B"},{"code":"C"}])", "A, B and C"},
      {R"([{"date":"2026-01-01"}])", "1 document"},
      {R"([{"date":"2026-01-01"},{}])", "2 documents"},
  };
  for (const auto& [json, words] : cases) EXPECT_EQ(decision::readable(std::string_view(json)), words) << json;
}

TEST_F(Decision, NamesDamagedDocuments) {
  on("iron", R"({"clinicalDocument": []})");
  const inputs::InputSet damaged(inputs_.all(), {{"Bundle.entry[6].resource.content[0].attachment.size",
                                                  "size is 1200, the data has 1187 bytes"}});
  const auto decided = decision::evaluate_and_decide(support::husky_policy(), damaged, kRequest);
  EXPECT_THAT(decided.decision.notes,
              Contains("A document does not count because it is damaged: "
                       "Bundle.entry[6].resource.content[0].attachment.size: size is 1200, the data has 1187 bytes"));
  EXPECT_THAT(decision::to_json(decided.evaluation, damaged, decided.decision),
              HasSubstr(R"("damagedDocuments":[{"path":"Bundle.entry[6].resource.content[0].attachment.size")"));
}

TEST_F(Decision, ThePaymentNoteStandsLast) {
  on("iron", "{}");
  ASSERT_FALSE(decided_.decision.notes.empty());
  EXPECT_THAT(decided_.decision.notes.back(), HasSubstr("not a guarantee of payment"));
}

TEST_F(Decision, NamesItsPolicy) {
  on("iron", "{}");
  EXPECT_EQ(decided_.decision.policy_id, "husky-ambulatory-infusion-pumps");
  EXPECT_EQ(decided_.decision.policy_revision, "2024-12");
  EXPECT_EQ(decided_.decision.policy_hash, support::husky_policy().hash);
}

TEST_F(Decision, RecordHoldsWhatAReplayNeeds) {
  on("prolonged", R"({"answers.pump-necessary": null, "infusion.hours": {"conflict": "24 h and 6 h"},
                      "prescription": [{"date": "2026-02-16", "signed": true, "prescriber": {"type": "PA"}}]})");
  const auto document = json::Document::parse(record());
  ASSERT_TRUE(document);
  const json::Node root = document->root();
  EXPECT_EQ(root["policy"]["id"].text(), "husky-ambulatory-infusion-pumps");
  EXPECT_EQ(root["policy"]["hash"].text(), support::husky_policy().hash);
  EXPECT_EQ(root["requestDate"].text(), "2026-03-10");
  EXPECT_EQ(root["decision"]["row"].text(), "11");
  EXPECT_EQ(root["decision"]["questions"].to_json(), R"(["pump-necessary","infusion-hours"])");
  EXPECT_EQ(root["inputs"].size(), support::husky_policy().catalog->inputs().size());
  for (const json::Node input : root["inputs"]) {
    const inputs::Input* original = inputs_.find(input["name"].text());
    ASSERT_NE(original, nullptr);
    EXPECT_EQ(input["state"].text(), to_string(original->state));
    EXPECT_EQ(input["value"] ? input["value"].to_json() : "", original->value);
    EXPECT_EQ(input["sources"].size(), original->sources.size());
    EXPECT_EQ(input["note"].text(), original->note);
  }
  EXPECT_EQ(root["criteria"].size(), support::husky_policy().criteria.size());
  for (const json::Node criterion : root["criteria"]) {
    EXPECT_EQ(criterion["truth"].text(), to_string(decided_.evaluation.truth_of_criterion(criterion["id"].text())));
    EXPECT_FALSE(criterion["citation"].text().empty());
    EXPECT_EQ(static_cast<bool>(criterion["smallestSets"]), criterion["truth"].text() == "unknown");
    if (criterion["id"].text() == "D") {
      EXPECT_EQ(criterion["smallestSets"].to_json(), R"([["answers.pump-necessary","infusion.hours"]])");
    }
    if (criterion["id"].text() == "DOC.1") {
      EXPECT_EQ(criterion["missing"].to_json(), R"(["prescription.prescriber.enrolled"])");
      EXPECT_EQ(criterion["evidence"].at(0)["elements"].at(0)["conditions"].at(4)["truth"].text(), "unknown");
    }
  }
}

TEST_F(Decision, ExplanationIsATreeForAReader) {
  on("intermittent", R"({"answers.no-office-return": null})");
  const std::string expected = support::read_file(support::repo_path("tests/cases/policies/husky/explanation.txt"));
  std::string shown = explanation();
  const std::size_t hash = shown.find(support::husky_policy().hash);
  ASSERT_NE(hash, std::string::npos);
  shown.replace(hash, 64, "HASH");
  EXPECT_EQ(shown, expected);
}

}  // namespace
}  // namespace pas
