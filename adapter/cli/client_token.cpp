#include "adapter/cli/client_token.h"

#include <charconv>

#include "adapter/auth/token_request.h"
#include "adapter/cli/files.h"
#include "fhir/json/document.h"

namespace pas::cli {
namespace {

constexpr std::chrono::seconds kRenewBefore{30};
constexpr long kOk = 200;

base::Result<std::string> find_token_url(conformance::Client& web, const std::string& base_url) {
  const std::string url = base_url + "/.well-known/smart-configuration";
  conformance::Answer answer = web.ask({.method = "GET", .url = url});
  if (answer.status == 0) return base::unavailable(url + ": " + answer.error);
  const auto document = json::Document::parse(std::move(answer.body));
  const json::Node endpoint = document ? document->root()["token_endpoint"] : json::Node();
  if (answer.status != kOk || !endpoint.is_string()) {
    return base::unavailable(url + " names no token endpoint (status " + std::to_string(answer.status) + ")");
  }
  return std::string(endpoint.text());
}

}  // namespace

void add_client_token_options(CLI::App& command, ClientTokenOptions& options) {
  CLI::Option* id =
      command.add_option("--client-id", options.client_id, "Get access tokens as this client (SMART Backend Services)")
          ->envname("PAS_CLIENT_ID");
  CLI::Option* key =
      command
          .add_option("--client-key", options.key, "PEM file of its private key, P-384 or RSA, without a pass phrase")
          ->envname("PAS_CLIENT_KEY");
  id->needs(key);
  key->needs(id);
  command.add_option("--client-key-id", options.key_id, "The key's id (kid), as it is registered")
      ->envname("PAS_CLIENT_KEY_ID")
      ->needs(id);
  command.add_option("--scope", options.scope, "What the token is to allow")->needs(id)->capture_default_str();
  command
      .add_option("--token-url", options.token_url,
                  "Token endpoint; by default what .well-known/smart-configuration of the server names")
      ->needs(id);
}

base::Result<ClientTokens> ClientTokens::open(const ClientTokenOptions& options, const std::string& base_url) {
  ClientTokens tokens(options);
  if (options.client_id.empty()) return tokens;
  const auto pem = read_all(options.key);
  auto key = pem ? auth::SigningKey::read(*pem, options.key_id) : base::Result<auth::SigningKey>(pem.error());
  if (!key) return base::invalid("--client-key: " + options.key + ": " + key.error().message);
  tokens.key_ = std::move(*key);
  if (options.token_url.empty()) {
    auto url = find_token_url(tokens.web_, base_url);
    if (!url) return url.error();
    tokens.options_.token_url = std::move(*url);
  }
  return tokens;
}

base::Result<std::string> ClientTokens::token() {
  const auto now = std::chrono::steady_clock::now();
  if (!key_ || (!token_.empty() && now < renew_at_)) return token_;
  conformance::Answer answer = web_.ask(
      {.url = options_.token_url,
       .body = auth::token_request({options_.client_id, options_.token_url, options_.scope}, *key_, clock_, ids_),
       .headers = {std::string(auth::kTokenRequestType)}});
  if (answer.status == 0) return base::unavailable(options_.token_url + ": " + answer.error);
  const auto document = json::Document::parse(std::move(answer.body));
  const json::Node root = document ? document->root() : json::Node();
  if (answer.status != kOk || !root["access_token"].is_string()) {
    return base::unavailable("no token from " + options_.token_url + ": " + std::string(root["error"].text()) + " " +
                             std::string(root["error_description"].text()) + " (status " +
                             std::to_string(answer.status) + ")");
  }
  token_ = root["access_token"].text();
  int life_s = 0;
  const std::string_view life = root["expires_in"].text();
  std::from_chars(life.data(), life.data() + life.size(), life_s);
  renew_at_ = now + std::chrono::seconds(life_s) - kRenewBefore;
  return token_;
}

}  // namespace pas::cli
