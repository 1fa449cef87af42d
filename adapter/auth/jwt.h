#pragma once
// JSON Web Tokens (RFC 7519) signed by one key (JWS): access tokens, and the assertions by which clients ask for them.
//
// What a token says of its own key (jku, jwk, x5u, x5c) is not looked at: keys come from the KeySource alone, by `kid`,
// and must be of the kind and curve that `alg` names. A `crit` header, `none` and HMAC are refused. Any thread.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/auth/key_source.h"
#include "fhir/base/jws.h"
#include "fhir/base/result.h"
#include "fhir/json/document.h"

namespace pas::auth {

class Jwt {
 public:
  static constexpr std::size_t kMostBytes = 8192;

  // Reads without verifying. kInvalid, with why.
  static base::Result<Jwt> parse(std::string_view compact);

  json::Node claims() const { return claims_.root(); }  // an object; true only once verify() says so
  base::JwsAlgorithm algorithm() const { return algorithm_; }
  const std::string& key_id() const { return key_id_; }
  const std::string& signed_text() const { return signed_text_; }
  const std::string& signature() const { return signature_; }

 private:
  Jwt(json::Document claims, base::JwsAlgorithm algorithm) : claims_(std::move(claims)), algorithm_(algorithm) {}

  json::Document claims_;
  base::JwsAlgorithm algorithm_;
  std::string key_id_;
  std::string signed_text_;
  std::string signature_;
};

struct JwtRules {
  std::vector<base::JwsAlgorithm> algorithms = {base::JwsAlgorithm::kRs384, base::JwsAlgorithm::kEs384};
  std::string issuer;
  std::vector<std::string> audiences;    // one of them must be named
  std::chrono::seconds leeway{30};       // between the clocks
  std::chrono::seconds longest_life{0};  // `exp` no further ahead; zero: any
};

struct Verified {
  std::string id;                      // jti
  std::int64_t expires_s = 0;          // since the epoch; the leeway not added
  std::shared_ptr<const KeySet> keys;  // that it was verified with
};

// Signature, iss, aud, exp, nbf, iat and jti. kInvalid with why it is refused; kUnavailable when there are no keys.
base::Result<Verified> verify(const Jwt& token, const JwtRules& rules, KeySource& keys,
                              std::chrono::system_clock::time_point now);

}  // namespace pas::auth
