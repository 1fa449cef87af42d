#include "adapter/endpoints/outcomes.h"

#include <array>
#include <utility>

#include "fhir/json/writer.h"
#include "fhir/validation/operation_outcome.h"

namespace pas::endpoints {

http::Response fhir_json(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.content_type = kFhirJson;
  response.body = std::move(body);
  return response;
}

http::Response refusal(int status, const validation::Report& report) {
  return fhir_json(status, validation::to_operation_outcome(report));
}

http::Response refusal(int status, validation::IssueType type, std::string_view rule, std::string message) {
  validation::Report report;
  report.add({validation::Severity::kError, type, std::string(rule), {}, std::move(message)});
  return refusal(status, report);
}

http::Response searchset(const std::string& base, const std::vector<Found>& matches) {
  json::Writer out;
  out.begin_object().member("resourceType", "Bundle").member("type", "searchset");
  out.member("total", static_cast<std::int64_t>(matches.size()));
  if (!matches.empty()) out.key("entry").begin_array();
  for (const Found& match : matches) {
    out.begin_object().member("fullUrl", base + match.id).key("resource").raw(match.resource);
    out.key("search").begin_object().member("mode", "match").end_object().end_object();
  }
  if (!matches.empty()) out.end_array();
  out.end_object();
  return fhir_json(200, std::move(out).take());
}

http::Response not_found() {
  return refusal(404, validation::IssueType::kNotFound, "FHIR read", "No such resource.");
}

http::Response refusal_of_http(int status, std::string_view code, std::string_view message) {
  if (status >= 500) {
    http::Response response;
    response.status = status;
    return response;
  }
  constexpr std::array kTypes = {validation::IssueType::kStructure, validation::IssueType::kTooLong,
                                 validation::IssueType::kNotSupported, validation::IssueType::kThrottled};
  validation::IssueType type = validation::IssueType::kProcessing;
  for (const validation::IssueType known : kTypes) {
    if (validation::to_string(known) == code) type = known;
  }
  return refusal(status, type, "HTTP", std::string(message));
}

http::Response too_many_requests(std::chrono::seconds wait) {
  const std::string seconds = std::to_string(wait.count());
  http::Response response = refusal(429, validation::IssueType::kThrottled, "Requests of one client",
                                    "Too many requests of this client: the next may come in " + seconds + " s.");
  response.headers.add("Retry-After", seconds);
  response.route = "(throttled)";
  return response;
}

http::Response failure(const base::Error& error) {
  http::Response response;
  const bool temporary = error.code == base::ErrorCode::kUnavailable || error.code == base::ErrorCode::kTimeout;
  response.status = temporary ? 503 : 500;
  if (temporary) response.headers.add("Retry-After", "2");
  return response;
}

}  // namespace pas::endpoints
