// Each check of the kit fails by some breakage of a server that is sound otherwise, and by no other.

#include <gmock/gmock.h>

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "fhir/json/document.h"
#include "mappings/pas/v2_0_1/version.h"
#include "mappings/pas/v2_2_1/version.h"
#include "tests/adapter/cli/process.h"
#include "tests/adapter/conformance/kit_runs.h"
#include "tests/adapter/conformance/wrong_server.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using conformance::Result;

constexpr std::chrono::milliseconds kPatience{1'500};  // a decision comes after more than a second

// "submit row-09" is the check submit of a bundle.
std::set<std::string> checks_of(const conformance::Report& report, Result result) {
  std::set<std::string> ids;
  for (const conformance::CheckResult& check : report.checks) {
    if (check.result == result) ids.insert(check.id.substr(0, check.id.find(' ')));
  }
  return ids;
}

class Breakages : public testing::TestWithParam<const pas::Version*> {};

TEST_P(Breakages, FailTheirChecksAndNoOthers) {
  const std::string version(GetParam()->name);
  support::RunningAdapter server(
      {"--store", "memory", "--test-mode", "--notify-allow-http", "--notify-allow-host", "127.0.0.1"});
  const std::string url = support::local_url(server.port(), "");
  const auto sound = support::report_of({.server = url, .version = GetParam(), .patience = 10 * kPatience});
  const std::set<std::string> all = checks_of(sound, Result::kPassed);
  EXPECT_EQ(sound.count(Result::kPassed), sound.checks.size()) << to_text(sound);
  std::set<std::string> never = all;
  const auto cases =
      json::Document::parse(support::read_file(support::repo_path("tests/cases/conformance/breakages.json"))).value();
  for (const json::Node each : cases.root()) {
    if (each["version"] && each["version"].text() != version) continue;
    SCOPED_TRACE(std::string(each["name"].text()));
    std::set<std::string> fails;
    for (const json::Node list : {each["fails"], each["fails_" + version]}) {
      for (const json::Node id : list) fails.emplace(id.text());
    }
    std::erase_if(fails, [&all](const std::string& id) { return !all.contains(id); });  // of the other version
    EXPECT_THAT(fails, testing::Not(testing::IsEmpty()));
    // The others are run on one version, and for what concerns any request; notifications, where they count.
    const bool is_of_some = each["sent"] || each["when"];
    std::set<std::string> only = is_of_some || GetParam() != &v2_2_1::kVersion ? fails : all;
    only.insert("submit");
    for (const char* slow : {"notification", "subscription"}) {
      if (!fails.contains(slow)) only.erase(slow);
    }
    const support::WrongServer wrong(url, each);
    const auto report = support::report_of(
        {.server = wrong.url(), .version = GetParam(), .only = {only.begin(), only.end()}, .patience = kPatience});
    EXPECT_TRUE(wrong.has_broken());
    EXPECT_THAT(checks_of(report, Result::kFailed), testing::ContainerEq(fails)) << to_text(report);
    for (const std::string& id : fails) never.erase(id);
  }
  EXPECT_THAT(never, testing::IsEmpty()) << "no breakage fails these";
}

INSTANTIATE_TEST_SUITE_P(Versions, Breakages, testing::Values(&v2_2_1::kVersion, &v2_0_1::kVersion),
                         [](const auto& tested) { return tested.param == &v2_2_1::kVersion ? "v2_2_1" : "v2_0_1"; });

}  // namespace
}  // namespace pas
