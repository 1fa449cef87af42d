#pragma once
// A Subscription resource as the PAS topic wants it (PAS 2.2.1 spec-57 to spec-60, profile-subscription; backport
// 1.1.0), with every fault of it. Plain functions; any thread. Views live as long as the resource's document.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/notify/endpoint_policy.h"
#include "adapter/notify/notification.h"
#include "fhir/json/document.h"
#include "fhir/validation/report.h"
#include "mappings/pas/version.h"

namespace pas::notify {

struct SubscriptionRequest {
  std::string endpoint;
  std::vector<std::string> organizations;  // "value" or "system|value"
  std::int64_t end_ms = 0;                 // 0: none
  std::int64_t heartbeat_s = 0;            // 0: none
  bool off = false;                        // asked for with status off
};

// Adds every fault to `report`; the value means something only when the report has no error.
SubscriptionRequest read_subscription(json::Node resource, const pas::Version& version, const EndpointPolicy& policy,
                                      std::int64_t now_ms, validation::Report& report);

// What a notification needs of a resource that was accepted.
struct Channel {
  std::vector<std::string> headers;  // whole lines, Content-Type first
  Content content = Content::kFullResource;
};
Channel channel_of(json::Node resource);

// The resource with this id and status (and channel.error text, if any) in place of its own.
std::string write_subscription(json::Node resource, std::string_view id, std::string_view status,
                               std::string_view error);

}  // namespace pas::notify
