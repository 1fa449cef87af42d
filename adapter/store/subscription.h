#pragma once
// Who wants to hear of decisions, and the numbered events that each was told.
//
// The numbers of a subscription's events begin at 1 and have no gaps: the store gives them in the transaction of the
// case. Times are milliseconds since the epoch, UTC. Values; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pas::store {

enum class SubscriptionStatus { kRequested, kActive, kError, kOff };  // FHIR R4 subscription-status

std::string_view to_string(SubscriptionStatus status);  // "requested", "active", "error", "off"

struct Subscription {
  std::string id;  // a FHIR id
  std::string client;
  SubscriptionStatus status = SubscriptionStatus::kRequested;
  std::string json;  // the resource as the client gave it
  std::string endpoint;
  std::vector<std::string> organizations;  // values of the filter: "value" or "system|value"
  std::string version;                     // PAS version: "2.2.1"
  std::int64_t created_ms = 0;
  std::int64_t end_ms = 0;       // 0: none
  std::int64_t heartbeat_s = 0;  // seconds between heartbeats; 0: none
  std::int64_t event_count = 0;  // set by the store
  std::string error;             // why status is error, for the client
  bool operator==(const Subscription&) const = default;
};

// An event to be told with a commit or revision. One of a subscription that is not there any more is skipped silently.
struct NewEvent {
  std::string subscription_id;
  std::string focus;  // bytes: the Bundle that the notification is about
};

struct Event {
  std::string subscription_id;
  std::int64_t number = 0;
  std::string case_id;
  std::int64_t timestamp_ms = 0;
  std::string focus;
  bool operator==(const Event&) const = default;
};

}  // namespace pas::store
