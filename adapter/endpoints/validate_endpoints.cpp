#include "adapter/endpoints/validate_endpoints.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "adapter/endpoints/outcomes.h"
#include "fhir/validation/operation_outcome.h"

namespace pas::endpoints {
namespace {

using validation::IssueType;
using validation::Report;

constexpr std::string_view kRule = "FHIR $validate";
constexpr std::size_t kMostProfiles = 16;

struct Asked {
  json::Node resource;
  std::vector<std::string> profiles;
  std::string mode;
};

// Parameters without a parameter `resource` are a resource to validate like any other.
Asked read_call(const http::Request& request, json::Node body) {
  Asked asked;
  asked.resource = body;
  for (const http::Parameter& parameter : request.query) {
    if (parameter.name == "profile") asked.profiles.push_back(parameter.value);
    if (parameter.name == "mode") asked.mode = parameter.value;
  }
  if (body["resourceType"].text() != "Parameters") return asked;
  const json::Node parameters = body["parameter"];
  const auto is_resource = [](json::Node parameter) {
    return parameter["name"].text() == "resource" && parameter["resource"];
  };
  const auto found = std::find_if(parameters.begin(), parameters.end(), is_resource);
  if (!parameters.is_array() || found == parameters.end()) return asked;
  asked.resource = (*found)["resource"];
  for (const json::Node parameter : parameters) {
    const std::string_view name = parameter["name"].text();
    if (name == "mode") asked.mode = parameter["valueCode"].text();
    if (name != "profile") continue;
    const json::Node value = parameter["valueUri"] ? parameter["valueUri"] : parameter["valueCanonical"];
    asked.profiles.emplace_back(value.text());
  }
  return asked;
}

std::optional<http::Response> refuse_call(const Asked& asked, const Call& call) {
  constexpr std::array<std::string_view, 4> kModes = {"", "create", "update", "profile"};
  if (std::ranges::find(kModes, asked.mode) == kModes.end()) {
    return refusal(400, IssueType::kNotSupported, kRule,
                   "The parameter mode must be create, update or profile, or be left out.");
  }
  if (asked.profiles.size() > kMostProfiles) {
    return refusal(400, IssueType::kTooCostly, kRule, "At most 16 profiles are taken in one call.");
  }
  const std::string_view type = asked.resource["resourceType"].text();
  if (!call.id.empty() && !type.empty() && type != call.id) {
    return refusal(400, IssueType::kInvalid, kRule,
                   "The path is for " + call.id + ", and the resource is of another type. POST it to /$validate.");
  }
  return std::nullopt;
}

}  // namespace

http::Response validate_resource(Call& call, const service::ValidationService& validation, const base::Clock& clock) {
  const std::string source = call.request.body;  // parsing unescapes in place
  const auto document = json::Document::parse(std::move(call.request.body));
  if (!document) {
    Report report;
    report.add(validation::issue_of(document.error(), source));
    return refusal(400, report);
  }
  const Asked asked = read_call(call.request, document->root());
  if (auto refused = refuse_call(asked, call)) return *std::move(refused);
  Report report = validation.validate(json::BundleIndex(asked.resource),
                                      {.version = call.version, .profiles = asked.profiles, .now = clock.now()});
  report.locate(source);
  return fhir_json(200, validation::to_operation_outcome(report));
}

}  // namespace pas::endpoints
