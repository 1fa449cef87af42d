#pragma once
// The route table, and finding the row for a request. GET /metadata is made from the same rows, so that it never claims
// what does not exist.
//
// A FHIR route exists below the base path of every PAS version, and below /fhir for the newest; and below each of these
// with the path of a payer before it (/harbor/fhir). Each row says what a caller's token must allow. Immutable after
// construction; any thread.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/audit/trail.h"
#include "adapter/auth/principal.h"
#include "adapter/http/message.h"
#include "adapter/store/outbox.h"
#include "fhir/base/result.h"
#include "fhir/validation/report.h"
#include "mappings/pas/version.h"

namespace pas::endpoints {

// Of Route::scope, beside SMART's own ("system/Claim.c") and the adapter's (auth/scopes.h).
inline constexpr std::string_view kOpen = "open";             // to everybody
inline constexpr std::string_view kAnyClient = "any client";  // that is known

// A PAS version and the paths it is served under.
struct VersionBase {
  const pas::Version* version = nullptr;
  std::vector<std::string> base_paths;  // "/fhir", "/pas/2.2.1/fhir"
};

struct Call {
  http::Request& request;
  const pas::Version* version;  // null for a route of the server itself
  std::string base_url;         // public URL with the base path, without a slash at the end; empty likewise
  std::string id;               // what stands for {id} in the path
  std::string payer = {};       // of whose base path it came to; empty: none's, and it is told of every payer's cases
  auth::Principal caller = {};  // who asks; of no meaning where the route is open
  // What the answer tells of or has changed, beside what {id} names: "ClaimResponse/…", for the audit.
  std::vector<std::string> touched = {};

  // For the messages that follow from this request.
  store::Origin origin() const { return {request.request_id, request.traceparent}; }
  void touch_case(std::string_view case_id) { touched.push_back("ClaimResponse/" + std::string(case_id)); }
};

struct SearchParameter {
  std::string_view name;
  std::string_view type;  // "token"
  std::string_view documentation = {};
};

// What a row tells the CapabilityStatement. Empty members tell nothing.
struct Capability {
  std::string_view resource = {};     // "Claim"; empty for an operation of the whole server
  std::string_view interaction = {};  // "read"
  std::string_view operation = {};    // "submit"
  std::string_view definition = {};   // canonical URL of the OperationDefinition
  std::vector<SearchParameter> search = {};
};

enum class Place {
  kFhir,    // below a version's base path
  kServer,  // as it is
};

struct Route {
  http::Method method;
  Place place;
  std::string_view path;   // one {id} at most: "/Claim/{id}"
  std::string_view scope;  // that the caller must have: "system/Claim.r", kOpen, kAnyClient
  std::function<http::Response(Call&)> handler;
  Capability capability = {};
};

// How what is refused, and what failed, is told: as FHIR wants it (outcomes.h), or by the admin API (admin_json.h).
struct Wording {
  http::Response (*refuse)(int status, validation::IssueType type, std::string_view rule, std::string message);
  http::Response (*fail)(const base::Error& error);
};
extern const Wording kFhirWording;
extern const Wording kAdminWording;

// The id of the payer that has this path ("/harbor"); empty: none.
using PayerAt = std::function<std::string(std::string_view path)>;

class Router {
 public:
  // `public_url`: scheme and authority that clients reach this server by, without a slash at the end.
  // With a `trail`, which outlives the router, every request for a route that is not open is recorded before it is
  // answered, and answered 503 when it cannot be.
  Router(
      std::vector<Route> routes, std::vector<VersionBase> versions, std::string public_url,
      audit::Trail* trail = nullptr, const Wording& wording = kFhirWording,
      PayerAt payer_at = [](std::string_view) { return std::string(); });

  // 404 and 405 in its wording, 401 and 403 by RFC 6750; HEAD as GET; OPTIONS answers what is allowed.
  http::Response handle(http::Request& request, const auth::Identity& caller) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Match;
  http::Response dispatch(http::Request& request, const auth::Identity& caller,
                          const std::vector<Match>& matches) const;
  std::vector<Match> match(std::string_view path) const;
  http::Response answer(Call& call, const Match& match, const auth::Identity& caller) const;
  http::Response answer_with_record(Call& call, const Match& match, const auth::Identity& caller) const;

  std::vector<Route> routes_;
  std::vector<VersionBase> versions_;
  std::string public_url_;
  audit::Trail* trail_;
  const Wording& wording_;
  PayerAt payer_at_;
};

}  // namespace pas::endpoints
