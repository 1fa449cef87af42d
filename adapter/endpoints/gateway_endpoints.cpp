#include "adapter/endpoints/gateway_endpoints.h"

#include <utility>

#include "adapter/endpoints/outcomes.h"
#include "fhir/json/document.h"

namespace pas::endpoints {
namespace {

http::Response hear(Call& call, const service::Forwarding& forwarding) {
  if (!forwarding.may_tell(call.id, call.request.headers.find("Authorization").value_or(""))) {
    return refusal(401, validation::IssueType::kLogin, "Authorization", "The notification does not have the secret.");
  }
  const auto document = json::Document::parse(std::move(call.request.body));
  if (!document) return refusal(400, validation::IssueType::kStructure, "JSON", "The notification is not JSON.");
  const auto heard = forwarding.hear(call.id, document->root(), call.origin());
  if (!heard) return failure(heard.error());
  return {};
}

}  // namespace

std::vector<Route> gateway_routes(const service::Forwarding& forwarding, std::function<void()> wake) {
  return {{http::Method::kPost, Place::kServer, "/gateway/{id}/notification", kOpen,
           [&forwarding, wake = std::move(wake)](Call& call) {
             http::Response response = hear(call, forwarding);
             if (response.status == 200) wake();
             return response;
           }}};
}

}  // namespace pas::endpoints
