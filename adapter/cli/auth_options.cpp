#include "adapter/cli/auth_options.h"

#include <utility>

#include "adapter/cli/serve_options.h"
#include "adapter/endpoints/application.h"

namespace pas::cli {
namespace {

std::string check_mode(const std::string& text) {
  return text == "none" || text == "smart" ? "" : "none or smart is wanted, not " + text;
}

// Empty when a name is none.
std::vector<base::JwsAlgorithm> parse_algorithms(const std::string& text) {
  std::vector<base::JwsAlgorithm> algorithms;
  for (std::size_t at = 0; at <= text.size();) {
    const auto comma = std::min(text.find(',', at), text.size());
    const auto algorithm = base::jws_algorithm_of(text.substr(at, comma - at));
    if (!algorithm) return {};
    algorithms.push_back(*algorithm);
    at = comma + 1;
  }
  return algorithms;
}

std::string check_algorithms(const std::string& text) {
  return parse_algorithms(text).empty() ? "RS384, ES384, RS256 and ES256 divided by commas are wanted, not " + text
                                        : "";
}

}  // namespace

void add_auth_options(CLI::App& command, AuthOptions& options) {
  command
      .add_option("--auth", options.mode,
                  "none (only where every listener is on a loopback address, and then the default) or smart: SMART "
                  "Backend Services")
      ->check(CLI::Validator(check_mode, ""));
  command.add_option("--auth-clients", options.clients, "TOML file of the registered clients; read again on SIGHUP");
  command.add_option("--auth-key", options.key,
                     "PEM file of the key that signs the adapter's tokens (P-384 or RSA); without it one is made at "
                     "the start, and tokens end with the process");
  command.add_option("--auth-issuer", options.issuer, "Issuer (iss) whose tokens are taken instead of the adapter's");
  command.add_option("--auth-issuer-keys", options.keys, "Its JWK Set: a file or an https URL");
  command.add_option("--auth-token-url", options.token_url, "Its token endpoint, told to clients");
  command.add_option("--auth-audience", options.audience,
                     "Audience (aud) of its tokens; by default the public URL, or one of the base paths there");
  command.add_option("--auth-algorithms", options.algorithms, "Signatures that are taken")
      ->check(CLI::Validator(check_algorithms, ""))
      ->capture_default_str();
  command.add_flag("--auth-allow-http", options.allow_http, "Fetch keys by http too, not only https")
      ->default_str("false");
  command.add_option("--auth-ca", options.ca,
                     "PEM file of the CAs that are trusted where keys are fetched by https, instead of the system's");
}

std::string find_auth_fault(const AuthOptions& options, bool is_local) {
  if (options.mode != "smart") {
    if (is_local) return "";
    return options.mode.empty()
               ? "--auth is wanted where a listener is on an address that others reach: --auth smart --auth-clients "
                 "FILE"
               : "--auth none works only where every listener is on a loopback address (127.0.0.1, ::1, localhost)";
  }
  if (options.clients.empty()) return "--auth smart wants --auth-clients FILE";
  const bool has_issuer = !options.issuer.empty() || !options.keys.empty() || !options.token_url.empty();
  if (has_issuer && (options.issuer.empty() || options.keys.empty() || options.token_url.empty())) {
    return "--auth-issuer, --auth-issuer-keys and --auth-token-url go together";
  }
  if (has_issuer && !options.key.empty()) return "--auth-key signs the adapter's own tokens: not with --auth-issuer";
  if (!has_issuer && !options.audience.empty())
    return "--auth-audience is of another's tokens: --auth-issuer is missing";
  return "";
}

Loaded<std::unique_ptr<Authentication>> Authentication::load(const AuthOptions& options, const base::Clock& clock,
                                                             base::IdSource& ids, observe::Log& log) {
  std::unique_ptr<Authentication> made(new Authentication(options, clock, ids, log));
  if (!made->is_on()) return made;
  made->algorithms_ = parse_algorithms(options.algorithms);
  auto clients = made->load_clients();
  if (!clients) return clients.error();
  made->registry_.emplace(std::move(*clients));
  if (!made->is_issuer()) {
    auto keys = auth::open_keys(options.keys, made->key_places(), clock);
    if (!keys) return "pas-adapter: --auth-issuer-keys: " + keys.error().message + "\n";
    made->keys_ = std::move(*keys);
    return made;
  }
  if (options.key.empty()) {
    made->key_ = auth::SigningKey::generate();
  } else {
    const auto pem = read_all(options.key);
    auto key = pem ? auth::SigningKey::read(*pem) : base::Result<auth::SigningKey>(pem.error());
    if (!key) return "pas-adapter: --auth-key: " + options.key + ": " + key.error().message + "\n";
    made->key_ = std::move(*key);
  }
  made->keys_ = std::make_shared<auth::KeySource>(made->key_->keys());
  return made;
}

auth::KeyPlaceOptions Authentication::key_places() const {
  const auto report = [&log = log_](const std::string& place, const std::string& why) {
    log.write(observe::Severity::kWarning, "auth.keys_failed", {}, {{"url", place}, {"why", why}});
  };
  return {.allow_http = options_.allow_http, .certificates = options_.ca, .report = report};
}

Loaded<std::shared_ptr<const auth::Clients>> Authentication::load_clients() const {
  auto clients = auth::Clients::load(options_.clients, key_places(), clock_);
  if (!clients) return clients.error().message + "\n";
  if (is_issuer() && !(*clients)->all_have_keys()) {
    return options_.clients + ": every client wants keys, for the adapter gives out the tokens\n";
  }
  return std::move(*clients);
}

void Authentication::begin(const std::string& public_url) {
  if (!is_on()) {
    log_.write(observe::Severity::kWarning, "auth.off", {}, {{"what", "every caller may do everything"}});
    return;
  }
  auth::JwtRules rules;
  rules.algorithms = algorithms_;
  if (is_issuer()) {
    rules.issuer = public_url;
    rules.audiences = {public_url};
    issuer_ = std::make_unique<auth::TokenIssuer>(
        auth::TokenIssuer::Options{public_url, public_url, public_url + std::string(endpoints::kTokenPath),
                                   algorithms_},
        *key_, *registry_, clock_, ids_);
  } else {
    rules.issuer = options_.issuer;
    rules.audiences = {options_.audience};
    if (options_.audience.empty()) {
      rules.audiences = {public_url};
      for (const endpoints::VersionBase& base : endpoints::versions()) {
        for (const std::string& path : base.base_paths) rules.audiences.push_back(public_url + path);
      }
    }
  }
  authenticator_ = std::make_unique<auth::Authenticator>(rules, keys_, *registry_, clock_);
}

auth::Identity Authentication::identify(const http::Request& request) {
  if (!is_on()) return {auth::anonymous(), {}, false};
  auth::Identity identity;
  if (request.headers.count("Authorization") > 1) {
    identity.fault = "the header Authorization stands twice";
  } else {
    identity = authenticator_->identify(request.headers.find("Authorization"));
  }
  if (!identity.fault.empty()) {
    log_.write(observe::Severity::kWarning, "auth.refused", request.request_id, {{"why", identity.fault}});
  }
  return identity;
}

std::optional<endpoints::SmartServices> Authentication::services() {
  if (!is_on()) return std::nullopt;
  return endpoints::SmartServices{is_issuer() ? issuer_->options().url : options_.token_url, issuer_.get(), algorithms_,
                                  &log_};
}

bool Authentication::may_subscribe(std::string_view client, std::string_view organization) const {
  if (!is_on()) return true;
  const auto clients = registry_->clients();
  const auth::Client* found = clients->find(client);
  return found != nullptr && found->acts_for(organization);
}

void Authentication::reload() {
  if (!is_on()) return;
  auto clients = load_clients();
  if (!clients) {
    log_.write(observe::Severity::kError, "auth.clients_refused", {}, {{"what", clients.error()}});
    return;
  }
  const std::size_t count = (*clients)->size();
  registry_->replace(std::move(*clients));
  log_.write(observe::Severity::kInfo, "auth.clients_reloaded", {}, {{"clients", count}});
}

}  // namespace pas::cli
