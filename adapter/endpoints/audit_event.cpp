#include "adapter/endpoints/audit_event.h"

#include "adapter/endpoints/auth_endpoints.h"
#include "fhir/base/text.h"

namespace pas::endpoints {
namespace {

constexpr std::string_view kIdPart = "/{id}";

// "Subscription" of "/Subscription/{id}/$status"; empty where {id} names no resource.
std::string_view type_of(std::string_view path) {
  const auto end = path.find(kIdPart);
  if (end == std::string_view::npos || end == 0) return "";
  const std::string_view type = path.substr(0, end).substr(path.rfind('/', end - 1) + 1);
  return type == "cases" ? "ClaimResponse" : type == "outbox" || type == "notifications" ? "" : type;
}

}  // namespace

const audit::Kind* audit_kind_of(const Route& route) {
  if (route.path == kTokenPath) return &audit::kLogin;
  if (route.scope == kOpen) return nullptr;
  if (route.path == "/admin/policies/reload") return &audit::kConfigured;
  if (route.path.find('$') != std::string_view::npos || route.path.ends_with("/preview")) return &audit::kOperated;
  switch (route.method) {
    case http::Method::kGet:
      return route.path.find(kIdPart) != std::string_view::npos ? &audit::kRead : &audit::kSearched;
    case http::Method::kPut:
      return &audit::kUpdated;
    case http::Method::kDelete:
      return &audit::kDeleted;
    default:
      return route.path == "/Subscription" ? &audit::kCreated : &audit::kUpdated;
  }
}

audit::Event audit_event(const audit::Kind& kind, const Route& route, std::string_view base_path, const Call& call,
                         int status) {
  audit::Event event;
  const bool is_stranger = status == 401 || status == 403;
  event.kind = is_stranger ? &audit::kLogin : &kind;
  event.what.append(http::name_of(route.method)).append(" ").append(base_path).append(route.path);
  event.status = status;
  event.client = call.caller.client;
  event.address = call.request.remote_address;
  event.request_id = call.request.request_id;
  event.entities = call.touched;
  const std::string_view type = type_of(route.path);
  if (!type.empty() && call.touched.empty() && (status < 400 || base::is_uuid(call.id))) {
    event.entities.push_back(std::string(type) + "/" + call.id);
  }
  return event;
}

}  // namespace pas::endpoints
