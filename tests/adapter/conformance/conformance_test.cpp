// The conformance kit: our server passes, and one that answers wrong fails with the requirement named.

#include "adapter/conformance/kit.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <set>
#include <sstream>
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
using support::base_path;
using support::local_url;
using support::report_of;
using support::Stub;

support::RunningAdapter& our_server() {
  static support::RunningAdapter adapter(
      {"--store", "memory", "--test-mode", "--notify-allow-http", "--notify-allow-host", "127.0.0.1"});
  return adapter;
}

// The requirements of what failed.
std::set<std::string> failed(const conformance::Report& report) {
  std::set<std::string> ids;
  for (const conformance::CheckResult& check : report.checks) {
    if (check.result != Result::kFailed) continue;
    EXPECT_NE(check.reason, "") << check.id;
    ids.insert(check.proves.begin(), check.proves.end());
  }
  return ids;
}

class Conformance : public testing::TestWithParam<const pas::Version*> {};

TEST_P(Conformance, OurServerPasses) {
  const std::string out = testing::TempDir() + "conformance-" + std::string(GetParam()->name) + ".json";
  support::Process process({{"conformance", "--base", local_url(our_server().port(), base_path(*GetParam())),
                             "--version", std::string(GetParam()->name), "--script",
                             local_url(our_server().port(), "/test/script"), "--report", "json", "--out", out}});
  EXPECT_EQ(process.wait(), 0) << process.output() << process.errors();
  const auto report = json::Document::parse(support::read_file(out)).value();
  std::filesystem::remove(out);
  EXPECT_EQ(report.root()["failed"].text(), "0");
  std::vector<std::string> skipped;
  for (const json::Node check : report.root()["checks"]) {
    if (check["result"].text() == "skipped") skipped.emplace_back(check["id"].text());
  }
  EXPECT_THAT(skipped, testing::ElementsAre("inquire-other-client")) << process.output();
  EXPECT_GT(std::stoi(std::string(report.root()["mustSupport"]["seen"].text())), 40);
}

TEST(BundlesOfTheCaller, StandInPlaceOfTheKits) {
  const auto run_with = [](const std::vector<std::string>& bundles) {
    std::vector<std::string> call = {"conformance", "--base",
                                     local_url(our_server().port(), base_path(v2_2_1::kVersion)), "--bundles"};
    for (const std::string& name : bundles) call.push_back(support::repo_path("samples/bundles/" + name + ".json"));
    return support::Process({call});
  };
  auto modified = run_with({"tidewater-six-months", "row-02-insulin-pump"});
  EXPECT_EQ(modified.wait(), 0) << modified.output() << modified.errors();
  EXPECT_THAT(modified.output(), testing::HasSubstr("passed  submit tidewater-six-months ("));
  EXPECT_THAT(modified.output(), testing::HasSubstr("passed  submit row-02-insulin-pump ("));
  EXPECT_THAT(modified.output(), testing::HasSubstr("passed  submit-modified ("));
  EXPECT_THAT(modified.output(), testing::Not(testing::HasSubstr("row-09-a1-deferoxamine-overload")));
  auto broken = run_with({"broken-05-first-entry-not-claim"});
  EXPECT_EQ(broken.wait(), 2);
  EXPECT_THAT(broken.errors(), testing::HasSubstr("broken-05-first-entry-not-claim is no PAS request"));
  auto absent = run_with({"no-such-bundle"});
  EXPECT_EQ(absent.wait(), 2);
  EXPECT_THAT(absent.errors(), testing::HasSubstr("no-such-bundle.json"));
}

INSTANTIATE_TEST_SUITE_P(Versions, Conformance, testing::Values(&v2_2_1::kVersion, &v2_0_1::kVersion),
                         [](const auto& tested) { return tested.param == &v2_2_1::kVersion ? "v2_2_1" : "v2_0_1"; });

// Every check can fail.
TEST(WrongServer, ThatTakesEverythingFailsEveryCheck) {
  const Stub stub([](http::Request&&) {
    http::Response response;
    response.content_type = "application/fhir+json";
    response.body = R"({"resourceType":"Basic","surprise":1})";
    return response;
  });
  const auto report = report_of({.server = stub.url()});
  for (const conformance::CheckResult& check : report.checks) {
    EXPECT_EQ(check.result, check.id == "must-support" ? Result::kSkipped : Result::kFailed) << check.id;
  }
  auto ids = conformance::proved_by_kit("2.2.1");
  std::erase(ids, "conf-6");
  EXPECT_THAT(failed(report), testing::ElementsAreArray(ids));
}

TEST(WrongServer, ThatAnswersFiveHundredFailsEveryCheckOfItsOwn) {
  const Stub stub([](http::Request&&) {
    http::Response response;
    response.status = 500;
    return response;
  });
  const auto report = report_of({.server = stub.url()});
  EXPECT_EQ(report.count(Result::kPassed), 0U);
  EXPECT_EQ(report.count(Result::kSkipped), 2U) << "profiles and must-support have nothing to look at";
}

TEST(WrongServer, ThatIsNotThereIsAskedThreeTimes) {
  std::string url;
  {
    const Stub stub([](http::Request&&) { return http::Response{}; });
    url = stub.url();
  }
  const auto report = report_of({.server = url});
  EXPECT_EQ(report.count(Result::kFailed), 3U);
  EXPECT_EQ(report.count(Result::kPassed), 0U);
}

// The first reason of a run against a server that answers all alike.
std::string first_reason(int status, const std::string& body, bool drop = false) {
  const Stub stub([&](http::Request&&) {
    http::Response response;
    response.status = status;
    response.content_type = "text/html";
    response.body = body;
    response.drop = drop;
    return response;
  });
  return report_of({.server = stub.url()}).checks.front().reason;
}

TEST(NoPasServer, IsToldWhatIsAmiss) {
  EXPECT_THAT(first_reason(401, ""), testing::HasSubstr("status 401 instead of 200: a token is wanted"));
  EXPECT_THAT(first_reason(200, "<!DOCTYPE html>"), testing::HasSubstr("the answer is not JSON"));
  EXPECT_THAT(first_reason(302, ""), testing::HasSubstr("status 302 instead of 200"));
  EXPECT_THAT(first_reason(200, "", true), testing::HasSubstr("no answer"));
}

TEST(ChecksByName, RunAlone) {
  const auto report = report_of({.server = local_url(our_server().port(), ""), .only = {"refuse-xml", "profiles"}});
  ASSERT_EQ(report.checks.size(), 2U);
  EXPECT_EQ(report.checks[0].id, "refuse-xml");
  EXPECT_EQ(report.checks[1].id, "profiles");
  support::Process unknown({{"conformance", "--base", local_url(our_server().port(), base_path(v2_2_1::kVersion)),
                             "--check", "submit", "--check", "inquire-bundle"}});
  EXPECT_EQ(unknown.wait(), 2);
  EXPECT_THAT(unknown.errors(), testing::HasSubstr("no check of PAS 2.2.1 is named inquire-bundle"));
}

TEST(Patience, IsTheCallers) {
  const auto breakage = json::Document::parse(R"({"on": "POST /hook", "lost": true})").value();
  const support::WrongServer wrong(local_url(our_server().port(), ""), breakage.root());
  support::Process process({{"conformance", "--base", wrong.url() + base_path(v2_2_1::kVersion), "--check",
                             "subscription", "--patience", "1"}});
  EXPECT_EQ(process.wait(), 1);
  EXPECT_THAT(process.output(), testing::HasSubstr("no such notification within 1000 ms"));
}

// What was asked and answered is whole, after the steps that went well.
TEST(WrongServer, IsShownTheChainThatFailed) {
  const auto breakage = json::Document::parse(R"({"on": "POST $inquire", "status": 503})").value();
  const support::WrongServer wrong(local_url(our_server().port(), ""), breakage.root());
  const auto report = report_of({.server = wrong.url(), .only = {"inquire"}});
  const conformance::CheckResult& check = report.checks.at(0);
  EXPECT_EQ(check.reason, "status 503 instead of 200");
  EXPECT_THAT(check.asked, testing::StartsWith("POST " + wrong.url() + "/pas/2.2.1/fhir/Claim/$submit: 200\nPOST " +
                                               wrong.url() + "/pas/2.2.1/fhir/Claim/$inquire\nContent-Type: " +
                                               "application/fhir+json\n\n{\"resourceType\":\"Bundle\""));
  EXPECT_TRUE(json::Document::parse(check.asked.substr(check.asked.find('{')))) << "the whole request";
  EXPECT_EQ(check.answered, "503\n\n");
}

TEST(Reports, ShowWhatFailedAndAreEscaped) {
  conformance::Report report{"http://x/fhir", "2.2.1", "2026-11-29T00:00:00.000Z"};
  report.checks.push_back({"submit",
                           "Title",
                           {"spec-30", "format.json"},
                           Result::kFailed,
                           "1 < 2",
                           "POST <x>\n\n{\"a\":[1]}",
                           "200\n\n<html>"});
  report.checks.push_back({"inquire", "Title", {"spec-43"}, Result::kSkipped, "no & never"});
  report.must_support_missing = {"ClaimResponse.item"};
  EXPECT_EQ(to_text(report),
            "failed  submit (spec-30, format.json): Title: 1 < 2\nskipped inquire (spec-43): no & never\n"
            "PAS 2.2.1 at http://x/fhir: 0 passed, 1 failed, 1 skipped\n");
  const std::string html = to_html(report);
  for (const char* text :
       {"1 &lt; 2", "POST &lt;x&gt;\n\n{\n  &quot;a&quot;: [\n    1\n  ]\n}<", "200\n\n&lt;html&gt;<", "no &amp; never",
        "<code>spec-30</code> the answer starts with the ClaimResponse<", "<code>format.json</code> <",
        "ClaimResponse.item"}) {
    EXPECT_THAT(html, testing::HasSubstr(text));
  }
  const auto read = json::Document::parse(to_json(report)).value();
  const json::Node failed_one = read.root()["checks"].at(0);
  EXPECT_EQ(failed_one["proves"].at(1).text(), "format.json");
  EXPECT_EQ(failed_one["requirements"].to_json(), R"({"spec-30":"the answer starts with the ClaimResponse"})");
  EXPECT_EQ(failed_one["asked"].text(), "POST <x>\n\n{\"a\":[1]}");
  EXPECT_EQ(failed_one["answered"].text(), "200\n\n<html>");
  EXPECT_EQ(read.root()["mustSupport"]["missing"].at(0).text(), "ClaimResponse.item");
}

// docs/conformance.md says "kit" where a check names the id, and nowhere else.
TEST(ConformanceTableOfKit, SaysWhatTheKitChecks) {
  std::set<std::string> said;
  std::istringstream lines(support::read_file(support::repo_path("docs/conformance.md")));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| ") && line.ends_with("; kit |")) said.insert(line.substr(2, line.find(" |") - 2));
  }
  std::set<std::string> checked;
  for (const char* version : {"2.2.1", "2.0.1"}) {
    for (const std::string& id : conformance::proved_by_kit(version)) checked.insert(id);
  }
  EXPECT_THAT(said, testing::ContainerEq(checked));
}

}  // namespace
}  // namespace pas
