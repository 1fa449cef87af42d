#pragma once
// Submissions to a running adapter that differ from each other, and what comes back.

#include <cstdint>
#include <map>
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

// Bundle to answer; the answer is empty while it is in doubt.
using Sent = std::map<std::string, std::string>;

// The answer to a Bundle; empty unless it is 200.
std::string answer_to(HttpClient& client, const std::string& bundle);

// Everything sent is one case of the store, numbered once, and the store is sound.
void check_store(const std::string& specification, const Sent& sent);

// On a connection of its own.
std::optional<HttpAnswer> ask(std::uint16_t port, const std::string& request);

}  // namespace pas::support
