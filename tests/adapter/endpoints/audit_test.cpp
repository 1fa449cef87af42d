// Every route that is not open leaves an AuditEvent, a valid one, that says what happened and nothing of a patient.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "adapter/audit/trail.h"
#include "fhir/validation/operation_outcome.h"
#include "tests/adapter/endpoints/routes.h"
#include "tests/adapter/store/samples.h"
#include "tests/support/files.h"

namespace pas {
namespace {

// AuditEvent.subtype and .action by route.
const std::map<std::string, std::string> kExpected = {
    {"POST /Claim/$submit", "operation E"},
    {"POST /Claim/{id}/$submit", "operation E"},
    {"POST /Claim/$inquire", "operation E"},
    {"POST /Claim/{id}/$inquire", "operation E"},
    {"POST /$submit-attachment", "operation E"},
    {"POST /$validate", "operation E"},
    {"POST /{id}/$validate", "operation E"},
    {"GET /Claim/{id}", "read R"},
    {"GET /Claim", "search-type E"},
    {"GET /ClaimResponse/{id}", "read R"},
    {"GET /ClaimResponse", "search-type E"},
    {"GET /Questionnaire/{id}", "read R"},
    {"GET /Questionnaire", "search-type E"},
    {"POST /Subscription", "create C"},
    {"GET /Subscription/{id}", "read R"},
    {"PUT /Subscription/{id}", "update U"},
    {"DELETE /Subscription/{id}", "delete D"},
    {"GET /Subscription/{id}/$status", "operation E"},
    {"POST /Subscription/{id}/$status", "operation E"},
    {"GET /Subscription/{id}/$events", "operation E"},
    {"POST /Subscription/{id}/$events", "operation E"},
    {"GET /admin/queue", "search-type E"},
    {"GET /admin/cases/{id}", "read R"},
    {"GET /admin/cases/{id}/request", "read R"},
    {"POST /admin/cases/{id}/preview", "operation E"},
    {"POST /admin/cases/{id}/decision", "update U"},
    {"GET /admin/statistics", "search-type E"},
    {"GET /admin/deliveries", "search-type E"},
    {"POST /admin/outbox/{id}/replay", "update U"},
    {"GET /admin/policies", "search-type E"},
    {"POST /admin/policies/reload", "110131 U"},
    {"GET /admin/openapi.json", "search-type E"},
    {"GET /admin/trace", "search-type E"},
    {"POST /test/script", "update U"},
    {"GET /test/script", "search-type E"},
    {"DELETE /test/script", "delete D"},
    {"POST /test/faults", "update U"},
    {"GET /test/trace", "search-type E"},
    {"GET /test/notifications/{id}", "read R"},
};

class AuditOfRoutes : public testing::Test {
 protected:
  // What was written since the last call, the start left out.
  std::vector<std::string> events() {
    std::ifstream in(folder_.file("audit.ndjson"));
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    std::vector<std::string> fresh(lines.begin() + static_cast<std::ptrdiff_t>(read_), lines.end());
    read_ = lines.size();
    return fresh;
  }
  http::Response ask(http::Method method, const std::string& path, const auth::Identity& caller,
                     std::string body = "") {
    http::Request request;
    request.method = method;
    request.path = path;
    request.body = std::move(body);
    if (!request.body.empty()) request.headers.add("Content-Type", "application/fhir+json");
    request.request_id = "request-1";
    request.remote_address = "192.0.2.7";
    request.deadline = std::chrono::steady_clock::time_point::max();
    return routes_.routers().front()->handle(request, caller);
  }
  static auth::Identity client() {
    auth::Identity caller{auth::anonymous(), {}, false};
    caller.principal->client = "ehr-1";
    return caller;
  }
  static void expect_holds(const std::string& event, const std::vector<std::string>& texts) {
    for (const std::string& text : texts) EXPECT_NE(event.find(text), std::string::npos) << text << "\n" << event;
  }

  const support::TemporaryFolder folder_;
  base::SystemClock clock_;
  observe::Log log_ = observe::Log::to_sink(observe::Severity::kInfo, clock_, [](std::string_view) {});
  std::unique_ptr<audit::Trail> trail_ =
      audit::Trail::open({.file = folder_.file("audit.ndjson")}, clock_, log_).value();
  std::size_t read_ = 1;
  endpoints_test::Routes routes_{"memory", false, "mappings/policies", trail_.get()};
};

TEST_F(AuditOfRoutes, EachIsRecordedOnceAndValid) {
  std::size_t recorded = 0;
  for (const endpoints::Router* router : routes_.routers()) {
    for (const endpoints::Route& route : router->routes()) {
      const std::string name = std::string(http::name_of(route.method)) + " " + std::string(route.path);
      SCOPED_TRACE(name);
      http::Request request;
      request.method = route.method;
      request.path = (route.place == endpoints::Place::kFhir ? "/fhir" : "") + std::string(route.path);
      if (const auto at = request.path.find("{id}"); at != std::string::npos) request.path.replace(at, 4, "Jane-Roe");
      request.remote_address = "192.0.2.7";
      request.request_id = "request-1";
      (void)router->handle(request, client());
      const auto written = events();
      if (route.scope == endpoints::kOpen) {
        EXPECT_TRUE(written.empty());
        continue;
      }
      ++recorded;
      ASSERT_EQ(written.size(), 1U);
      const auto document = json::Document::parse(written.front());
      ASSERT_TRUE(document) << written.front();
      const json::Node event = document->root();
      ASSERT_TRUE(kExpected.contains(name)) << "no expectation";
      EXPECT_EQ(std::string(event["subtype"].at(0)["code"].text()) + " " + std::string(event["action"].text()),
                kExpected.at(name));
      EXPECT_EQ(event["agent"].at(0)["who"]["identifier"]["value"].text(), "ehr-1");
      EXPECT_EQ(event["agent"].at(0)["network"]["address"].text(), "192.0.2.7");
      EXPECT_EQ(written.front().find("Jane-Roe"), std::string::npos) << "an id that is none of ours";
      const auto report = routes_.validation().validate(json::BundleIndex(event), {.now = clock_.now()});
      EXPECT_FALSE(report.has_errors()) << validation::to_operation_outcome(report) << written.front();
    }
  }
  EXPECT_EQ(recorded, kExpected.size());
}

TEST_F(AuditOfRoutes, SayOnWhichCase) {
  const std::string bundle =
      support::read_file(support::repo_path("samples/bundles/row-09-a1-deferoxamine-overload.json"));
  EXPECT_EQ(ask(http::Method::kPost, "/fhir/Claim/$submit", client(), bundle).status, 200);
  const auto submitted = events();
  ASSERT_EQ(submitted.size(), 1U);
  const std::string id = "00000000-0000-4000-8000-000000000001";
  expect_holds(submitted.front(), {R"("outcome":"0")", "\"reference\":\"ClaimResponse/" + id + "\"",
                                   R"("display":"POST /fhir/Claim/$submit")", R"("value":"request-1")"});
  EXPECT_EQ(ask(http::Method::kGet, "/fhir/ClaimResponse/" + id, client()).status, 200);
  expect_holds(events().at(0), {R"("outcome":"0")", "\"reference\":\"ClaimResponse/" + id + "\""});

  auth::Identity other = client();
  other.principal->client = "other";
  EXPECT_EQ(ask(http::Method::kGet, "/fhir/Claim/" + id, other).status, 404);
  expect_holds(events().at(0), {R"("outcome":"4")", R"("value":"other")", "\"reference\":\"Claim/" + id + "\""});
}

TEST_F(AuditOfRoutes, TellOfStrangers) {
  EXPECT_EQ(ask(http::Method::kGet, "/fhir/Claim", {}).status, 401);
  const auto nobody = events();
  ASSERT_EQ(nobody.size(), 1U);
  expect_holds(nobody.front(), {R"("code":"110114")", R"("outcome":"4","outcomeDesc":"HTTP 401")", "192.0.2.7"});
  EXPECT_EQ(nobody.front().find("anonymous"), std::string::npos) << nobody.front();

  auth::Identity narrow;
  narrow.principal.emplace();
  narrow.principal->client = "narrow";
  EXPECT_EQ(ask(http::Method::kGet, "/fhir/Claim", narrow).status, 403);
  expect_holds(events().at(0), {R"("code":"110114")", "HTTP 403", R"("value":"narrow")"});
}

}  // namespace
}  // namespace pas
