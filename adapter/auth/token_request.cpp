#include "adapter/auth/token_request.h"

#include <curl/curl.h>

#include <chrono>
#include <memory>

#include "fhir/json/writer.h"

namespace pas::auth {
namespace {

constexpr std::chrono::seconds kAssertionLife{240};

std::string form_encoded(std::string_view text) {
  const std::unique_ptr<char, decltype(&curl_free)> escaped(
      curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())), curl_free);
  return escaped ? escaped.get() : "";
}

}  // namespace

std::string token_request(const GrantTerms& terms, const SigningKey& key, const base::Clock& clock,
                          base::IdSource& ids) {
  json::Writer claims;
  claims.begin_object().member("iss", terms.client_id).member("sub", terms.client_id);
  claims.member("aud", terms.token_url).member("jti", ids.uuid());
  claims.member("exp", base::to_ms(clock.now() + kAssertionLife) / 1000).end_object();
  return "grant_type=client_credentials&scope=" + form_encoded(terms.scope) +
         "&client_assertion_type=" + form_encoded("urn:ietf:params:oauth:client-assertion-type:jwt-bearer") +
         "&client_assertion=" + key.sign(claims.view(), "JWT");
}

}  // namespace pas::auth
