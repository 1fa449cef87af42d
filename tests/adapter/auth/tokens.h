#pragma once
// Keys and tokens of a test's own making, sound ones and others. What signs here is not what the adapter signs with.

#include <openssl/evp.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "fhir/base/clock.h"
#include "fhir/json/document.h"

namespace pas::auth_test {

class MovedClock final : public base::Clock {
 public:
  std::chrono::system_clock::time_point now() const override { return now_; }
  void advance(std::chrono::seconds by) { now_ += by; }
  std::int64_t seconds() const { return std::chrono::system_clock::to_time_t(now_); }

 private:
  std::chrono::system_clock::time_point now_ = std::chrono::sys_days{std::chrono::year{2026} / 11 / 24};
};

using Key = std::shared_ptr<EVP_PKEY>;

// By name, each made once in a process: "rsa", "rsa-other", "rsa-1024", "p384", "p384-other", "p256".
Key key_of(const std::string& name);

std::string private_pem(const std::string& key);
// The public key as a member of a JWK Set; `more` are members to add (",\"use\":\"sig\"").
std::string jwk(const std::string& key, const std::string& id, const std::string& more = "");
std::string jwk_set(const std::map<std::string, std::string>& keys);  // by kid

// A compact JWS over these parts as they are. `algorithm` RS… or ES…; HS… is keyed with the public key in PEM; "none"
// leaves the signature empty.
std::string signed_jwt(const std::string& header, const std::string& claims, std::string_view algorithm,
                       const std::string& key);

// The members of `base` with those of `changes` in their place; null takes one away. A text "now+60" is that time.
std::string changed(const std::string& base, json::Node changes, std::int64_t now_s);

}  // namespace pas::auth_test
