#pragma once
// Subscriptions of the PAS topic: what the endpoints ask, and whom a decision concerns. It sends nothing by itself:
// handshakes, heartbeats and events are messages in the outbox (notifier.h).
//
// A client sees its own subscriptions only. Any number of threads.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "adapter/notify/endpoint_policy.h"
#include "adapter/notify/notification.h"
#include "adapter/store/store.h"
#include "fhir/base/clock.h"
#include "fhir/json/document.h"
#include "fhir/validation/report.h"
#include "mappings/pas/version.h"

namespace pas::notify {

inline constexpr std::string_view kHandshakeMessage = "handshake";
inline constexpr std::string_view kHeartbeatMessage = "heartbeat";

struct SubscriptionOptions {
  EndpointPolicy endpoints;
  bool honour_end = true;  // false: a past Subscription.end ends nothing
  std::size_t most_per_client = 100;
  // Between the answer to a create and the handshake, so that the answer is on the wire first.
  std::int64_t handshake_delay_ms = 500;
  // Whether the client may hear of that organization (spec-59); every client of every one without it. In any case a
  // client hears only of what it submitted itself.
  std::function<bool(std::string_view client, std::string_view organization)> may_subscribe = {};
  // Base URL of a PAS version by its name, without a slash at its end.
  std::function<std::string(std::string_view version)> base_url;
};

struct Saved {
  std::string id;
  std::string json;
};
struct NotFound {};
template <class Value>
using SubscriptionOutcome = std::variant<Value, NotFound, validation::Report, base::Error>;

// Of $events; without a number the range is open on that side.
struct EventRange {
  std::optional<std::int64_t> since, until;
  std::optional<Content> content;  // the subscription's own without it
};
inline constexpr int kMostEvents = 100;  // of one answer

class SubscriptionService {
 public:
  // All references outlive the service.
  SubscriptionService(store::Store& store, const base::Clock& clock, base::IdSource& ids, SubscriptionOptions options);

  // `origin`: of the request, for the handshake. `report` holds what the validation of the resource has found; a report
  // with an error refuses.
  SubscriptionOutcome<Saved> create(json::Node resource, std::string_view client, const pas::Version& version,
                                    validation::Report report, const store::Origin& origin = {}) const;
  // The whole resource anew, with a new handshake unless its status is off. The id is the path's.
  SubscriptionOutcome<Saved> replace(std::string_view id, json::Node resource, std::string_view client,
                                     const pas::Version& version, validation::Report report,
                                     const store::Origin& origin = {}) const;
  SubscriptionOutcome<Saved> read(std::string_view id, std::string_view client) const;
  SubscriptionOutcome<Saved> remove(std::string_view id, std::string_view client) const;
  SubscriptionOutcome<std::string> status(std::string_view id, std::string_view client) const;
  // At most kMostEvents, from the first of the range on.
  SubscriptionOutcome<std::string> events(std::string_view id, std::string_view client, const EventRange& range) const;

  // The subscriptions that are to hear of a later decision on this case: of its client, for one of its requestors. The
  // caller writes a focus for each in the subscription's PAS version, as a NewEvent of the revision.
  base::Result<std::vector<store::Subscription>> matching(const store::Case& record) const;

  // The subscription with what time has made of it: off once its end has passed.
  base::Result<std::optional<store::Subscription>> find(std::string_view id) const;
  const SubscriptionOptions& options() const { return options_; }

 private:
  SubscriptionOutcome<Saved> put(const std::string& id, json::Node resource, std::string_view client,
                                 const pas::Version& version, validation::Report report, const store::Origin& origin,
                                 const store::Subscription* present) const;
  base::Result<std::optional<store::Subscription>> find_own(std::string_view id, std::string_view client) const;
  void end_if_over(store::Subscription& subscription) const;
  std::int64_t now_ms() const;

  store::Store& store_;
  const base::Clock& clock_;
  base::IdSource& ids_;
  const SubscriptionOptions options_;
};

}  // namespace pas::notify
