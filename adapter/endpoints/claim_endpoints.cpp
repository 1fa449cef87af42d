#include "adapter/endpoints/claim_endpoints.h"

#include <algorithm>
#include <utility>

#include "adapter/endpoints/outcomes.h"
#include "adapter/gateway/via.h"
#include "adapter/service/attachment.h"
#include "fhir/json/document.h"
#include "mappings/pas/request.h"
#include "mappings/pas/response.h"

namespace pas::endpoints {
namespace {

constexpr std::size_t kMaxKeyBytes = 200;
constexpr int kLoopDetected = 508;  // RFC 5842

constexpr int kMostFound = 50;        // by a search, the newest first
constexpr int kMostCandidates = 500;  // of every payer, to find those of one

// Where a payer's base path was asked, of that payer.
bool is_asked_for(const Call& call, const store::Case& record) {
  return call.payer.empty() || record.payer == call.payer;
}

base::Result<std::optional<store::Case>> own_case(const Call& call, const store::Store& store) {
  auto found = store.find_case(call.id);
  if (found && *found && ((*found)->client != call.caller.client || !is_asked_for(call, **found))) found->reset();
  return found;
}

// A token of FHIR's search: value, |value (without a system) or system|value; nothing for system| alone.
std::optional<store::Identifier> identifier_of(std::optional<std::string_view> token) {
  if (!token) return std::nullopt;
  const auto bar = token->find('|');
  const std::string_view value = token->substr(bar == std::string_view::npos ? 0 : bar + 1);
  if (value.empty()) return std::nullopt;
  return store::Identifier{std::string(bar == std::string_view::npos ? store::kAnySystem : token->substr(0, bar)),
                           std::string(value)};
}

bool has_identifier(const std::vector<store::Identifier>& identifiers, const store::Identifier& wanted) {
  return std::ranges::any_of(identifiers, [&wanted](const store::Identifier& identifier) {
    return identifier.value == wanted.value &&
           (wanted.system == store::kAnySystem || identifier.system == wanted.system);
  });
}

// The Claim of a request or the ClaimResponse of a response, which come first in their Bundles.
base::Result<std::string> first_resource(std::string bundle, std::string_view id) {
  const auto limits = json::limits_of_stored(bundle);
  const auto document = json::Document::parse(std::move(bundle), limits);
  if (!document) return base::unavailable("case " + std::string(id) + ": a body is damaged");
  return pas::write_with_id(pas::submitted_bundle(document->root())["entry"].at(0)["resource"], id);
}

base::Result<std::string> stored_resource(const store::Store& store, const std::string& id, store::Body body) {
  auto bundle = store.find_body(id, body);
  if (!bundle) return bundle.error();
  return first_resource(std::move(*bundle).value_or("{}"), id);
}

base::Result<std::string> claim_of(const store::Store& store, const std::string& id) {
  return stored_resource(store, id, store::Body::kRequest);
}

// What is stored is in the version of the request.
base::Result<std::string> claim_response_of(const Call& call, const store::Store& store,
                                            const service::CaseService& cases, store::Case record) {
  if (record.version == call.version->name) return stored_resource(store, record.id, store::Body::kResponse);
  const std::string id = record.id;
  auto response = cases.response(std::move(record), *call.version);
  if (!response) return response.error();
  return first_resource(std::move(*response), id);
}

// Of a request that was split; at a payer's base path there are its parts alone. kNotFound: there is none.
base::Result<std::vector<store::Case>> own_parts(const Call& call, const store::Store& store) {
  auto parts = call.payer.empty() ? store.find_parts(call.caller.client, call.id) : std::vector<store::Case>();
  if (parts && parts->empty()) return base::Error{base::ErrorCode::kNotFound, "no such request"};
  return parts;
}

base::Result<std::string> whole_claim(const Call& call, const store::Store& store) {
  const auto parts = own_parts(call, store);
  if (!parts) return parts.error();
  auto whole = store.find_body(parts->front().id, store::Body::kWhole);
  if (!whole) return whole.error();
  if (!*whole || (*whole)->empty()) return base::Error{base::ErrorCode::kNotFound, "the whole request is gone"};
  return first_resource(std::move(**whole), call.id);
}

base::Result<std::string> whole_claim_response(const Call& call, const store::Store& store,
                                               const service::CaseService& cases) {
  const auto parts = own_parts(call, store);
  if (!parts) return parts.error();
  auto response = cases.response(*parts, *call.version);
  if (!response) return response.error();
  return first_resource(std::move(*response), call.id);
}

http::Response resource_answer(base::Result<std::string> text) {
  if (text) return fhir_json(200, std::move(*text));
  return text.error().code == base::ErrorCode::kNotFound ? not_found() : failure(text.error());
}

// What $submit and $inquire are asked with alike. Takes the body.
template <class Asked>
Asked asked_with(Call& call) {
  Asked request;
  request.body = std::move(call.request.body);
  request.client = call.caller.client;
  request.version = call.version;
  request.base_url = call.base_url;
  request.deadline = call.request.deadline;
  request.began = call.request.began;
  request.origin = call.origin();
  request.via = call.request.headers.find("Via").value_or("");
  request.addressed = call.payer;
  return request;
}

bool is_gone_round(std::string_view via, std::string_view gateway_id) {
  return !gateway_id.empty() && gateway::is_loop(via, gateway_id);
}

http::Response loop_detected() {
  http::Response loop;
  loop.status = kLoopDetected;
  return loop;
}

}  // namespace

http::Response submit_claim(Call& call, const service::SubmitService& service, std::string_view gateway_id) {
  auto request = asked_with<service::SubmitRequest>(call);
  if (const auto key = call.request.headers.find("Idempotency-Key")) {
    if (key->empty() || key->size() > kMaxKeyBytes) {
      return refusal(400, validation::IssueType::kValue, "Idempotency-Key",
                     "The header Idempotency-Key must have 1 to " + std::to_string(kMaxKeyBytes) + " characters.");
    }
    request.idempotency_key = *key;
  }
  if (is_gone_round(request.via, gateway_id)) return loop_detected();
  auto outcome = service.submit(std::move(request));
  if (auto* answered = std::get_if<service::Answered>(&outcome)) {
    call.touch_case(answered->id);
    for (const std::string& id : answered->part_ids) call.touch_case(id);
    return fhir_json(200, std::move(answered->body));
  }
  if (const auto* refused = std::get_if<service::Refused>(&outcome)) return refusal(400, refused->report);
  const auto& error = std::get<base::Error>(outcome);
  if (error.code == base::ErrorCode::kConflict) {
    return refusal(409, validation::IssueType::kConflict, "Idempotency-Key", error.message);
  }
  return failure(error);
}

http::Response inquire_claim(Call& call, const service::InquireService& service, std::string_view gateway_id) {
  auto request = asked_with<service::InquireRequest>(call);
  if (is_gone_round(request.via, gateway_id)) return loop_detected();
  auto outcome = service.inquire(std::move(request));
  if (auto* found = std::get_if<service::InquireService::Found>(&outcome)) {
    for (const std::string& id : found->case_ids) call.touch_case(id);
    return fhir_json(200, std::move(found->body));
  }
  if (const auto* refused = std::get_if<service::Refused>(&outcome)) return refusal(400, refused->report);
  return failure(std::get<base::Error>(outcome));
}

http::Response submit_attachment(Call& call, const service::CaseService& cases, store::Store& store,
                                 const base::Clock& clock, base::IdSource& ids) {
  auto outcome = service::submit_attachment(std::move(call.request.body), call.caller.client, call.payer,
                                            call.request.deadline, call.origin(), cases, store, clock, ids);
  if (const auto* refused = std::get_if<service::Refused>(&outcome)) return refusal(400, refused->report);
  if (const auto* error = std::get_if<base::Error>(&outcome)) return failure(*error);
  const auto& answer = std::get<service::AttachmentAnswer>(outcome);
  call.touch_case(answer.case_id);
  std::string text = "Received for " + call.base_url + "/ClaimResponse/" + answer.case_id + ". ";
  if (!answer.is_final) {
    text += "More is to come: nothing is decided until an attachment is final.";
  } else if (answer.waiting == 0) {
    text += "Every item is decided.";
  } else {
    text += "Items still pended: " + std::to_string(answer.waiting) + ".";
  }
  validation::Report report;
  report.add({validation::Severity::kInformation,
              validation::IssueType::kInformational,
              "CDex $submit-attachment",
              {},
              std::move(text)});
  return refusal(200, report);
}

http::Response read_claim(const Call& call, const store::Store& store) {
  const auto found = own_case(call, store);
  if (!found) return failure(found.error());
  auto text = *found ? claim_of(store, call.id) : whole_claim(call, store);
  return resource_answer(std::move(text));
}

http::Response read_claim_response(const Call& call, const store::Store& store, const service::CaseService& cases) {
  auto found = own_case(call, store);
  if (!found) return failure(found.error());
  auto text =
      *found ? claim_response_of(call, store, cases, std::move(**found)) : whole_claim_response(call, store, cases);
  return resource_answer(std::move(text));
}

http::Response search_cases(Call& call, const store::Store& store, const service::CaseService& cases,
                            std::string_view type) {
  const auto claim_token = call.request.parameter("identifier");
  const auto patient_token = call.request.parameter("patient.identifier");
  const auto by_claim = identifier_of(claim_token);
  const auto by_patient = identifier_of(patient_token);
  if (!(by_claim || by_patient) || by_claim.has_value() != claim_token.has_value() ||
      by_patient.has_value() != patient_token.has_value()) {
    return refusal(400, validation::IssueType::kRequired, "FHIR search",
                   "Search by `identifier` or `patient.identifier`, each as value, |value or system|value.");
  }
  const int most = call.payer.empty() ? kMostFound : kMostCandidates;
  auto found = by_claim ? store.find_by_claim_identifier(call.caller.client, *by_claim, most)
                        : store.find_by_patient_identifier(call.caller.client, *by_patient, most);
  if (!found) return failure(found.error());
  std::erase_if(*found, [&call](const store::Case& record) { return !is_asked_for(call, record); });
  if (by_claim && by_patient) {
    std::erase_if(*found,
                  [&](const store::Case& record) { return !has_identifier(record.patient_identifiers, *by_patient); });
  }
  if (found->size() > kMostFound) found->resize(kMostFound);
  std::vector<Found> matches;
  for (store::Case& record : *found) {
    if (auto timely = service::in_time(call.request.deadline); !timely) return failure(timely.error());
    std::string id = record.id;
    call.touch_case(id);
    auto text = type == "Claim" ? claim_of(store, id) : claim_response_of(call, store, cases, std::move(record));
    if (!text) return failure(text.error());
    matches.push_back({std::move(id), std::move(*text)});
  }
  return searchset(call.base_url + "/" + std::string(type) + "/", matches);
}

}  // namespace pas::endpoints
