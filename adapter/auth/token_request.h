#pragma once
// What a client asks a token endpoint with: client_credentials with an assertion that its key signs (SMART Backend
// Services, RFC 7523). Plain function; any thread.

#include <string>
#include <string_view>

#include "adapter/auth/keys.h"
#include "fhir/base/clock.h"

namespace pas::auth {

struct GrantTerms {
  std::string_view client_id;
  std::string_view token_url;
  std::string_view scope;
};

inline constexpr std::string_view kTokenRequestType = "Content-Type: application/x-www-form-urlencoded";  // its header

// The body. Its assertion serves once and ends four minutes from now; servers take five at most.
std::string token_request(const GrantTerms& terms, const SigningKey& key, const base::Clock& clock,
                          base::IdSource& ids);

}  // namespace pas::auth
