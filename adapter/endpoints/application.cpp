#include "adapter/endpoints/application.h"

#include "adapter/endpoints/claim_endpoints.h"
#include "adapter/endpoints/gateway_endpoints.h"
#include "adapter/endpoints/monitor_endpoints.h"
#include "adapter/endpoints/outcomes.h"
#include "adapter/endpoints/questionnaire_endpoints.h"
#include "adapter/endpoints/test_endpoints.h"
#include "adapter/endpoints/validate_endpoints.h"
#include "mappings/pas/v2_0_1/version.h"
#include "mappings/pas/v2_2_1/version.h"

namespace pas::endpoints {
namespace {

using http::Method;

}  // namespace

std::vector<VersionBase> versions() {
  return {{&v2_2_1::kVersion, {"/fhir", "/pas/2.2.1/fhir"}}, {&v2_0_1::kVersion, {"/pas/2.0.1/fhir"}}};
}

Router make_router(const Services& services, const ServerFacts& facts, std::string public_url) {
  const service::SubmitService& submit = services.submit;
  store::Store& store = services.store;
  const auto validate_handler = [&validation = services.validation, &clock = services.clock](Call& call) {
    return validate_resource(call, validation, clock);
  };
  const service::CaseService& cases = services.cases;
  const base::Clock& clock = services.clock;
  base::IdSource& ids = services.ids;
  const std::vector<SearchParameter> by_identifier = {
      {"identifier", "token"},
      {"patient", "reference", "Only chained to the patient's identifier: patient.identifier."}};
  constexpr std::string_view kAttachmentDefinition =
      "http://hl7.org/fhir/us/davinci-cdex/OperationDefinition/submit-attachment";
  constexpr std::string_view kSubmitDefinition = "http://hl7.org/fhir/us/davinci-pas/OperationDefinition/Claim-submit";
  constexpr std::string_view kValidateDefinition = "http://hl7.org/fhir/OperationDefinition/Resource-validate";
  constexpr std::string_view kInquireDefinition =
      "http://hl7.org/fhir/us/davinci-pas/OperationDefinition/Claim-inquiry";
  const auto gateway_id = [&adjudicator = services.adjudicator] {  // a reload may change it
    const auto payers = adjudicator.basis().payers;
    return payers == nullptr ? std::string() : payers->id();
  };
  const auto inquire_handler = [&inquire = services.inquire, gateway_id](Call& call) {
    return inquire_claim(call, inquire, gateway_id());
  };
  const auto submit_handler = [&submit, gateway_id](Call& call) { return submit_claim(call, submit, gateway_id()); };

  std::vector<Route> routes = {
      {Method::kPost,
       Place::kFhir,
       "/Claim/$submit",
       "system/Claim.c",
       submit_handler,
       {.resource = "Claim", .operation = "submit", .definition = kSubmitDefinition}},
      {Method::kPost, Place::kFhir, "/Claim/{id}/$submit", "system/Claim.c", submit_handler},
      {Method::kPost,
       Place::kFhir,
       "/Claim/$inquire",
       "system/Claim.s",
       inquire_handler,
       {.resource = "Claim", .operation = "inquire", .definition = kInquireDefinition}},
      {Method::kPost, Place::kFhir, "/Claim/{id}/$inquire", "system/Claim.s", inquire_handler},
      {Method::kGet,
       Place::kFhir,
       "/Claim/{id}",
       "system/Claim.r",
       [&store](Call& call) { return read_claim(call, store); },
       {.resource = "Claim", .interaction = "read"}},
      {Method::kGet,
       Place::kFhir,
       "/Claim",
       "system/Claim.s",
       [&store, &cases](Call& call) { return search_cases(call, store, cases, "Claim"); },
       {.resource = "Claim", .interaction = "search-type", .search = by_identifier}},
      {Method::kGet,
       Place::kFhir,
       "/ClaimResponse/{id}",
       "system/ClaimResponse.r",
       [&store, &cases](Call& call) { return read_claim_response(call, store, cases); },
       {.resource = "ClaimResponse", .interaction = "read"}},
      {Method::kGet,
       Place::kFhir,
       "/ClaimResponse",
       "system/ClaimResponse.s",
       [&store, &cases](Call& call) { return search_cases(call, store, cases, "ClaimResponse"); },
       {.resource = "ClaimResponse", .interaction = "search-type", .search = by_identifier}},
      {Method::kPost,
       Place::kFhir,
       "/$submit-attachment",
       "system/Claim.u",
       [&cases, &store, &clock, &ids](Call& call) { return submit_attachment(call, cases, store, clock, ids); },
       {.operation = "submit-attachment", .definition = kAttachmentDefinition}},
      {Method::kPost,
       Place::kFhir,
       "/$validate",
       kAnyClient,
       validate_handler,
       {.operation = "validate", .definition = kValidateDefinition}},
      {Method::kPost, Place::kFhir, "/{id}/$validate", kAnyClient,  // a resource type stands for {id}
       validate_handler},
  };
  for (Route& route : health_routes(store, services.adjudicator, services.is_draining)) {
    routes.push_back(std::move(route));
  }
  for (Route& route : questionnaire_routes(services.adjudicator)) routes.push_back(std::move(route));
  for (Route& route : subscription_routes(services.subscriptions)) routes.push_back(std::move(route));
  if (services.test_mode != nullptr) {
    for (Route& route : test_routes(*services.test_mode, clock)) routes.push_back(std::move(route));
  }
  const std::vector<Route> described = routes;
  if (services.smart) {
    for (Route& route : auth_routes(*services.smart, described)) routes.push_back(std::move(route));
  }
  if (services.forwarding != nullptr) {
    for (Route& route : gateway_routes(*services.forwarding, services.subscriptions.wake)) {
      routes.push_back(std::move(route));
    }
  }
  routes.push_back({Method::kGet, Place::kFhir, "/metadata", kOpen, [described, facts](Call& call) {
                      return fhir_json(200, write_capability_statement(described, *call.version, call.base_url, facts));
                    }});
  const PayerAt payer_at = [&adjudicator = services.adjudicator](std::string_view path) {
    const auto payers = adjudicator.basis().payers;
    const gateway::Payer* payer = payers == nullptr ? nullptr : payers->find_by_path(path);
    return payer == nullptr ? std::string() : payer->id;
  };
  return {std::move(routes), versions(), std::move(public_url), services.trail, kFhirWording, payer_at};
}

}  // namespace pas::endpoints
