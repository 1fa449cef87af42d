// Case files: what is refused, and how a case that is not decided as it says is told.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>

#include "tests/mappings/decision/shipped.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class CaseFiles : public testing::Test {
 protected:
  CaseFiles() : folder_(std::filesystem::path(testing::TempDir()) / ("cases-" + std::to_string(::getpid())) / "husky") {
    std::filesystem::create_directories(folder_);
    write("situations.json", R"({"bare": {"device.code": "E0779", "coverage.inForce": true}})");
  }
  ~CaseFiles() override { std::filesystem::remove_all(folder_.parent_path()); }

  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }

  auto load(const std::string& text) const {
    write("cases.json", text);
    return decision::load_cases({folder_ / "cases.json", folder_ / "situations.json"}, support::shipped_policies());
  }
  // The only mistake, without the folder.
  std::string mistake(const std::string& text) const {
    const auto loaded = load(text);
    if (loaded) return "none";
    EXPECT_THAT(loaded.error(), SizeIs(1));
    const std::string all = to_string(loaded.error().front());
    return all.substr(folder_.string().size() + 1);
  }

  static std::string one(const std::string& members) {
    return "{\"requestDate\": \"2026-03-10\", \"cases\": [\n{\"name\": \"x\", \"row\": \"11\", \"action\": \"A4\"" +
           (members.empty() ? "" : ", " + members) + "}\n]}";
  }

  std::filesystem::path folder_;
};

TEST_F(CaseFiles, AreChecked) {
  EXPECT_EQ(mistake(one("")), "none");
  EXPECT_THAT(mistake("{"), HasSubstr("cases.json:1:2: "));
  EXPECT_THAT(mistake("[]"), HasSubstr("must be one JSON object"));
  EXPECT_THAT(
      mistake(R"({"cases": [{"name": "x", "row": "1", "action": "A3", "requestDate": "2026-03-10"}], "tile": "x"})"),
      HasSubstr("did you mean \"title\"?"));
  EXPECT_THAT(mistake(R"({"payer": "huskey", "cases": [{}]})"), HasSubstr("did you mean \"husky\"?"));
  EXPECT_THAT(
      mistake(
          R"({"requestDate": "2026-3-10", "cases": [{"name": "x", "row": "1", "action": "A3", "requestDate": "2026-03-10"}]})"),
      HasSubstr("must be a calendar day"));
  EXPECT_THAT(mistake(R"({"cases": [{"name": "x", "row": "1", "action": "A3"}]})"),
              HasSubstr("the member \"requestDate\" is missing"));
  EXPECT_THAT(mistake(one(R"("rwo": "1")")),
              HasSubstr("cases.json:2:45: a case has no member \"rwo\", did you mean \"row\"?"));
  EXPECT_THAT(mistake(one(R"("situation": "bar")")), HasSubstr("did you mean \"bare\"?"));
  EXPECT_THAT(mistake(one(R"("inputs": {"device.cod": "E0779"})")), HasSubstr("did you mean \"device.code\"?"));
  EXPECT_THAT(mistake(one(R"("inputs": {"device.code": 779})")),
              HasSubstr("\"device.code\" must be a value of type code, null"));
  EXPECT_THAT(mistake(one(R"("inputs": {"device.transaction": "lease"})")),
              HasSubstr("must be rental or purchase, null"));
  EXPECT_THAT(mistake(one(R"("inputs": {"member.age": 4.5})")), HasSubstr("value of type integer"));
  EXPECT_THAT(mistake(one(R"("inputs": {"infusion.hours": "8"})")), HasSubstr("value of type decimal"));
  EXPECT_THAT(mistake(one(R"("inputs": {"diagnosis": ["C00"]})")), HasSubstr("a list of"));
  EXPECT_THAT(mistake(one(R"("inputs": {"coverage.inForce": {"conflct": "x"}})")), HasSubstr("value of type boolean"));
  EXPECT_THAT(mistake(one(R"("inputs": {"coverage.inForce": {"conflict": "x"}})")), HasSubstr("none"));
  EXPECT_THAT(mistake(one(R"("inputs": [])")), HasSubstr("inputs must be an object"));
  EXPECT_THAT(mistake(one(R"("truths": {"CLINCAL": "met"})")), HasSubstr("has no criterion \"CLINCAL\""));
  EXPECT_THAT(mistake(one(R"("truths": {"CLINICAL": "true"})")), HasSubstr("no truth is named \"true\""));
  EXPECT_THAT(mistake(one(R"("adverseDeterminations": "computer")")), HasSubstr("no setting is named"));
  EXPECT_THAT(mistake(one(R"("limits": [{"input": "x"}])")), HasSubstr("\"certified\" is missing"));
}

TEST_F(CaseFiles, SituationsAreCheckedToo) {
  write("situations.json", R"({"bare": {"device.cod": "E0779"}})");
  EXPECT_THAT(mistake(one(R"("situation": "bare")")),
              HasSubstr("situations.json:1:12: no input is named \"device.cod\""));
}

TEST_F(CaseFiles, ThePayerIsNamedByTheFileElseByTheFolder) {
  const auto of_folder = load(one(""));
  ASSERT_TRUE(of_folder);
  EXPECT_EQ(of_folder->front().payer->id, "husky");
  const auto of_file = load(R"({"payer": "tidewater", "cases": [
      {"name": "x", "row": "open", "action": "A4", "requestDate": "2025-06-01"}]})");
  ASSERT_TRUE(of_file);
  EXPECT_EQ(of_file->front().policy->revision, "2025-01");
  const auto nowhere = decision::load_cases({support::repo_path("tests/cases/policies/small/clinic/policy.json")},
                                            support::shipped_policies());
  EXPECT_FALSE(nowhere);
}

TEST_F(CaseFiles, MismatchesAreToldAsExpectedAndActual) {
  const auto cases = load(one(
      R"("situation": "bare", "revision": "1", "reason": "0F", "truths": {"CLINICAL": "met", "DOC.1": "unknown"},
         "documents": ["52063-5"], "limits": [{"input": "device.rental.months", "certified": 3}], "missing": ["drug"],
         "notes": ["no such note"])"));
  ASSERT_TRUE(cases) << to_string(cases.error().front());
  const decision::Case& each = cases->front();
  EXPECT_EQ(each.line, 2U);
  const auto decided = decision::evaluate_and_decide(*each.policy, each.inputs, each.request_date);
  std::map<std::string, std::pair<std::string, std::string>> told;
  for (const auto& mismatch : decision::compare(each, decided)) {
    told[mismatch.what] = {mismatch.expected, mismatch.actual};
  }
  using Pair = std::pair<std::string, std::string>;
  EXPECT_EQ(told["revision"], Pair("1", "2024-12"));
  EXPECT_EQ(told["criterion CLINICAL"], Pair("met", "unknown"));
  EXPECT_EQ(told["reason"], Pair("0F", "0U"));
  EXPECT_EQ(told["documents"], Pair("52063-5", "52044-5 and 52063-5"));
  EXPECT_EQ(told["limits"], Pair("device.rental.months to 3", "none"));
  EXPECT_EQ(told["notes"].first, "one with \"no such note\"");
  EXPECT_TRUE(told.contains("questions"));
  EXPECT_TRUE(told.contains("missing"));
  EXPECT_EQ(told.count("row") + told.count("action") + told.count("recommendation") + told.count("criterion DOC.1"),
            0U);
}

}  // namespace
}  // namespace pas
