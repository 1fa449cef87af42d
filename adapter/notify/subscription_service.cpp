#include "adapter/notify/subscription_service.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "adapter/notify/subscription_request.h"
#include "fhir/base/digest.h"

namespace pas::notify {
namespace {

using validation::IssueType;
using validation::Severity;

std::string written(const store::Subscription& subscription) {
  const auto document = json::Document::parse(subscription.json);
  if (!document) return subscription.json;
  return write_subscription(document->root(), subscription.id, to_string(subscription.status), subscription.error);
}

}  // namespace

SubscriptionService::SubscriptionService(store::Store& store, const base::Clock& clock, base::IdSource& ids,
                                         SubscriptionOptions options)
    : store_(store), clock_(clock), ids_(ids), options_(std::move(options)) {}

std::int64_t SubscriptionService::now_ms() const {
  return base::to_ms(clock_.now());
}

void SubscriptionService::end_if_over(store::Subscription& subscription) const {
  const bool over = options_.honour_end && subscription.end_ms > 0 && subscription.end_ms <= now_ms();
  if (over) subscription.status = store::SubscriptionStatus::kOff;
}

base::Result<std::optional<store::Subscription>> SubscriptionService::find(std::string_view id) const {
  auto found = store_.find_subscription(id);
  if (found && *found) end_if_over(**found);
  return found;
}

base::Result<std::optional<store::Subscription>> SubscriptionService::find_own(std::string_view id,
                                                                               std::string_view client) const {
  auto found = find(id);
  if (found && *found && (*found)->client != client) return std::optional<store::Subscription>();
  return found;
}

SubscriptionOutcome<Saved> SubscriptionService::put(const std::string& id, json::Node resource, std::string_view client,
                                                    const pas::Version& version, validation::Report report,
                                                    const store::Origin& origin,
                                                    const store::Subscription* present) const {
  const std::int64_t now = now_ms();
  const SubscriptionRequest request = read_subscription(resource, version, options_.endpoints, now, report);
  if (options_.may_subscribe) {
    for (const std::string& organization : request.organizations) {
      if (options_.may_subscribe(client, organization)) continue;
      report.add(Severity::kError, IssueType::kForbidden, "PAS spec-59", resource["criteria"],
                 "The filter names an organization that is not this client's.");
      break;
    }
  }
  if (report.has_errors()) return report;

  store::Subscription subscription;
  subscription.id = id;
  subscription.client = client;
  subscription.status = request.off ? store::SubscriptionStatus::kOff : store::SubscriptionStatus::kRequested;
  subscription.json = write_subscription(resource, id, to_string(subscription.status), {});
  subscription.endpoint = request.endpoint;
  subscription.organizations = request.organizations;
  subscription.version = version.name;
  subscription.created_ms = present != nullptr ? present->created_ms : now;
  subscription.end_ms = request.end_ms;
  subscription.heartbeat_s = request.heartbeat_s;

  std::vector<store::OutboxMessage> messages;
  if (!request.off) {
    const std::int64_t due = now + options_.handshake_delay_ms;
    messages.push_back({0, "", std::string(kHandshakeMessage), std::to_string(now), due, id, 0, origin});
    if (request.heartbeat_s > 0) {  // ends with the resource that asked for it
      messages.push_back({0, "", std::string(kHeartbeatMessage), id + "/" + base::sha256_hex(subscription.json),
                          due + request.heartbeat_s * 1000, "heartbeat/" + id});
    }
  }
  if (auto stored = store_.put_subscription(subscription, messages); !stored) return stored.error();
  return Saved{id, std::move(subscription.json)};
}

SubscriptionOutcome<Saved> SubscriptionService::create(json::Node resource, std::string_view client,
                                                       const pas::Version& version, validation::Report report,
                                                       const store::Origin& origin) const {
  const auto own = store_.list_subscriptions(client);
  if (!own) return own.error();
  if (!client.empty() && own->size() >= options_.most_per_client) {
    report.add(Severity::kError, IssueType::kTooCostly, "limit", resource,
               "This client has " + std::to_string(own->size()) + " subscriptions, and no more are taken.");
  }
  return put(ids_.uuid(), resource, client, version, std::move(report), origin, nullptr);
}

SubscriptionOutcome<Saved> SubscriptionService::replace(std::string_view id, json::Node resource,
                                                        std::string_view client, const pas::Version& version,
                                                        validation::Report report, const store::Origin& origin) const {
  const auto present = find_own(id, client);
  if (!present) return present.error();
  if (!*present) return NotFound{};
  const json::Node named = resource["id"];
  if (named.text() != id) {
    report.add(Severity::kError, IssueType::kValue, "FHIR update", named ? named : resource,
               "The resource must have the id of the path.", named ? "" : "id");
  }
  return put(std::string(id), resource, client, version, std::move(report), origin, &**present);
}

SubscriptionOutcome<Saved> SubscriptionService::read(std::string_view id, std::string_view client) const {
  const auto found = find_own(id, client);
  if (!found) return found.error();
  if (!*found) return NotFound{};
  return Saved{std::string(id), written(**found)};
}

SubscriptionOutcome<Saved> SubscriptionService::remove(std::string_view id, std::string_view client) const {
  const auto found = find_own(id, client);
  if (!found) return found.error();
  if (!*found) return NotFound{};
  if (auto removed = store_.remove_subscription(id); !removed) return removed.error();
  return Saved{std::string(id), {}};
}

SubscriptionOutcome<std::string> SubscriptionService::status(std::string_view id, std::string_view client) const {
  const auto found = find_own(id, client);
  if (!found) return found.error();
  if (!*found) return NotFound{};
  return write_status(**found, options_.base_url((*found)->version), now_ms());
}

SubscriptionOutcome<std::string> SubscriptionService::events(std::string_view id, std::string_view client,
                                                             const EventRange& range) const {
  const auto found = find_own(id, client);
  if (!found) return found.error();
  if (!*found) return NotFound{};
  auto events = store_.list_events(id, range.since.value_or(1),
                                   range.until.value_or(std::numeric_limits<std::int64_t>::max()), kMostEvents);
  if (!events) return events.error();
  Content content = Content::kFullResource;
  if (range.content) {
    content = *range.content;
  } else if (const auto document = json::Document::parse((*found)->json)) {
    content = channel_of(document->root()).content;
  }
  return write_events(**found, *events, content, options_.base_url((*found)->version), now_ms());
}

base::Result<std::vector<store::Subscription>> SubscriptionService::matching(const store::Case& record) const {
  std::vector<std::string> organizations;
  for (const store::Identifier& identifier : record.requestors) {
    if (identifier.value.empty()) continue;
    organizations.push_back(identifier.value);
    organizations.push_back(identifier.system + "|" + identifier.value);
  }
  auto found = store_.subscriptions_for(organizations);
  if (!found) return found.error();
  for (store::Subscription& subscription : *found) end_if_over(subscription);
  std::erase_if(*found, [&](const store::Subscription& each) {
    return each.client != record.client || each.status == store::SubscriptionStatus::kOff;
  });
  return found;
}

}  // namespace pas::notify
