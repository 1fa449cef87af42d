#pragma once
// Access tokens for registered clients of a single box: the grant client_credentials with a private_key_jwt assertion
// (SMART Backend Services, RFC 7523). An assertion serves once. Any thread.

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "adapter/auth/clients.h"
#include "adapter/auth/jwt.h"
#include "adapter/auth/keys.h"
#include "fhir/base/clock.h"

namespace pas::auth {

// The ids of assertions that were used and have not expired. Not shared between adapters.
class UsedAssertions {
 public:
  static constexpr std::size_t kMostPerClient = 5000;
  enum class Outcome : std::uint8_t { kNew, kUsed, kFull };
  Outcome use(const std::string& client, const std::string& id, std::int64_t expires_s, std::int64_t now_s);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::map<std::string, std::int64_t>> used_;  // by client, id: until
};

// The form of a token request; nothing for what is missing.
struct TokenRequest {
  std::optional<std::string> grant_type;
  std::optional<std::string> client_assertion_type;
  std::optional<std::string> client_assertion;
  std::optional<std::string> scope;  // all that is registered, when it is missing
};

struct Granted {
  std::string client;
  std::string access_token;
  std::string scope;
  std::chrono::seconds expires_in{0};
};
// RFC 6749 §5.2. `description` is for the client's developer.
struct Denied {
  std::string error;
  std::string description;
  bool is_unavailable = false;
};

class TokenIssuer {
 public:
  static constexpr std::chrono::seconds kLife{300};  // of a token, and of an assertion at most

  struct Options {
    std::string issuer;                          // of the tokens
    std::string audience;                        // likewise
    std::string url;                             // of the token endpoint, which assertions are for
    std::vector<base::JwsAlgorithm> algorithms;  // of assertions
  };
  // All references outlive it.
  TokenIssuer(Options options, SigningKey key, const Registry& registry, const base::Clock& clock, base::IdSource& ids)
      : options_(std::move(options)), key_(std::move(key)), registry_(registry), clock_(clock), ids_(ids) {}

  std::variant<Granted, Denied> issue(const TokenRequest& request);
  const Options& options() const { return options_; }
  KeySet keys() const { return key_.keys(); }

 private:
  std::optional<Denied> check_assertion(const Jwt& assertion, const Client& client);

  const Options options_;
  const SigningKey key_;
  const Registry& registry_;
  const base::Clock& clock_;
  base::IdSource& ids_;
  UsedAssertions used_;
};

}  // namespace pas::auth
