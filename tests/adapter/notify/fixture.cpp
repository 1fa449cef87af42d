#include "tests/adapter/notify/fixture.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>

#include "mappings/pas/v2_0_1/version.h"
#include "mappings/pas/v2_2_1/version.h"

namespace pas::notify_test {

std::string CountedIds::uuid() {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "00000000-0000-4000-8000-%012d", ++count_);
  return text.data();
}

std::string subscription_json(const std::string& endpoint, const std::string& more_members,
                              const std::string& more_of_channel) {
  return R"({"resourceType":"Subscription","status":"requested","reason":"Decisions on our requests",)"
         R"("criteria":"http://hl7.org/fhir/us/davinci-pas/SubscriptionTopic/PASSubscriptionTopic",)"
         R"("_criteria":{"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/)"
         R"(backport-filter-criteria","valueString":"org-identifier=1234567893"}]},)" +
         more_members + R"("channel":{"type":"rest-hook","endpoint":")" + endpoint +
         R"(","payload":"application/fhir+json","_payload":{"extension":[{"url":"http://hl7.org/fhir/uv/)"
         R"(subscriptions-backport/StructureDefinition/backport-payload-content","valueCode":"full-resource"}]})" +
         more_of_channel + "}}";
}

void put_active_subscription(const std::string& store_specification, const std::string& endpoint,
                             const std::string& client, const std::vector<std::string>& organizations) {
  store::Subscription subscription;
  subscription.id = "s-1";
  subscription.client = client;
  subscription.status = store::SubscriptionStatus::kActive;
  subscription.json = subscription_json(endpoint);
  subscription.endpoint = endpoint;
  subscription.organizations = organizations;
  subscription.version = "2.2.1";
  ASSERT_TRUE(store::open_store(store_specification).value()->put_subscription(subscription, {}));
}

std::int64_t event_number(const std::string& body) {
  constexpr std::string_view kName = R"({"name":"event-number","valueString":")";
  const auto at = body.find(kName);
  return at == std::string::npos ? 0 : std::stoll(body.substr(at + kName.size()));
}

notify::SubscriptionOptions options() {
  notify::SubscriptionOptions options;
  options.endpoints = {true, {"127.0.0.1"}};
  options.base_url = [](std::string_view version) {
    return "https://payer.example/pas/" + std::string(version) + "/fhir";
  };
  return options;
}

Subscriptions::Subscriptions(notify::SubscriptionOptions with)
    : store(store::open_store("memory").value()), service(*store, clock, ids, std::move(with)) {}

notify::SubscriptionOutcome<notify::Saved> Subscriptions::create(const std::string& json, const std::string& client,
                                                                 const std::string& version) {
  const auto document = json::Document::parse(json);
  EXPECT_TRUE(document) << json;
  if (!document) return notify::NotFound{};
  return service.create(document->root(), client, version == "2.0.1" ? v2_0_1::kVersion : v2_2_1::kVersion,
                        validation::Report(document->root()));
}

std::string Subscriptions::id_of(const std::string& json) {
  const auto outcome = create(json);
  if (const auto* report = std::get_if<validation::Report>(&outcome)) {
    for (const validation::Issue& issue : report->issues()) ADD_FAILURE() << issue.expression << ": " << issue.message;
  }
  const auto* saved = std::get_if<notify::Saved>(&outcome);
  EXPECT_NE(saved, nullptr);
  return saved != nullptr ? saved->id : std::string();
}

store::Subscription Subscriptions::stored(const std::string& id) const {
  const auto found = store->find_subscription(id);
  EXPECT_TRUE(found && *found) << id;
  return found && *found ? **found : store::Subscription();
}

void Subscriptions::add_event(const std::string& case_id, const std::string& subscription_id) {
  auto sent = support::submission(case_id);
  sent.outbox.clear();
  sent.record.received_at_ms = clock.ms();
  sent.events = {
      {subscription_id, R"({"resourceType":"Bundle","id":"answer-)" + case_id + R"(","type":"collection"})"}};
  ASSERT_TRUE(store->commit(sent));
}

}  // namespace pas::notify_test
