#pragma once
// The Subscription by which a payer's server tells at once of what it decides later (PAS topic, R4 backport), and what
// its notifications are read for. Plain functions; any thread.

#include <chrono>
#include <set>
#include <string>
#include <string_view>

#include "adapter/gateway/backend.h"
#include "fhir/json/document.h"

namespace pas::gateway {

// To be posted there. `endpoint` is where it is to tell; the header it is to send is ForwardTo::notify_secret as a
// bearer token.
std::string write_subscription(const ForwardTo& to, std::string_view endpoint,
                               std::chrono::system_clock::time_point end);

// The same subscription does for both: it is at one server, of the same organizations, with the same secret.
bool is_one_subscription(const ForwardTo& a, const ForwardTo& b);

// "Bearer …" with that secret; compared in a time that tells nothing of it.
bool has_secret(std::string_view authorization, std::string_view secret);

// Whatever may name a request in the ClaimResponses of a notification: reference, authorization and trace numbers, the
// first fifty. What else it says is not used: the payer is asked.
std::set<std::string> numbers_told(json::Node notification);

}  // namespace pas::gateway
