#pragma once
// Submissions to a running adapter that differ from each other, and what comes back.

#include <cstdint>
#include <optional>
#include <string>

#include "tests/support/http_client.h"

namespace pas::support {

// A Bundle that is certified, with a Claim identifier and a member of its own for each number.
std::string distinct_bundle(int number);

// $submit of a Bundle, as the bytes of an HTTP request.
std::string submit_request(const std::string& bundle);

// ClaimResponse.id of an answer to $submit; empty when it has none.
std::string response_id(const std::string& answer);

// On a connection of its own.
std::optional<HttpAnswer> ask(std::uint16_t port, const std::string& request);

}  // namespace pas::support
