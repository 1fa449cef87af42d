// The conformance kit: our server passes, and one that answers wrong fails with the requirement named.

#include "adapter/conformance/kit.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <functional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "adapter/http/server.h"
#include "adapter/observe/log.h"
#include "fhir/json/document.h"
#include "mappings/pas/v2_0_1/version.h"
#include "mappings/pas/v2_2_1/version.h"
#include "tests/adapter/cli/process.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using conformance::Result;

std::string local_url(std::uint16_t port, const std::string& path) {
  return "http://127.0.0.1:" + std::to_string(port) + path;
}

std::string base_path(const pas::Version& version) {
  return "/pas/" + std::string(version.name) + "/fhir";
}

support::RunningAdapter& our_server() {
  static support::RunningAdapter adapter(
      {"--store", "memory", "--test-mode", "--notify-allow-http", "--notify-allow-host", "127.0.0.1"});
  return adapter;
}

conformance::Report report_on(const std::string& base_url, const pas::Version& version = v2_2_1::kVersion) {
  static const auto validation = service::ValidationService::load({}).value();
  static const base::SystemClock clock;
  static base::RandomIds ids;
  conformance::Settings settings{base_url, &version, {}};
  for (const auto& [name, text] : conformance::embedded_bundles()) {
    settings.bundles.push_back({std::string(name), std::string(text)});
  }
  settings.script = base_url.substr(0, base_url.find('/', 8)) + "/test/script";
  settings.other_headers = {"X-Client: other"};
  settings.patience = std::chrono::milliseconds(300);
  settings.client.timeout_ms = 5'000;
  return conformance::run(settings, *validation, clock, ids).value();
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

// A server that answers by a function.
class Stub {
 public:
  explicit Stub(http::Handler handler)
      : server_(
            {}, std::move(handler), [](int, std::string_view, std::string_view) { return http::Response{}; }, log_,
            clock_, ids_),
        port_(server_.start().value()) {}
  std::uint16_t port() const { return port_; }

 private:
  base::SystemClock clock_;
  base::RandomIds ids_;
  observe::Log log_ = observe::Log::to_sink(observe::Severity::kError, clock_, [](std::string_view) {});
  http::Server server_;
  std::uint16_t port_;
};

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
  const auto report = report_on(local_url(stub.port(), "/fhir"));
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
  const auto report = report_on(local_url(stub.port(), "/fhir"));
  EXPECT_EQ(report.count(Result::kPassed), 0U);
  EXPECT_EQ(report.count(Result::kSkipped), 2U) << "profiles and must-support have nothing to look at";
}

TEST(WrongServer, ThatIsNotThereIsAskedThreeTimes) {
  std::uint16_t port = 0;
  {
    const Stub stub([](http::Request&&) { return http::Response{}; });
    port = stub.port();
  }
  const auto report = report_on(local_url(port, "/fhir"));
  EXPECT_EQ(report.count(Result::kFailed), 3U);
  EXPECT_EQ(report.count(Result::kPassed), 0U);
}

// Our answers with one thing changed.
struct Damage {
  std::string path;  // of the requests that it is for, its end
  std::string before;
  std::string after;
  std::vector<std::string> fails;  // requirements, sorted
};

TEST(WrongServer, IsToldWhichRequirementItBreaks) {
  const std::vector<Damage> damages = {
      {"/metadata", "davinci-pas/SubscriptionTopic", "other/SubscriptionTopic", {"Subscription.topic", "spec-55"}},
      {"/metadata",
       "OperationDefinition/Claim-inquiry",
       "OperationDefinition/other",
       {"Claim.Claim-inquiry", "Claim.Claim-submit", "format.json"}},
      {"$submit", R"("itemSequence":1)", R"("itemSequence":7)", {"spec-34"}},
      {"$submit", R"("type":"collection")", R"("type":"document")", {"spec-30", "spec-31", "spec-33"}},
      {"$submit", "x12.org/005010/306", "x12.org/005010/999", {"spec-34"}},
      {"$submit", "extension-itemTraceNumber", "extension-another", {"conf-6"}},
      {"$submit", R"("addItem")", R"("added")", {"conf-6", "spec-36", "spec-37"}},
      {"$submit", R"("code":"C")", R"("code":"A1")", {"spec-69", "spec-70"}},
      {"$inquire", R"("resourceType":"ClaimResponse")", R"("resourceType":"Basic")", {"spec-52", "use-1"}},
      {"$submit", R"("status":"active")", R"("status":"alive")", {"conf-15", "spec-23"}},
      {"$submit",
       R"("severity":"error")",
       R"("severity":"warning")",
       {"spec-11", "spec-12", "spec-13", "spec-14", "spec-16", "spec-22", "spec-23", "spec-39", "spec-65"}},
  };
  for (const Damage& damage : damages) {
    SCOPED_TRACE(damage.path + ": " + damage.after);
    conformance::Client client;
    std::mutex one_at_a_time;
    const Stub stub([&](http::Request&& request) {
      const std::lock_guard lock(one_at_a_time);
      conformance::Call call{request.method_text, local_url(our_server().port(), request.target), request.body};
      if (const auto type = request.headers.find("Content-Type")) {
        call.headers.push_back("Content-Type: " + std::string(*type));
      }
      auto answer = client.ask(call);
      if (request.path.ends_with(damage.path)) {
        for (auto at = answer.body.find(damage.before); at != std::string::npos;
             at = answer.body.find(damage.before, at)) {
          answer.body.replace(at, damage.before.size(), damage.after);
        }
      }
      http::Response response;
      response.status = static_cast<int>(answer.status);
      if (!answer.body.empty()) response.content_type = "application/fhir+json";
      response.body = std::move(answer.body);
      return response;
    });
    EXPECT_THAT(failed(report_on(local_url(stub.port(), base_path(v2_2_1::kVersion)))),
                testing::IsSupersetOf(damage.fails));
  }
}

TEST(Reports, ShowWhatFailedAndAreEscaped) {
  conformance::Report report{"http://x/fhir", "2.2.1", "2026-11-29T00:00:00.000Z"};
  report.checks.push_back({"submit", "Title", {"spec-30", "spec-31"}, Result::kFailed, "1 < 2", "POST <x>"});
  report.checks.push_back({"inquire", "Title", {"spec-43"}, Result::kSkipped, "no & never"});
  report.must_support_missing = {"ClaimResponse.item"};
  EXPECT_EQ(to_text(report),
            "failed  submit (spec-30, spec-31): 1 < 2\nskipped inquire (spec-43): no & never\n"
            "PAS 2.2.1 at http://x/fhir: 0 passed, 1 failed, 1 skipped\n");
  const std::string html = to_html(report);
  for (const char* text : {"1 &lt; 2", "POST &lt;x&gt;", "no &amp; never", "spec-30, spec-31", "ClaimResponse.item"}) {
    EXPECT_NE(html.find(text), std::string::npos) << text;
  }
  const auto read = json::Document::parse(to_json(report)).value();
  EXPECT_EQ(read.root()["checks"].at(0)["proves"].at(1).text(), "spec-31");
  EXPECT_EQ(read.root()["checks"].at(0)["exchange"].text(), "POST <x>");
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
