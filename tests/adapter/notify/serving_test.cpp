// Subscriptions over HTTP, on the real process: from the create to the delete.

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/adapter/cli/process.h"
#include "tests/adapter/cli/requests.h"
#include "tests/adapter/notify/fixture.h"
#include "tests/adapter/notify/listener.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using support::ask;
using support::http_request;
using support::Listener;
using support::Received;

constexpr std::string_view kJson = "Content-Type: application/fhir+json\r\n";

class NotifyServing : public testing::Test {
 protected:
  support::HttpAnswer call(std::string_view method, const std::string& target, const std::string& body = "") {
    const std::uint16_t port = target.starts_with("/admin") ? adapter_.admin_port() : adapter_.port();
    auto answer = ask(port, http_request(method, target, body, body.empty() ? "" : kJson));
    EXPECT_TRUE(answer) << method << " " << target;
    return answer ? std::move(*answer) : support::HttpAnswer{};
  }
  std::string status_of(const std::string& id) {
    const auto document = json::Document::parse(call("GET", "/fhir/Subscription/" + id).body);
    return document ? std::string(document->root()["status"].text()) : std::string();
  }
  std::string created(const std::string& json) {
    const auto answer = call("POST", "/fhir/Subscription", json);
    EXPECT_EQ(answer.status, 201) << answer.body;
    const auto document = json::Document::parse(answer.body);
    std::string id = document ? std::string(document->root()["id"].text()) : std::string();
    EXPECT_EQ(answer.header("Location"),
              "http://127.0.0.1:" + std::to_string(adapter_.port()) + "/fhir/Subscription/" + id);
    return id;
  }

  support::RunningAdapter adapter_{{"--store", "memory", "--notify-allow-http", "--notify-allow-host", "127.0.0.1",
                                    "--admin-listen", "127.0.0.1:0"}};
};

TEST_F(NotifyServing, FromCreateToDelete) {
  Listener listener([](std::size_t number, const Received&) { return number == 0 ? 503 : 200; });
  const std::string id = created(notify_test::subscription_json(listener.url()));
  ASSERT_TRUE(listener.has(2)) << "the handshake is tried again";
  while (status_of(id) == "requested") std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(status_of(id), "active");
  EXPECT_EQ(listener.received()[0].body, listener.received()[1].body);
  EXPECT_NE(listener.received()[0].body.find("/pas/2.2.1/fhir/Subscription/" + id), std::string::npos);

  for (const char* method : {"GET", "POST"}) {
    const auto status = call(method, "/fhir/Subscription/" + id + "/$status");
    EXPECT_EQ(status.status, 200) << status.body;
    EXPECT_NE(status.body.find(R"("query-status")"), std::string::npos);
  }
  EXPECT_EQ(call("GET", "/fhir/Subscription/" + id + "/$events?eventsSinceNumber=1").status, 200);
  EXPECT_EQ(call("GET", "/fhir/Subscription/" + id + "/$events?eventsSinceNumber=x").status, 400);
  EXPECT_EQ(call("POST", "/fhir/Subscription/" + id + "/$events",
                 R"({"resourceType":"Parameters","parameter":[{"name":"content","valueCode":"id-only"}]})")
                .status,
            200);
  EXPECT_EQ(call("POST", "/fhir/Subscription/" + id + "/$events",
                 R"({"resourceType":"Parameters","parameter":[{"name":"content","valueCode":"all"}]})")
                .status,
            400);

  const auto log = call("GET", "/admin/deliveries?subscription=" + id);
  EXPECT_EQ(log.status, 200);
  EXPECT_NE(log.body.find(R"("outcome":"done","result":"HTTP 200","httpStatus":200)"), std::string::npos) << log.body;
  EXPECT_NE(log.body.find(R"("outcome":"retry","result":"HTTP 503","httpStatus":503)"), std::string::npos) << log.body;
  EXPECT_EQ(call("POST", "/admin/outbox/999/replay").status, 404);
  EXPECT_EQ(call("POST", "/admin/outbox/x/replay").status, 404);
  EXPECT_EQ(call("GET", "/admin/deliveries").status, 400);

  const std::string named = R"("id":")" + id + R"(",)";
  EXPECT_EQ(call("PUT", "/fhir/Subscription/" + id, notify_test::subscription_json(listener.url())).status, 400);
  EXPECT_EQ(call("PUT", "/fhir/Subscription/" + id, notify_test::subscription_json(listener.url(), named)).status, 200);
  EXPECT_EQ(call("DELETE", "/fhir/Subscription/" + id).status, 204);
  EXPECT_EQ(call("GET", "/fhir/Subscription/" + id).status, 404);
  EXPECT_EQ(call("DELETE", "/fhir/Subscription/" + id).status, 404);
  EXPECT_EQ(adapter_.stop(), 0);
}

// From the reviewer's decision to the subscriber and the log of the delivery.
TEST_F(NotifyServing, ANotificationCarriesTheRequestThatItFollowsFrom) {
  Listener listener([](std::size_t, const Received&) { return 200; });
  std::string subscription = notify_test::subscription_json(listener.url());
  const std::string wanted = "1234567893";
  subscription.replace(subscription.find(wanted), wanted.size(), "2082367915,2071258463");
  const std::string id = created(subscription);
  ASSERT_TRUE(listener.has(1));
  while (status_of(id) == "requested") std::this_thread::sleep_for(std::chrono::milliseconds(10));

  const auto submitted =
      ask(adapter_.port(),
          support::submit_request(support::read_file(support::repo_path("samples/bundles/row-02-insulin-pump.json"))));
  ASSERT_TRUE(submitted && submitted->status == 200);
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const std::string headers = "Content-Type: application/json\r\nX-Request-Id: review-7\r\ntraceparent: 00-" + trace +
                              "-00f067aa0ba902b7-01\r\n";
  const auto decided =
      ask(adapter_.admin_port(),
          http_request("POST", "/admin/cases/" + support::response_id(submitted->body) + "/decision",
                       R"({"revision":1,"reviewer":{"name":"A. Reviewer"},"items":[{"sequence":1,"action":"A1"}]})",
                       headers));
  ASSERT_TRUE(decided);
  ASSERT_EQ(decided->status, 200) << decided->body;
  ASSERT_TRUE(listener.has(2));
  const std::string head = listener.received()[1].head;
  EXPECT_NE(head.find("\r\nX-Request-Id: review-7\r\n"), std::string::npos) << head;
  EXPECT_NE(head.find("\r\ntraceparent: 00-" + trace + "-"), std::string::npos) << head;
  EXPECT_EQ(head.find("00f067aa0ba902b7"), std::string::npos) << "a span of its own";
  EXPECT_TRUE(adapter_.process().says(R"("event":"outbox.message_done","request":"review-7","kind":"event")"))
      << adapter_.process().errors();
}

TEST_F(NotifyServing, OneOutcomeNamesEveryFault) {
  auto text = notify_test::subscription_json("ftp://clinic.example", "", R"(,"header":["Host: x"])");
  text.replace(text.find("rest-hook"), 9, "websocket");
  const auto answer = call("POST", "/fhir/Subscription", text);
  EXPECT_EQ(answer.status, 400);
  for (const char* place :
       {"Subscription.channel.type", "Subscription.channel.endpoint", "Subscription.channel.header[0]"}) {
    EXPECT_NE(answer.body.find(place), std::string::npos) << place << " " << answer.body;
  }
  EXPECT_EQ(call("POST", "/fhir/Subscription", "{").status, 400);
  auto unknown = notify_test::subscription_json("https://clinic.example/hook", R"("surprise":1,)");
  EXPECT_NE(call("POST", "/fhir/Subscription", unknown).body.find("surprise"), std::string::npos);
}

// The guide's own example, but for its endpoint.
TEST_F(NotifyServing, TakesTheGuidesExample) {
  auto text = notify_test::subscription_json(
      "http://127.0.0.1:9/x",
      R"("meta":{"profile":["http://hl7.org/fhir/us/davinci-pas/StructureDefinition/profile-subscription"]},)");
  text.replace(text.find("org-identifier"), 14, "orgIdentifier");
  created(text);
}

TEST_F(NotifyServing, MetadataTellsOfIt) {
  const auto answer = call("GET", "/fhir/metadata");
  const auto document = json::Document::parse(answer.body).value();
  json::Node subscription;
  for (const json::Node resource : document.root()["rest"].at(0)["resource"]) {
    if (resource["type"].text() == "Subscription") subscription = resource;
  }
  EXPECT_EQ(subscription["extension"].at(0)["valueCanonical"].text(), notify::kTopic);
  EXPECT_EQ(subscription["interaction"].size(), 4U);
  EXPECT_EQ(subscription["operation"].size(), 2U);
}

// Of the $submit, whose deadline nobody asked for.
TEST(NotifyDeadline, ANotificationOfADeadlineGoesOnInTheTraceOfTheSubmit) {
  Listener listener([](std::size_t, const Received&) { return 200; });
  support::RunningAdapter adapter({"--store", "memory", "--notify-allow-http", "--notify-allow-host", "127.0.0.1",
                                   "--deny-at-deadline", "--decide-within", "1s"});
  std::string subscription = notify_test::subscription_json(listener.url());
  const std::string wanted = "1234567893";
  subscription.replace(subscription.find(wanted), wanted.size(), "2082367915,2093401281");
  ASSERT_EQ(ask(adapter.port(), http_request("POST", "/fhir/Subscription", subscription, kJson))->status, 201);
  ASSERT_TRUE(listener.has(1)) << "the handshake";
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const auto submitted =
      ask(adapter.port(),
          http_request("POST", "/fhir/Claim/$submit",
                       support::read_file(support::repo_path("samples/bundles/row-10-two-documents-missing.json")),
                       std::string(kJson) + "X-Request-Id: submit-9\r\ntraceparent: 00-" + trace +
                           "-00f067aa0ba902b7-01\r\n" + "tracestate: elm=MEMBER-7\r\n"));
  ASSERT_TRUE(submitted && submitted->status == 200);
  ASSERT_TRUE(listener.has(2)) << adapter.process().errors();
  const std::string head = listener.received()[1].head;
  EXPECT_NE(head.find("\r\nX-Request-Id: submit-9\r\n"), std::string::npos) << head;
  EXPECT_NE(head.find("\r\ntraceparent: 00-" + trace + "-"), std::string::npos) << head;
  EXPECT_EQ(head.find("MEMBER-7"), std::string::npos)
      << "what else the client says of the trace goes nowhere: " << head;
  EXPECT_EQ(adapter.stop(), 0);
}

TEST(NotifyDefaults, AreStrict) {
  support::RunningAdapter adapter({"--store", "memory"});
  const auto post = [&](const std::string& endpoint) {
    const auto answer = ask(
        adapter.port(), http_request("POST", "/fhir/Subscription", notify_test::subscription_json(endpoint), kJson));
    return answer ? answer->status : 0;
  };
  EXPECT_EQ(post("http://clinic.example/hook"), 400);
  EXPECT_EQ(post("https://127.0.0.1/hook"), 400);
  EXPECT_EQ(post("https://169.254.169.254/latest/meta-data"), 400);
  EXPECT_EQ(ask(adapter.port(), http_request("GET", "/admin/deliveries?subscription=x"))->status, 404);
  EXPECT_EQ(ask(adapter.port(), http_request("POST", "/admin/outbox/1/replay"))->status, 404);
}

}  // namespace
}  // namespace pas
