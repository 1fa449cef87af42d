#pragma once
// From the Authorization header (RFC 6750) to who asks. A token that was verified is remembered, by its hash, until it
// expires, its keys are read again, or 10000 others came: a signature on P-384 costs 650 µs. Whether its client is
// still registered is asked each time. Any thread.

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "adapter/auth/clients.h"
#include "adapter/auth/jwt.h"
#include "adapter/auth/principal.h"
#include "fhir/base/clock.h"

namespace pas::auth {

class Authenticator {
 public:
  static constexpr std::size_t kMostRemembered = 10'000;

  // All references outlive it.
  Authenticator(JwtRules rules, std::shared_ptr<KeySource> keys, const Registry& registry, const base::Clock& clock)
      : rules_(std::move(rules)), keys_(std::move(keys)), registry_(registry), clock_(clock) {}

  // `authorization`: the header's value; nothing without one.
  Identity identify(std::optional<std::string_view> authorization);

 private:
  struct Token {
    std::string client;
    Scopes scopes;
    std::string key_id;
    std::int64_t expires_s = 0;
    std::shared_ptr<const KeySet> keys;
  };
  base::Result<std::shared_ptr<const Token>> token_of(std::string_view compact);
  std::shared_ptr<const Token> remembered(const std::string& hash);
  void remember(const std::string& hash, std::shared_ptr<const Token> token);

  const JwtRules rules_;
  const std::shared_ptr<KeySource> keys_;
  const Registry& registry_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const Token>> tokens_;
  std::deque<std::string> order_;  // hashes of tokens_, the oldest first
};

}  // namespace pas::auth
