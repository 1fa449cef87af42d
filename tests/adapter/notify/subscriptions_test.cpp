// tests/cases/notify/subscriptions.json: a sound Subscription, changed: "filter" its filter, "members" and "channel"
// more members of it, "replace" one text by another; the PAS "version" (2.2.1); "https only". Then the expression of
// each fault, or none, and "organizations", "end" as they are stored.

#include <gtest/gtest.h>

#include "adapter/notify/subscription_request.h"
#include "mappings/pas/v2_2_1/version.h"
#include "tests/adapter/notify/fixture.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using notify::NotFound;
using notify::Saved;
using notify_test::subscription_json;
using notify_test::Subscriptions;
using store::SubscriptionStatus;

constexpr const char* kEndpoint = "https://clinic.example/hook";

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(SubscriptionRequests, Cases) {
  const auto document =
      json::Document::parse(support::read_file(support::repo_path("tests/cases/notify/subscriptions.json"))).value();
  for (const json::Node each : document.root()) {
    const std::string name(each["name"].text());
    std::string text =
        subscription_json(kEndpoint, std::string(each["members"].text()), std::string(each["channel"].text()));
    if (each["filter"]) text = replaced(text, "org-identifier=1234567893", each["filter"].text());
    if (each["replace"]) text = replaced(text, each["replace"].at(0).text(), each["replace"].at(1).text());
    auto options = notify_test::options();
    options.endpoints.allow_http = !each["https only"].is_true();
    Subscriptions on(options);
    const auto outcome = on.create(text, "clinic", each["version"] ? std::string(each["version"].text()) : "2.2.1");

    std::vector<std::string> expected;
    for (const json::Node fault : each["faults"]) expected.emplace_back(fault.text());
    std::vector<std::string> found;
    if (const auto* report = std::get_if<validation::Report>(&outcome)) {
      for (const validation::Issue& issue : report->issues()) {
        EXPECT_FALSE(issue.message.empty() || issue.rule.empty()) << name;
        found.push_back(issue.expression);
      }
    }
    EXPECT_EQ(found, expected) << name;
    const auto* saved = std::get_if<Saved>(&outcome);
    EXPECT_EQ(saved != nullptr, expected.empty()) << name;
    if (saved == nullptr) continue;
    const auto stored = on.stored(saved->id);
    std::vector<std::string> organizations;
    for (const json::Node organization : each["organizations"]) organizations.emplace_back(organization.text());
    if (!organizations.empty()) {
      EXPECT_EQ(stored.organizations, organizations) << name;
    }
    EXPECT_EQ(std::to_string(stored.end_ms), each["end"] ? each["end"].text() : "0") << name;
  }
}

TEST(SubscriptionService, CreatesWithAHandshakeToCome) {
  Subscriptions on;
  const auto outcome = on.create(subscription_json(kEndpoint, R"("id":"mine",)", R"(,"header":["X-Key: secret"])"));
  const auto& saved = std::get<Saved>(outcome);
  const auto resource = json::Document::parse(saved.json).value();
  EXPECT_EQ(resource.root()["id"].text(), saved.id);
  EXPECT_NE(saved.id, "mine");
  EXPECT_EQ(resource.root()["status"].text(), "requested");
  EXPECT_EQ(resource.root()["channel"]["header"].at(0).text(), "X-Key: secret");
  EXPECT_EQ(resource.root()["_criteria"]["extension"].size(), 1U);
  EXPECT_EQ(on.stored(saved.id).client, "clinic");
  const auto messages = on.store->take_messages(on.clock.ms() + 500, on.clock.ms() + 501, 10);
  ASSERT_EQ(messages->size(), 1U);
  EXPECT_EQ(messages->front().kind, notify::kHandshakeMessage);
  EXPECT_EQ(messages->front().subject, saved.id);
}

TEST(SubscriptionService, AClientSeesItsOwn) {
  Subscriptions on;
  const std::string id = on.id_of(subscription_json(kEndpoint));
  EXPECT_TRUE(std::holds_alternative<Saved>(on.service.read(id, "clinic")));
  EXPECT_TRUE(std::holds_alternative<NotFound>(on.service.read(id, "hospital")));
  EXPECT_TRUE(std::holds_alternative<NotFound>(on.service.status(id, "hospital")));
  EXPECT_TRUE(std::holds_alternative<NotFound>(on.service.events(id, "hospital", {})));
  EXPECT_TRUE(std::holds_alternative<NotFound>(on.service.remove(id, "hospital")));
  EXPECT_TRUE(std::holds_alternative<NotFound>(on.service.read("nothing", "clinic")));
  EXPECT_TRUE(std::holds_alternative<Saved>(on.service.remove(id, "clinic")));
  EXPECT_TRUE(std::holds_alternative<NotFound>(on.service.read(id, "clinic")));
}

TEST(SubscriptionService, RefusesOrganizationsOfOthersAndTooMany) {
  auto options = notify_test::options();
  options.most_per_client = 1;
  options.may_subscribe = [](std::string_view client, std::string_view organization) {
    return client == "clinic" && organization == "1234567893";
  };
  Subscriptions on(options);
  const auto foreign = on.create(subscription_json(kEndpoint), "hospital");
  ASSERT_TRUE(std::holds_alternative<validation::Report>(foreign));
  EXPECT_EQ(std::get<validation::Report>(foreign).issues().front().rule, "PAS spec-59");
  on.id_of(subscription_json(kEndpoint));
  EXPECT_TRUE(std::holds_alternative<validation::Report>(on.create(subscription_json(kEndpoint))));
}

TEST(SubscriptionService, ReplacesTheWhole) {
  Subscriptions on;
  const std::string id = on.id_of(subscription_json(kEndpoint));
  on.add_event("c-1", id);
  const auto replace = [&](const std::string& text, const std::string& client = "clinic") {
    const auto document = json::Document::parse(text).value();
    return on.service.replace(id, document.root(), client, v2_2_1::kVersion, validation::Report(document.root()));
  };
  const std::string named = R"("id":")" + id + R"(",)";
  EXPECT_TRUE(std::holds_alternative<NotFound>(replace(subscription_json(kEndpoint, named), "hospital")));
  EXPECT_TRUE(std::holds_alternative<validation::Report>(replace(subscription_json(kEndpoint))));
  EXPECT_TRUE(std::holds_alternative<Saved>(replace(subscription_json("https://clinic.example/other", named))));
  EXPECT_EQ(on.stored(id).endpoint, "https://clinic.example/other");
  EXPECT_EQ(on.stored(id).event_count, 1);
  EXPECT_TRUE(std::holds_alternative<Saved>(
      replace(replaced(subscription_json(kEndpoint, named), "\"requested\"", "\"off\""))));
  EXPECT_EQ(on.stored(id).status, SubscriptionStatus::kOff);
}

TEST(SubscriptionService, ConcernsTheClientsOwnCasesOfTheOrganization) {
  Subscriptions on;
  const std::string id = on.id_of(subscription_json(kEndpoint));
  const std::string with_system =
      on.id_of(replaced(subscription_json(kEndpoint), "=1234567893", "=http://hl7.org/fhir/sid/us-npi|1234567893"));
  const std::string other = on.id_of(replaced(subscription_json(kEndpoint), "=1234567893", "=urn:x|1234567893"));
  const auto names = [&](const store::Case& record) {
    std::vector<std::string> found;
    for (const store::Subscription& each : *on.service.matching(record)) found.push_back(each.id);
    return found;
  };
  auto record = support::submission("c-1").record;
  EXPECT_EQ(names(record), (std::vector<std::string>{id, with_system}));
  auto foreign = record;
  foreign.client = "hospital";
  EXPECT_EQ(names(foreign), std::vector<std::string>());
  record.requestors = {{"urn:x", "1234567893"}, {"", ""}};
  EXPECT_EQ(names(record), (std::vector<std::string>{id, other}));
  ASSERT_TRUE(*on.store->change_subscription_status(id, SubscriptionStatus::kRequested, SubscriptionStatus::kOff, ""));
  EXPECT_EQ(names(record), std::vector<std::string>{other});
}

TEST(SubscriptionService, APastEndIsOffUnlessIgnored) {
  for (const bool honour : {true, false}) {
    auto options = notify_test::options();
    options.honour_end = honour;
    Subscriptions on(options);
    const std::string id = on.id_of(subscription_json(kEndpoint, R"("end":"2026-03-08T12:01:00Z",)"));
    EXPECT_EQ(on.service.matching(support::submission("c-1").record)->size(), 1U);
    on.clock.advance(60'000);
    EXPECT_EQ(on.service.matching(support::submission("c-1").record)->size(), honour ? 0U : 1U);
    const auto read = on.service.read(id, "clinic");
    const auto resource = json::Document::parse(std::get<Saved>(read).json).value();
    EXPECT_EQ(resource.root()["status"].text(), honour ? "off" : "requested");
  }
}

TEST(SubscriptionService, StatusAndEvents) {
  Subscriptions on;
  const std::string id = on.id_of(subscription_json(kEndpoint));
  for (const char* name : {"c-1", "c-2", "c-3"}) on.add_event(name, id);
  const auto status = on.service.status(id, "clinic");
  EXPECT_NE(std::get<std::string>(status).find(R"("query-status")"), std::string::npos);
  const auto numbers = [&](const notify::EventRange& range) {
    const auto outcome = on.service.events(id, "clinic", range);
    const auto bundle = json::Document::parse(std::get<std::string>(outcome)).value();
    std::string found;
    for (const json::Node parameter : bundle.root()["entry"].at(0)["resource"]["parameter"]) {
      if (parameter["name"].text() == "notification-event") found += parameter["part"].at(0)["valueString"].text();
    }
    return found + "/" + std::to_string(bundle.root()["entry"].size());
  };
  EXPECT_EQ(numbers({}), "123/4");
  EXPECT_EQ(numbers({2, {}, {}}), "23/3");
  EXPECT_EQ(numbers({{}, 2, {}}), "12/3");
  EXPECT_EQ(numbers({2, 2, notify::Content::kIdOnly}), "2/1");
  EXPECT_EQ(numbers({4, {}, {}}), "/1");
}

}  // namespace
}  // namespace pas
