#include "adapter/endpoints/claim_endpoints.h"

#include <utility>

#include "adapter/endpoints/outcomes.h"

namespace pas::endpoints {
namespace {

// Who calls, until a token says it.
constexpr std::string_view kAnonymous = "anonymous";
constexpr std::size_t kMaxKeyBytes = 200;

}  // namespace

http::Response submit_claim(Call& call, const service::SubmitService& service) {
  service::SubmitRequest request;
  request.body = std::move(call.request.body);
  request.client = kAnonymous;
  request.version = call.version;
  request.base_url = call.base_url;
  request.deadline = call.request.deadline;
  if (const auto key = call.request.headers.find("Idempotency-Key")) {
    if (key->empty() || key->size() > kMaxKeyBytes) {
      return refusal(400, validation::IssueType::kValue, "Idempotency-Key",
                     "The header Idempotency-Key must have 1 to " + std::to_string(kMaxKeyBytes) + " characters.");
    }
    request.idempotency_key = *key;
  }
  auto outcome = service.submit(std::move(request));
  if (auto* answered = std::get_if<service::Answered>(&outcome)) return fhir_json(200, std::move(answered->body));
  if (const auto* refused = std::get_if<service::Refused>(&outcome)) return refusal(400, refused->report);
  const auto& error = std::get<base::Error>(outcome);
  if (error.code == base::ErrorCode::kConflict) {
    return refusal(409, validation::IssueType::kConflict, "Idempotency-Key", error.message);
  }
  return failure(error);
}

http::Response inquire_claim(Call& call, const service::InquireService& service) {
  auto outcome = service.inquire(std::move(call.request.body), *call.version, call.base_url);
  if (auto* found = std::get_if<service::InquireService::Found>(&outcome)) {
    return fhir_json(200, std::move(found->body));
  }
  if (const auto* refused = std::get_if<service::Refused>(&outcome)) return refusal(400, refused->report);
  return failure(std::get<base::Error>(outcome));
}

http::Response read_body(const Call& call, const store::Store& store, store::Body body) {
  const auto not_found = [] {
    return refusal(404, validation::IssueType::kNotFound, "FHIR read", "No such resource.");
  };
  const auto found = store.find_case(call.id);
  if (!found) return failure(found.error());
  if (!*found || (*found)->client != kAnonymous) return not_found();
  auto text = store.find_body(call.id, body);
  if (!text) return failure(text.error());
  if (!*text) return not_found();
  return fhir_json(200, std::move(**text));
}

}  // namespace pas::endpoints
