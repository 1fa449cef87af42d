#pragma once
// Who may call: the options of serve about authentication, and what is built from them.

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapter/auth/authenticator.h"
#include "adapter/auth/token_issuer.h"
#include "adapter/cli/files.h"
#include "adapter/endpoints/auth_endpoints.h"
#include "adapter/http/message.h"
#include "adapter/observe/log.h"

namespace pas::cli {

struct AuthOptions {
  std::string mode;       // "none", "smart"; empty: none, on a loopback address
  std::string clients;    // TOML file (auth/clients.h)
  std::string key;        // PEM file; empty: a key that is made at the start
  std::string issuer;     // of another's tokens
  std::string keys;       // of that issuer: a file or URL; empty: the adapter gives out tokens itself
  std::string token_url;  // of that issuer
  std::string audience;   // that its tokens name; empty: the public URL, and each base path of it
  std::string algorithms = "RS384,ES384";
  bool allow_http = false;  // for URLs of keys
  std::string ca;           // PEM file; empty: the system's
};

// --auth and --auth-….
void add_auth_options(CLI::App& command, AuthOptions& options);

// Why these settings cannot be together; empty when they can. `is_local`: every listener is on a loopback address.
std::string find_auth_fault(const AuthOptions& options, bool is_local);

// All that is there when tokens are asked for; without it everybody is anonymous, and may do everything.
class Authentication {
 public:
  // kInvalid with why: a file that is wrong. `clock`, `ids` and `log` outlive it.
  static Loaded<std::unique_ptr<Authentication>> load(const AuthOptions& options, const base::Clock& clock,
                                                      base::IdSource& ids, observe::Log& log);

  // Once the public URL is known, before the first identify().
  void begin(const std::string& public_url);
  auth::Identity identify(const http::Request& request);
  std::optional<endpoints::SmartServices> services();
  // PAS spec-59.
  bool may_subscribe(std::string_view client, std::string_view organization) const;
  // The clients again; wrong ones leave those in force.
  void reload();

 private:
  Authentication(const AuthOptions& options, const base::Clock& clock, base::IdSource& ids, observe::Log& log)
      : options_(options), clock_(clock), ids_(ids), log_(log) {}
  bool is_on() const { return options_.mode == "smart"; }
  bool is_issuer() const { return options_.keys.empty(); }
  auth::KeyPlaceOptions key_places() const;
  Loaded<std::shared_ptr<const auth::Clients>> load_clients() const;

  const AuthOptions options_;
  const base::Clock& clock_;
  base::IdSource& ids_;
  observe::Log& log_;
  std::vector<base::JwsAlgorithm> algorithms_;
  std::optional<auth::SigningKey> key_;
  std::shared_ptr<auth::KeySource> keys_;
  std::optional<auth::Registry> registry_;
  std::unique_ptr<auth::TokenIssuer> issuer_;
  std::unique_ptr<auth::Authenticator> authenticator_;
};

}  // namespace pas::cli
