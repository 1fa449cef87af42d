#include "adapter/auth/authenticator.h"

#include <utility>

#include "fhir/base/digest.h"
#include "fhir/base/text.h"

namespace pas::auth {
namespace {

// RFC 9068 says client_id; azp is older; sub is the client itself where neither is there.
std::string_view client_of(json::Node claims) {
  for (const std::string_view name : {"client_id", "azp", "sub"}) {
    if (claims[name].is_string()) return claims[name].text();
  }
  return {};
}

Identity refused(std::string fault) {
  return {std::nullopt, std::move(fault), false};
}

}  // namespace

Identity Authenticator::identify(std::optional<std::string_view> authorization) {
  if (!authorization) return {};
  constexpr std::string_view kScheme = "bearer ";
  if (base::to_lower(authorization->substr(0, kScheme.size())) != kScheme) {
    return refused("the header Authorization must be Bearer with a token");
  }
  const auto token = token_of(authorization->substr(kScheme.size()));
  if (!token && token.error().code == base::ErrorCode::kUnavailable) return {std::nullopt, token.error().message, true};
  if (!token) return refused("the token is refused: " + token.error().message);
  const auto clients = registry_.clients();
  const Client* client = clients->find((*token)->client);
  if (client == nullptr) return refused("the token's client is not registered");
  return {Principal{client->id, (*token)->scopes, client->scopes, false}, {}, false};
}

base::Result<std::shared_ptr<const Authenticator::Token>> Authenticator::token_of(std::string_view compact) {
  if (compact.size() > Jwt::kMostBytes) return Jwt::parse(compact).error();
  const std::string hash = base::sha256_hex(compact);
  if (auto known = remembered(hash)) {
    const auto keys = keys_->keys_for(known->key_id);
    if (keys && *keys == known->keys) return known;
  }
  const auto token = Jwt::parse(compact);
  if (!token) return token.error();
  auto verified = verify(*token, rules_, *keys_, clock_.now());
  if (!verified) return verified.error();
  const json::Node claims = token->claims();
  auto made = std::make_shared<const Token>(Token{std::string(client_of(claims)), Scopes::parse(claims["scope"].text()),
                                                  token->key_id(), verified->expires_s, std::move(verified->keys)});
  remember(hash, made);
  return made;
}

std::shared_ptr<const Authenticator::Token> Authenticator::remembered(const std::string& hash) {
  const std::int64_t now = std::chrono::system_clock::to_time_t(clock_.now());
  const std::scoped_lock lock(mutex_);
  const auto found = tokens_.find(hash);
  if (found == tokens_.end() || found->second->expires_s + rules_.leeway.count() <= now) return nullptr;
  return found->second;
}

void Authenticator::remember(const std::string& hash, std::shared_ptr<const Token> token) {
  const std::scoped_lock lock(mutex_);
  if (!tokens_.insert_or_assign(hash, std::move(token)).second) return;
  order_.push_back(hash);
  if (order_.size() <= kMostRemembered) return;
  tokens_.erase(order_.front());
  order_.pop_front();
}

}  // namespace pas::auth
