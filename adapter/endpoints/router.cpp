#include "adapter/endpoints/router.h"

#include <algorithm>
#include <array>
#include <optional>

#include "adapter/endpoints/admin_json.h"
#include "adapter/endpoints/audit_event.h"
#include "adapter/endpoints/media_types.h"
#include "adapter/endpoints/outcomes.h"
#include "fhir/base/text.h"

namespace pas::endpoints {
namespace {

constexpr std::string_view kIdPlace = "{id}";

// What stands for {id} when the path fits the pattern (empty when the pattern has none).
std::optional<std::string_view> fit(std::string_view pattern, std::string_view path) {
  const auto at = pattern.find(kIdPlace);
  if (at == std::string_view::npos) return pattern == path ? std::optional(std::string_view{}) : std::nullopt;
  const std::string_view before = pattern.substr(0, at);
  const std::string_view after = pattern.substr(at + kIdPlace.size());
  if (path.size() <= before.size() + after.size() || !path.starts_with(before) || !path.ends_with(after)) {
    return std::nullopt;
  }
  const std::string_view id = path.substr(before.size(), path.size() - before.size() - after.size());
  return base::is_fhir_id(id) ? std::optional(id) : std::nullopt;
}

struct NamedMethod {
  http::Method method;
  std::string_view allow;
};
constexpr std::array<NamedMethod, 4> kNamedMethods = {{{http::Method::kGet, ", GET, HEAD"},
                                                       {http::Method::kPost, ", POST"},
                                                       {http::Method::kPut, ", PUT"},
                                                       {http::Method::kDelete, ", DELETE"}}};

// The value of Allow, when `takes` says which methods have a route.
std::string allow(const std::function<bool(http::Method)>& takes) {
  std::string value = "OPTIONS";
  for (const NamedMethod& named : kNamedMethods) {
    if (takes(named.method)) value.append(named.allow);
  }
  return value;
}

http::Response options_answer(const std::string& allowed) {
  http::Response response;
  response.status = 204;
  response.headers.add("Allow", allowed);
  return response;
}

// Nothing for a caller who may.
std::optional<http::Response> refuse_caller(const auth::Identity& caller, std::string_view scope,
                                            const Wording& wording) {
  if (scope == kOpen) return std::nullopt;
  if (caller.is_unavailable) return wording.fail(base::unavailable(caller.fault));
  const std::string challenge = "Bearer realm=\"pas-adapter\"";
  if (!caller.principal) {
    const bool is_missing = caller.fault.empty();
    http::Response response = wording.refuse(401, validation::IssueType::kLogin, "RFC 6750",
                                             is_missing ? "An access token is wanted: Authorization: Bearer TOKEN."
                                                        : "The caller is not known: " + caller.fault + ".");
    response.headers.add("WWW-Authenticate", is_missing ? challenge : challenge + ", error=\"invalid_token\"");
    return response;
  }
  if (scope == kAnyClient || caller.principal->may(scope)) return std::nullopt;
  http::Response response = wording.refuse(403, validation::IssueType::kForbidden, "SMART scopes",
                                           "This wants the scope " + std::string(scope) +
                                               ", which the token or the client's "
                                               "registration does not give.");
  response.headers.add("WWW-Authenticate",
                       challenge + ", error=\"insufficient_scope\", scope=\"" + std::string(scope) + "\"");
  return response;
}

}  // namespace

const Wording kFhirWording = {refusal, failure};
const Wording kAdminWording = {problem_refusal, problem_of};

struct Router::Match {
  const Route* route;
  const VersionBase* version;  // null for a route of the server
  std::string_view base_path;  // with the payer's
  std::string_view id;
  std::string payer;
};

Router::Router(std::vector<Route> routes, std::vector<VersionBase> versions, std::string public_url,
               audit::Trail* trail, const Wording& wording, PayerAt payer_at)
    : routes_(std::move(routes)),
      versions_(std::move(versions)),
      public_url_(std::move(public_url)),
      trail_(trail),
      wording_(wording),
      payer_at_(std::move(payer_at)) {}

std::vector<Router::Match> Router::match(std::string_view path) const {
  std::vector<Match> matches;
  const std::string_view first = path.substr(0, path.find('/', 1));
  const std::string payer = payer_at_(first);
  const std::size_t start = payer.empty() ? 0 : first.size();
  for (const Route& route : routes_) {
    if (route.place == Place::kServer) {
      if (const auto id = fit(route.path, path)) matches.push_back({&route, nullptr, {}, *id, {}});
      continue;
    }
    for (const VersionBase& version : versions_) {
      for (const std::string& base_path : version.base_paths) {
        if (!path.substr(start).starts_with(base_path)) continue;
        const std::size_t end = start + base_path.size();
        if (const auto id = fit(route.path, path.substr(end))) {
          matches.push_back({&route, &version, path.substr(0, end), *id, payer});
        }
      }
    }
  }
  return matches;
}

http::Response Router::handle(http::Request& request, const auth::Identity& caller) const {
  const std::string path = request.path;  // the matches view it
  if (path == "*") {                      // OPTIONS of the server as a whole
    http::Response response = options_answer(allow([this](http::Method method) {
      return std::any_of(routes_.begin(), routes_.end(), [=](const Route& route) { return route.method == method; });
    }));
    response.route = path;
    return response;
  }
  const std::vector<Match> matches = match(path);
  if (matches.empty()) {
    http::Response response = wording_.refuse(404, validation::IssueType::kNotFound, "HTTP",
                                              "Nothing is served at this path; see /fhir/metadata.");
    response.route = "(none)";
    return response;
  }
  http::Response response = dispatch(request, caller, matches);
  response.route = std::string(matches.front().base_path).append(matches.front().route->path);
  return response;
}

http::Response Router::answer(Call& call, const Match& match, const auth::Identity& caller) const {
  if (auto refused = refuse_caller(caller, match.route->scope, wording_)) return std::move(*refused);
  if (match.version != nullptr) {
    call.version = match.version->version;
    call.base_url = public_url_ + std::string(match.base_path);
    if (auto refused = refuse_accept(call.request)) return std::move(*refused);
    const bool has_body = match.route->method == http::Method::kPost || match.route->method == http::Method::kPut;
    if (has_body && !call.request.body.empty()) {
      if (auto refused = refuse_content_type(call.request)) return std::move(*refused);
    }
  }
  return match.route->handler(call);
}

// What was done and could not be recorded afterwards is not told: the client asks again, and a submission that is
// stored gets its stored answer then.
http::Response Router::answer_with_record(Call& call, const Match& match, const auth::Identity& caller) const {
  const audit::Kind* kind = trail_ == nullptr ? nullptr : audit_kind_of(*match.route);
  if (kind == nullptr) return answer(call, match, caller);
  const base::Error no_record = base::unavailable("no access without a record");
  if (!trail_->is_ready()) return wording_.fail(no_record);
  const auto record = [&](int status) {
    if (!caller.principal && match.route->scope != kOpen) call.caller.client.clear();
    return trail_->write(audit_event(*kind, *match.route, match.base_path, call, status));
  };
  http::Response response;
  try {
    response = answer(call, match, caller);
  } catch (...) {
    (void)record(500);
    throw;
  }
  return record(response.status) ? response : wording_.fail(no_record);
}

http::Response Router::dispatch(http::Request& request, const auth::Identity& caller,
                                const std::vector<Match>& matches) const {
  const http::Method method = request.method == http::Method::kHead ? http::Method::kGet : request.method;
  for (const Match& match : matches) {
    if (match.route->method != method) continue;
    Call call{request, nullptr, {}, std::string(match.id), match.payer, caller.principal.value_or(auth::Principal())};
    return answer_with_record(call, match, caller);
  }
  const std::string allowed = allow([&matches](http::Method taken) {
    return std::any_of(matches.begin(), matches.end(),
                       [=](const Match& match) { return match.route->method == taken; });
  });
  if (request.method == http::Method::kOptions) return options_answer(allowed);
  http::Response response =
      wording_.refuse(405, validation::IssueType::kNotSupported, "HTTP", "This path takes " + allowed + ".");
  response.headers.add("Allow", allowed);
  return response;
}

}  // namespace pas::endpoints
