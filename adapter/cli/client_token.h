#pragma once
// Access tokens as a client of a server that wants them: SMART Backend Services, client_credentials with an assertion
// that is signed by the client's key (private_key_jwt). One thread.

#include <CLI/CLI.hpp>
#include <chrono>
#include <optional>
#include <string>

#include "adapter/auth/keys.h"
#include "adapter/conformance/client.h"
#include "fhir/base/clock.h"
#include "fhir/base/result.h"

namespace pas::cli {

struct ClientTokenOptions {
  std::string client_id;  // empty: no token is wanted
  std::string key;        // PEM file
  std::string key_id;     // kid, as it was registered; empty: one that is made from the key
  std::string scope = "system/Claim.c";
  std::string token_url;  // empty: as BASE/.well-known/smart-configuration tells
};

void add_client_token_options(CLI::App& command, ClientTokenOptions& options);

class ClientTokens {
 public:
  // Reads the key and asks for the token endpoint of that server, when a token is wanted. kInvalid: the key;
  // kUnavailable: the server does not tell.
  static base::Result<ClientTokens> open(const ClientTokenOptions& options, const std::string& base_url);

  // One that is good for a while, or nothing when none is wanted. kUnavailable with what the server says.
  base::Result<std::string> token();

 private:
  explicit ClientTokens(ClientTokenOptions options) : options_(std::move(options)) {}

  ClientTokenOptions options_;
  std::optional<auth::SigningKey> key_;
  conformance::Client web_;
  base::SystemClock clock_;
  base::RandomIds ids_;
  std::string token_;
  std::chrono::steady_clock::time_point renew_at_;
};

}  // namespace pas::cli
