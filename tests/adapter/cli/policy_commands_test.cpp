// policy and decisions on policies that are changed, and on a store that a running adapter filled.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/adapter/cli/process.h"
#include "tests/adapter/cli/requests.h"
#include "tests/adapter/store/samples.h"
#include "tests/mappings/policy/case_inputs.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using support::PolicyCopy;
using testing::HasSubstr;
using testing::Not;

struct Answer {
  int exit_code = 0;
  std::string output;
  std::string errors;
};

Answer call(const std::vector<std::string>& arguments) {
  support::Process process({arguments});
  const int exit_code = process.wait();
  return {exit_code, process.output(), process.errors()};
}

PolicyCopy shipped() {
  return PolicyCopy(support::repo_path("mappings/policies"));
}

TEST(PolicyCommands, CheckPointsAtAMistake) {
  const PolicyCopy policies = shipped();
  policies.edit("tidewater/policy-2026.json", "oxygen.saturation <= 88", "oxygen.saturatoin <= 88");
  const Answer answer = call({"policy", "check", policies.directory().string()});
  EXPECT_EQ(answer.exit_code, 1);
  EXPECT_EQ(answer.output, "");
  EXPECT_THAT(answer.errors, HasSubstr(policies.directory().string() + "/tidewater/policy-2026.json:"));
  EXPECT_THAT(answer.errors,
              HasSubstr("no input is named \"oxygen.saturatoin\", did you mean \"oxygen.saturation\"?\n"));
  EXPECT_THAT(answer.errors, HasSubstr("^\n"));
}

TEST(PolicyCommands, TestShowsExpectedAndActual) {
  const PolicyCopy policies = shipped();
  policies.edit("tidewater/policy-2026.json", "oxygen.saturation <= 88", "oxygen.saturation <= 87");
  const Answer answer = call({"policy", "test", "--policies", policies.directory().string(),
                              "tests/cases/policies/tidewater/boundaries.json"});
  EXPECT_EQ(answer.exit_code, 1);
  EXPECT_THAT(answer.output, HasSubstr("tests/cases/policies/tidewater/boundaries.json:5: saturation of 88 % is low "
                                       "(tidewater-home-oxygen 2026-01)\n"
                                       "  criterion LOW\n    expected  met\n    actual    unknown\n"));
  EXPECT_THAT(answer.output, HasSubstr("27 cases: 25 as expected, 2 not\n"));
}

TEST(PolicyCommands, CoverageMarksARowThatNoCaseTakes) {
  const Answer answer = call({"policy", "coverage", "tests/cases/policies/tidewater/limits.json"});
  EXPECT_EQ(answer.exit_code, 1);
  EXPECT_THAT(answer.output, HasSubstr("revision 2026-01 (tidewater/policy-2026.json): "));
  EXPECT_THAT(answer.output, HasSubstr("by 0 cases")) << "the other revision of the payer";
  EXPECT_THAT(answer.output, Not(HasSubstr("husky")));
}

TEST(PolicyCommands, DiffFindsTheRevisionBefore) {
  const PolicyCopy policies = shipped();
  std::string next = policies.read("tidewater/policy-2026.json");
  next.replace(next.find("2026-01"), 7, "2027-01");
  next.replace(next.find("2026-01-01"), 10, "2027-01-01");
  policies.write("tidewater/policy-2027.json", next);
  const Answer answer = call({"policy", "diff", "mappings/policies", policies.directory().string()});
  EXPECT_EQ(answer.exit_code, 1);
  EXPECT_EQ(answer.output, "mappings/policies/tidewater/policy-2026.json -> " + policies.directory().string() +
                               "/tidewater/policy-2027.json\n  revision\n    - \"2026-01\"\n    + \"2027-01\"\n  "
                               "effective, from\n    - \"2026-01-01\"\n    + \"2027-01-01\"\n");
}

class StoredDecisions : public testing::Test {
 protected:
  void SetUp() override {
    store_ = "sqlite:" + folder_.file("adapter.db");
    support::RunningAdapter adapter({"--store", store_});
    ASSERT_NE(adapter.port(), 0) << adapter.process().errors();
    const auto answer = support::ask(adapter.port(), support::submit_request(support::read_file(support::repo_path(
                                                         "samples/bundles/multi-item-four-outcomes.json"))));
    ASSERT_TRUE(answer);
    id_ = support::response_id(answer->body);
    EXPECT_EQ(adapter.stop(), 0);
  }

  const support::TemporaryFolder folder_;
  std::string store_;
  std::string id_;
};

TEST_F(StoredDecisions, AreShownAndReplayedToTheByte) {
  const Answer shown = call({"decisions", "show", id_, "--store", store_});
  EXPECT_EQ(shown.exit_code, 0) << shown.errors;
  EXPECT_THAT(shown.output, HasSubstr("item 1\nDecision: "));
  EXPECT_THAT(shown.output, HasSubstr("item 4\nDecision: "));
  EXPECT_THAT(shown.output, HasSubstr("from Bundle.entry["));
  const Answer one = call({"decisions", "show", id_, "--store", store_, "--item", "2"});
  EXPECT_THAT(one.output, testing::StartsWith("item 2\nDecision: "));
  EXPECT_THAT(one.output, Not(HasSubstr("item 1\n")));
  const Answer json = call({"decisions", "show", id_, "--store", store_, "--format", "json"});
  EXPECT_THAT(json.output, testing::StartsWith(R"({"policy":{"id":"husky-ambulatory-infusion-pumps")"));

  const Answer again = call({"decisions", "replay", id_, "--store", store_});
  EXPECT_EQ(again.exit_code, 0) << again.output << again.errors;
  std::size_t same = 0;
  for (std::size_t at = 0; (at = again.output.find("the same, byte for byte: ", at)) != std::string::npos; ++at) ++same;
  EXPECT_EQ(same, 4U) << again.output;
}

TEST_F(StoredDecisions, DifferByAnotherRevision) {
  const PolicyCopy policies = shipped();
  std::string next = policies.read("husky/policy.json");
  const auto put = [&next](std::string_view find, std::string_view replace) {
    ASSERT_NE(next.find(find), std::string::npos) << find;
    next.replace(next.find(find), find.size(), replace);
  };
  put(R"("revision": "2024-12")", R"("revision": "2026-02")");
  put(R"({"from": "2024-02-01"})", R"({"from": "2026-02-01"})");
  put("date.toDate() >= %requestDate - 12 months", "date.toDate() >= %requestDate - 1 day");
  policies.write("husky/policy-2026.json", next);
  policies.edit("husky/policy.json", R"({"from": "2024-02-01"})", R"({"from": "2024-02-01", "to": "2026-01-31"})");
  const std::string directory = policies.directory().string();

  const Answer other =
      call({"decisions", "replay", id_, "--store", store_, "--policies", directory, "--revision", "2026-02"});
  EXPECT_EQ(other.exit_code, 1) << other.output << other.errors;
  EXPECT_THAT(other.output, HasSubstr("A1 (row 9) -> A4 0U (row 10), by husky-ambulatory-infusion-pumps 2026-02"));
  EXPECT_THAT(other.output, HasSubstr("  criterion DOC.1\n    - \"met\"\n    + \"not met\"\n"));
  const Answer none = call({"decisions", "replay", id_, "--store", store_, "--revision", "1999"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.output, HasSubstr("has no revision 1999 of husky-ambulatory-infusion-pumps; it has: 2024-12"));

  const Answer simulated = call({"policy", "simulate", "--policies", directory, "--store", store_});
  EXPECT_EQ(simulated.exit_code, 0) << simulated.errors;
  EXPECT_THAT(simulated.output, HasSubstr("A1          A4 0U            1   changed\n"));
  EXPECT_THAT(simulated.output, HasSubstr("case " + id_ + " item "));
  EXPECT_THAT(simulated.output, HasSubstr("1 case; 4 items: 1 decided otherwise"));
  const Answer against =
      call({"policy", "simulate", "--policies", directory, "--against", directory, "--store", store_});
  EXPECT_THAT(against.output, HasSubstr("4 items: 0 decided otherwise, 0 for other reasons"));
}

TEST_F(StoredDecisions, OtherCasesAndItemsAreNotThere) {
  const Answer other = call({"decisions", "show", "other", "--store", store_});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.errors, HasSubstr("no case other is in " + store_));
  const Answer item = call({"decisions", "show", id_, "--store", store_, "--item", "9"});
  EXPECT_EQ(item.exit_code, 2);
  EXPECT_THAT(item.errors, HasSubstr("no item 9 of case " + id_));
}

}  // namespace
}  // namespace pas
