#include "adapter/endpoints/auth_endpoints.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "adapter/endpoints/admin_json.h"
#include "adapter/http/target.h"
#include "fhir/json/writer.h"

namespace pas::endpoints {
namespace {

constexpr std::size_t kMostFormBytes = std::size_t{16} << 10U;

http::Response denied(const auth::Denied& denied) {
  json::Writer out;
  out.begin_object().member("error", denied.error).member("error_description", denied.description).end_object();
  http::Response response = json_answer(denied.is_unavailable ? 503 : 400, std::move(out).take());
  if (denied.is_unavailable) response.headers.add("Retry-After", "10");
  return response;
}

http::Response granted(const auth::Granted& granted) {
  json::Writer out;
  out.begin_object().member("access_token", granted.access_token).member("token_type", "bearer");
  out.member("expires_in", static_cast<std::int64_t>(granted.expires_in.count())).member("scope", granted.scope);
  out.end_object();
  http::Response response = json_answer(200, std::move(out).take());
  response.headers.add("Pragma", "no-cache");
  return response;
}

// Nothing when the body is no form, or says a thing twice (RFC 6749 §3.2).
std::optional<auth::TokenRequest> read_form(const http::Request& request) {
  const std::string_view type = request.headers.find("Content-Type").value_or("");
  if (!http::equal_fold(type.substr(0, type.find(';')), "application/x-www-form-urlencoded")) return std::nullopt;
  if (request.body.size() > kMostFormBytes) return std::nullopt;
  const auto form = http::parse_form(request.body);
  if (!form) return std::nullopt;
  auth::TokenRequest read;
  for (const http::Parameter& parameter : *form) {
    std::optional<std::string>* member = nullptr;
    if (parameter.name == "grant_type") member = &read.grant_type;
    if (parameter.name == "client_assertion_type") member = &read.client_assertion_type;
    if (parameter.name == "client_assertion") member = &read.client_assertion;
    if (parameter.name == "scope") member = &read.scope;
    if (member == nullptr) continue;
    if (*member) return std::nullopt;
    *member = parameter.value;
  }
  return read;
}

http::Response give_token(Call& call, const SmartServices& smart) {
  call.caller.client.clear();  // until it is known
  const auto form = read_form(call.request);
  if (!form) {
    return denied(
        {"invalid_request", "application/x-www-form-urlencoded is wanted, at most 16 KB, each parameter once", false});
  }
  const auto outcome = smart.issuer->issue(*form);
  if (const auto* refused = std::get_if<auth::Denied>(&outcome)) {
    smart.log->write(observe::Severity::kWarning, "auth.token_denied", call.request.request_id,
                     {{"error", refused->error}, {"why", refused->description}});
    return denied(*refused);
  }
  const auto& token = std::get<auth::Granted>(outcome);
  smart.log->write(observe::Severity::kInfo, "auth.token_given", call.request.request_id,
                   {{"client", token.client}, {"scope", token.scope}});
  call.caller.client = token.client;
  return granted(token);
}

std::vector<std::string> scopes_of(std::span<const Route> served) {
  std::vector<std::string> scopes;
  for (const Route& route : served) {
    if (route.scope.starts_with("system/")) scopes.emplace_back(route.scope);
  }
  std::sort(scopes.begin(), scopes.end());
  scopes.erase(std::unique(scopes.begin(), scopes.end()), scopes.end());
  return scopes;
}

// SMART App Launch 2.2, conformance. What another's token endpoint takes is its own to tell.
std::string write_configuration(const SmartServices& smart, const std::vector<std::string>& scopes) {
  const auto list = [](json::Writer& out, std::string_view name, const auto& values) {
    out.key(name).begin_array();
    for (const auto& value : values) out.string(value);
    out.end_array();
  };
  json::Writer out;
  out.begin_object().member("token_endpoint", smart.token_url);
  list(out, "grant_types_supported", std::vector{"client_credentials"});
  if (smart.issuer != nullptr) {
    list(out, "token_endpoint_auth_methods_supported", std::vector{"private_key_jwt"});
    std::vector<std::string_view> names;
    for (const base::JwsAlgorithm algorithm : smart.algorithms) names.push_back(base::to_string(algorithm));
    list(out, "token_endpoint_auth_signing_alg_values_supported", names);
  }
  list(out, "scopes_supported", scopes);
  list(out, "capabilities", std::vector{"client-confidential-asymmetric", "permission-v1", "permission-v2"});
  out.end_object();
  return std::move(out).take();
}

}  // namespace

std::vector<Route> auth_routes(const SmartServices& smart, std::span<const Route> served) {
  std::vector<Route> routes = {{http::Method::kGet, Place::kFhir, "/.well-known/smart-configuration", kOpen,
                                [text = write_configuration(smart, scopes_of(served))](Call&) {
                                  http::Response response;
                                  response.content_type = "application/json";
                                  response.body = text;
                                  return response;
                                }}};
  if (smart.issuer != nullptr) {
    routes.push_back({http::Method::kPost, Place::kServer, kTokenPath, kOpen,
                      [smart](Call& call) { return give_token(call, smart); }});
  }
  return routes;
}

}  // namespace pas::endpoints
