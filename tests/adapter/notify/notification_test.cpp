// The Bundles that subscribers get: their shape, that they are the same each time, and what our own validator says.

#include "adapter/notify/notification.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "adapter/service/validation_service.h"
#include "fhir/json/document.h"
#include "tests/adapter/notify/fixture.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using notify::Content;

store::Subscription subscription() {
  store::Subscription made;
  made.id = "s-1";
  made.status = store::SubscriptionStatus::kActive;
  made.version = "2.2.1";
  made.event_count = 7;
  return made;
}

store::Event event(std::int64_t number = 3) {
  return {"s-1", number, "00000000-0000-4000-8000-000000000001", support::kNoonMs,
          R"({"resourceType":"Bundle","id":"answer","type":"collection","timestamp":"2026-03-08T12:00:00Z"})"};
}

std::map<std::string, std::string> parameters_of(json::Node parameters) {
  std::map<std::string, std::string> found;
  for (const json::Node parameter : parameters) {
    for (const json::Node member : parameter) {
      if (!member.key().starts_with("value")) continue;
      found[std::string(parameter["name"].text())] =
          std::string(member.is_object() ? member["reference"].text() : member.text());
    }
  }
  return found;
}

TEST(Notification, AnEventWithItsFocus) {
  const std::string text = notify::write_event(event(), Content::kFullResource, notify_test::kBase);
  EXPECT_EQ(notify::write_event(event(), Content::kFullResource, notify_test::kBase), text) << "retries are identical";
  const auto document = json::Document::parse(text).value();
  const json::Node bundle = document.root();
  EXPECT_EQ(bundle["type"].text(), "history");
  EXPECT_EQ(bundle["timestamp"].text(), "2026-03-08T12:00:00.000Z");
  ASSERT_EQ(bundle["entry"].size(), 2U);
  const json::Node status = bundle["entry"].at(0);
  EXPECT_EQ(status["request"]["method"].text(), "GET");
  EXPECT_EQ(status["request"]["url"].text(), "Subscription/s-1/$status");
  EXPECT_EQ(status["response"]["status"].text(), "200");
  EXPECT_EQ(status["resource"]["resourceType"].text(), "Parameters");
  auto parameters = parameters_of(status["resource"]["parameter"]);
  EXPECT_EQ(parameters["subscription"], std::string(notify_test::kBase) + "/Subscription/s-1");
  EXPECT_EQ(parameters["topic"], notify::kTopic);
  EXPECT_EQ(parameters["status"], "active");
  EXPECT_EQ(parameters["type"], "event-notification");
  EXPECT_EQ(parameters["events-since-subscription-start"], "3");
  auto parts = parameters_of(status["resource"]["parameter"].at(5)["part"]);
  EXPECT_EQ(parts["event-number"], "3");
  EXPECT_EQ(parts["timestamp"], "2026-03-08T12:00:00.000Z");
  const json::Node focus = bundle["entry"].at(1);
  EXPECT_EQ(focus["fullUrl"].text(), parts["focus"]);
  EXPECT_EQ(focus["resource"]["id"].text(), "answer");
  EXPECT_EQ(focus["request"]["url"].text(), "Bundle/answer");
  EXPECT_EQ(focus["response"]["status"].text(), "200");
}

TEST(Notification, WithIdOnlyTheFocusIsReadHere) {
  const auto document =
      json::Document::parse(notify::write_event(event(), Content::kIdOnly, notify_test::kBase)).value();
  ASSERT_EQ(document.root()["entry"].size(), 1U);
  auto parts = parameters_of(document.root()["entry"].at(0)["resource"]["parameter"].at(5)["part"]);
  EXPECT_EQ(parts["focus"], std::string(notify_test::kBase) + "/ClaimResponse/00000000-0000-4000-8000-000000000001");
}

TEST(Notification, HandshakeAndHeartbeatHaveNoEvent) {
  const auto handshake =
      json::Document::parse(notify::write_handshake(subscription(), notify_test::kBase, support::kNoonMs)).value();
  auto parameters = parameters_of(handshake.root()["entry"].at(0)["resource"]["parameter"]);
  EXPECT_EQ(parameters["type"], "handshake");
  EXPECT_EQ(parameters["status"], "requested");
  EXPECT_EQ(parameters["events-since-subscription-start"], "0");
  const auto heartbeat =
      json::Document::parse(notify::write_heartbeat(subscription(), notify_test::kBase, support::kNoonMs)).value();
  parameters = parameters_of(heartbeat.root()["entry"].at(0)["resource"]["parameter"]);
  EXPECT_EQ(parameters["type"], "heartbeat");
  EXPECT_EQ(parameters["events-since-subscription-start"], "7");
}

TEST(Notification, EventsOfOneAnswerHaveUrlsOfTheirOwn) {
  const auto document =
      json::Document::parse(notify::write_events(subscription(), {event(1), event(2)}, Content::kFullResource,
                                                 notify_test::kBase, support::kNoonMs))
          .value();
  std::set<std::string> urls;
  for (const json::Node entry : document.root()["entry"]) urls.emplace(entry["fullUrl"].text());
  EXPECT_EQ(urls.size(), 3U);
}

// By R4, and by the backport's and PAS's profiles where their definitions are here.
TEST(Notification, OurValidatorFindsNoFault) {
  const auto validation = service::ValidationService::load({}).value();
  auto ended = subscription();
  ended.status = store::SubscriptionStatus::kError;
  ended.error = "HTTP 500";
  const std::vector<std::string> samples = {
      notify::write_event(event(), Content::kFullResource, notify_test::kBase),
      notify::write_event(event(), Content::kIdOnly, notify_test::kBase),
      notify::write_handshake(subscription(), notify_test::kBase, support::kNoonMs),
      notify::write_heartbeat(subscription(), notify_test::kBase, support::kNoonMs),
      notify::write_status(ended, notify_test::kBase, support::kNoonMs),
      notify::write_events(subscription(), {event(1), event(2)}, Content::kEmpty, notify_test::kBase, support::kNoonMs),
  };
  for (const std::string& sample : samples) {
    const auto document = json::Document::parse(sample).value();
    const auto report = validation->validate(
        json::BundleIndex(document.root()),
        {.now = std::chrono::system_clock::time_point(std::chrono::milliseconds(support::kNoonMs))});
    for (const validation::Issue& issue : report.issues()) {
      EXPECT_NE(issue.severity, validation::Severity::kError)
          << issue.rule << " " << issue.expression << ": " << issue.message << "\n"
          << sample;
    }
  }
}

}  // namespace
}  // namespace pas
