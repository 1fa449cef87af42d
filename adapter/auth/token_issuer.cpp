#include "adapter/auth/token_issuer.h"

#include <utility>

#include "fhir/json/writer.h"

namespace pas::auth {
namespace {

constexpr std::string_view kAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

Denied invalid_client(std::string description) {
  return {"invalid_client", std::move(description), false};
}

// What is asked for and registered; empty when nothing is.
std::string scope_of(const std::optional<std::string>& asked, const Scopes& registered) {
  const Scopes wanted = asked ? Scopes::parse(*asked) : registered;
  std::string text;
  for (const std::string& scope : wanted.texts()) {
    if (registered.allow(scope)) text.append(text.empty() ? "" : " ").append(scope);
  }
  return text;
}

}  // namespace

UsedAssertions::Outcome UsedAssertions::use(const std::string& client, const std::string& id, std::int64_t expires_s,
                                            std::int64_t now_s) {
  const std::scoped_lock lock(mutex_);
  auto& used = used_[client];
  if (const auto found = used.find(id); found != used.end() && found->second > now_s) return Outcome::kUsed;
  if (used.size() >= kMostPerClient) std::erase_if(used, [now_s](const auto& each) { return each.second <= now_s; });
  if (used.size() >= kMostPerClient) return Outcome::kFull;
  used[id] = expires_s;
  return Outcome::kNew;
}

std::optional<Denied> TokenIssuer::check_assertion(const Jwt& assertion, const Client& client) {
  JwtRules rules;
  rules.algorithms = options_.algorithms;
  rules.issuer = client.id;
  rules.audiences = {options_.url};
  rules.longest_life = kLife;
  const auto verified = verify(assertion, rules, *client.keys, clock_.now());
  if (!verified) {
    Denied denied = invalid_client("the assertion is refused: " + verified.error().message);
    denied.is_unavailable = verified.error().code == base::ErrorCode::kUnavailable;
    return denied;
  }
  const auto now_s = std::chrono::system_clock::to_time_t(clock_.now());
  switch (used_.use(client.id, verified->id, verified->expires_s + rules.leeway.count(), now_s)) {
    case UsedAssertions::Outcome::kNew:
      return std::nullopt;
    case UsedAssertions::Outcome::kUsed:
      return invalid_client("the assertion is refused: it was used before (jti)");
    case UsedAssertions::Outcome::kFull:
      break;
  }
  return Denied{"invalid_client", "this client has asked for too many tokens; try again in a few minutes", true};
}

std::variant<Granted, Denied> TokenIssuer::issue(const TokenRequest& request) {
  if (!request.grant_type) return Denied{"invalid_request", "grant_type is missing"};
  if (*request.grant_type != "client_credentials") {
    return Denied{"unsupported_grant_type", "grant_type must be client_credentials"};
  }
  if (request.client_assertion_type.value_or("") != kAssertionType) {
    return Denied{"invalid_request", "client_assertion_type must be " + std::string(kAssertionType)};
  }
  if (!request.client_assertion) return Denied{"invalid_request", "client_assertion is missing"};
  const auto assertion = Jwt::parse(*request.client_assertion);
  if (!assertion) return invalid_client("the assertion is refused: " + assertion.error().message);
  const json::Node claims = assertion->claims();
  const auto clients = registry_.clients();
  const Client* client = claims["iss"].is_string() ? clients->find(claims["iss"].text()) : nullptr;
  if (client == nullptr || client->keys == nullptr) return invalid_client("the client (iss) is not registered");
  if (!claims["sub"].is_string() || claims["sub"].text() != client->id) {
    return invalid_client("sub must be the client, as iss is");
  }
  if (auto denied = check_assertion(*assertion, *client)) return std::move(*denied);
  std::string scope = scope_of(request.scope, client->scopes);
  if (scope.empty()) return Denied{"invalid_scope", "nothing that is asked for is registered for this client"};

  const auto now_s = static_cast<std::int64_t>(std::chrono::system_clock::to_time_t(clock_.now()));
  json::Writer out;
  out.begin_object().member("iss", options_.issuer).member("aud", options_.audience).member("sub", client->id);
  out.member("client_id", client->id).member("scope", scope).member("jti", ids_.uuid());
  out.member("iat", now_s).member("exp", now_s + kLife.count()).end_object();
  return Granted{client->id, key_.sign(out.view(), "at+jwt"), std::move(scope), kLife};
}

}  // namespace pas::auth
