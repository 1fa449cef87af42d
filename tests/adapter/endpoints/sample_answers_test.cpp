// Every sample on every version path: the answers, and the notifications of what a person decides on what was pended,
// are valid by the profiles of that version.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "adapter/notify/notification.h"
#include "mappings/pas/v2_0_1/version.h"
#include "mappings/pas/v2_2_1/version.h"
#include "tests/adapter/endpoints/routes.h"
#include "tests/adapter/notify/fixture.h"
#include "tests/support/files.h"

namespace pas {
namespace {

// No fault at all, also not in what comes back: the samples have none.
void expect_faultless(json::Node bundle, const service::ValidationService& validation, const pas::Version& version) {
  service::ValidationService::Question question;
  question.version = &version;
  question.least = validation::Severity::kError;
  const validation::Report report = validation.validate(json::BundleIndex(bundle), question);
  for (const validation::Issue& issue : report.issues()) {
    // Its own context in 2.0.1 leaves out ClaimResponse.item, where the profile has it.
    if (issue.rule == "AdministrationReferenceNumber" && version.name == "2.0.1") continue;
    ADD_FAILURE() << issue.expression << ": " << issue.rule << ": " << issue.message;
  }
}

// A person's decision on the items that the answer pends, one after another certified, modified and denied; empty when
// there are none.
std::string decision_on(json::Node answer) {
  constexpr std::array kDecisions = {R"("action":"A1")",
                                     R"("action":"A6","quantity":1,"validFrom":"2026-12-01","validTo":"2027-02-28")",
                                     R"("action":"A3","reason":"0F","note":"Not needed.")"};
  static std::size_t next = 0;
  std::string items;
  for (const json::Node item : answer["entry"].at(0)["resource"]["item"]) {
    if (item.to_json().find(R"("code":"A4")") == std::string::npos) continue;
    items.append(items.empty() ? "" : ",").append(R"({"sequence":)").append(item["itemSequence"].text());
    items.append(",").append(kDecisions.at(next++ % kDecisions.size())).append("}");
  }
  if (items.empty()) return {};
  return R"({"revision":1,"reviewer":{"name":"Reviewer","npi":"1234567893"},"items":[)" + items + "]}";
}

std::string subscription_to(const std::string& organizations, const char* content) {
  std::string text = notify_test::subscription_json("https://clinic.example/hook");
  text.replace(text.find("1234567893"), 10, organizations);
  return text.replace(text.find("full-resource"), 13, content);
}

class Samples : public testing::TestWithParam<const pas::Version*> {
 protected:
  json::Document ask(const char* method, const std::string& path, const std::string& body) {
    http::Request request;
    request.method_text = method;
    request.method = http::method_of(method);
    request.path = request.target = path;
    request.body = body;
    request.headers.add("Content-Type", "application/fhir+json");
    request.deadline = std::chrono::steady_clock::time_point::max();
    const http::Response response = routes_.ask(std::move(request));
    status_ = response.status;
    auto answer = json::Document::parse(std::string(response.content()));
    EXPECT_TRUE(answer) << response.content();
    return answer ? std::move(*answer) : json::Document::parse("{}").value();
  }

  endpoints_test::Routes routes_{"memory"};
  int status_ = 0;
};

// Each sample that is answered, the answers as a person decides what was pended, and the notifications of it.
TEST_P(Samples, AnswersAndNotificationsAreValidByTheirProfiles) {
  const pas::Version& version = *GetParam();
  const std::string base = "/pas/" + std::string(version.name) + "/fhir";
  std::vector<std::string> subscriptions;
  for (const char* content : {"full-resource", "id-only"}) {
    if (version.name == "2.2.1" && std::string_view(content) == "id-only") continue;
    const auto created =
        ask("POST", base + "/Subscription", subscription_to("2093401281,2071258463,2028530170", content));
    ASSERT_EQ(status_, 201) << created.root().to_json();
    subscriptions.emplace_back(created.root()["id"].text());
  }
  std::size_t answered = 0;
  std::int64_t decided = 0;
  for (const auto& path : support::files_below(support::repo_path("samples/bundles"), ".json")) {
    SCOPED_TRACE(path.filename().string());
    const auto answer = ask("POST", base + "/Claim/$submit", support::read_file(path));
    if (path.filename().string().starts_with("broken")) {
      EXPECT_EQ(status_, 400);
      continue;
    }
    ASSERT_EQ(status_, 200);
    ++answered;
    expect_faultless(answer.root(), routes_.validation(), version);
    const std::string decision = decision_on(answer.root());
    if (decision.empty()) continue;
    ++decided;
    const std::string id(answer.root()["entry"].at(0)["resource"]["id"].text());
    const auto revised = ask("POST", "/admin/cases/" + id + "/decision", decision);
    ASSERT_EQ(status_, 200) << revised.root().to_json();
  }
  EXPECT_GE(answered, 25U);
  EXPECT_GE(decided, 15);
  for (const std::string& id : subscriptions) {
    for (std::int64_t number = 1; number <= decided; ++number) {
      SCOPED_TRACE("notification " + std::to_string(number));
      const auto event = routes_.store().find_event(id, number);
      ASSERT_TRUE(event && *event);
      expect_faultless(json::Document::parse((*event)->focus).value().root(), routes_.validation(), version);
      const auto content = id == subscriptions.front() ? notify::Content::kFullResource : notify::Content::kIdOnly;
      const std::string notification = notify::write_event(**event, content, "https://payer.example" + base);
      expect_faultless(json::Document::parse(notification).value().root(), routes_.validation(), version);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Versions, Samples, testing::Values(&v2_2_1::kVersion, &v2_0_1::kVersion),
                         [](const auto& tested) {
                           std::string name(tested.param->name);
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

}  // namespace
}  // namespace pas
