#include "adapter/endpoints/policy_endpoints.h"

#include "adapter/endpoints/admin_json.h"
#include "fhir/json/writer.h"

namespace pas::endpoints {
namespace {

http::Response list_policies(const service::Adjudicator& adjudicator) {
  const service::Basis basis = adjudicator.basis();
  json::Writer out;
  out.begin_object().key("policies").begin_array();
  for (const policy::Payer& payer : basis.policies->payers()) {
    for (const auto& policy : payer.policies) {
      out.begin_object().member("payer", payer.id).member("id", policy->id).member("revision", policy->revision);
      out.member("hash", policy->hash).end_object();
    }
  }
  out.end_array().key("payers").begin_array();
  for (const service::Deciders& payer : service::deciders_of(basis)) {
    out.begin_object().member("id", payer.payer).key("backend").begin_array();
    for (const std::string& backend : payer.backend) out.string(backend);
    out.end_array().end_object();
  }
  out.end_array().end_object();
  return json_answer(200, std::move(out).take());
}

http::Response reload_policies(const service::Adjudicator& adjudicator, const ReloadPolicies& reload) {
  const std::vector<std::string> mistakes = reload();
  return mistakes.empty() ? list_policies(adjudicator) : mistakes_answer(422, mistakes);
}

}  // namespace

std::vector<Route> policy_routes(const service::Adjudicator& adjudicator, ReloadPolicies reload) {
  return {
      {http::Method::kGet, Place::kServer, "/admin/policies", auth::kAdminScope,
       [&adjudicator](Call&) { return list_policies(adjudicator); }},
      {http::Method::kPost, Place::kServer, "/admin/policies/reload", auth::kAdminScope,
       [&adjudicator, reload = std::move(reload)](Call&) { return reload_policies(adjudicator, reload); }},
  };
}

}  // namespace pas::endpoints
