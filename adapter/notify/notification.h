#pragma once
// The Bundles of the R4 subscriptions backport (1.1.0): notifications, and the answers of $status and $events.
//
// The same arguments give the same bytes, so that a retry is identical to the first try. A notification is a Bundle of
// type history whose first entry is the status as Parameters; the focus of an event with full content is the next
// entry, under the fullUrl that the status names. Plain functions; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/store/subscription.h"

namespace pas::notify {

// PAS 2.0.1 and 2.2.1, Basic-PASSubscriptionTopic.
inline constexpr std::string_view kTopic = "http://hl7.org/fhir/us/davinci-pas/SubscriptionTopic/PASSubscriptionTopic";

enum class Content { kEmpty, kIdOnly, kFullResource };

// `base_url`: of the subscription's PAS version, without a slash at its end.
std::string write_handshake(const store::Subscription& subscription, std::string_view base_url, std::int64_t at_ms);
std::string write_heartbeat(const store::Subscription& subscription, std::string_view base_url, std::int64_t at_ms);
std::string write_event(const store::Event& event, Content content, std::string_view base_url);

// Of $status: a searchset.
std::string write_status(const store::Subscription& subscription, std::string_view base_url, std::int64_t at_ms);
// Of $events: what a notification of all these events would be.
std::string write_events(const store::Subscription& subscription, const std::vector<store::Event>& events,
                         Content content, std::string_view base_url, std::int64_t at_ms);

}  // namespace pas::notify
