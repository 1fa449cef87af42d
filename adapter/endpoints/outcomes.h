#pragma once
// The shapes of answers, above all of those that are not the thing asked for. A 4xx on a FHIR path carries exactly one
// OperationOutcome; a 5xx carries no body (PAS 2.2.1 spec-38, spec-39). Any thread.

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/http/message.h"
#include "fhir/base/result.h"
#include "fhir/validation/report.h"

namespace pas::endpoints {

inline constexpr std::string_view kFhirJson = "application/fhir+json; charset=utf-8";

http::Response fhir_json(int status, std::string body);

// One OperationOutcome with every issue of the report.
http::Response refusal(int status, const validation::Report& report);
// The same with a single issue; `message` is for the client's developer.
http::Response refusal(int status, validation::IssueType type, std::string_view rule, std::string message);

// A Bundle of what a search found; the fullUrl of each is `base` with its id.
struct Found {
  std::string id;
  std::string resource;  // as FHIR JSON
};
http::Response searchset(const std::string& base, const std::vector<Found>& matches);

// 404: nothing of that id, or not the caller's.
http::Response not_found();

// What the HTTP layer refuses by itself (http::ErrorBody).
http::Response refusal_of_http(int status, std::string_view code, std::string_view message);

// 429, with Retry-After.
http::Response too_many_requests(std::chrono::seconds wait);

// 503 for kUnavailable and kTimeout, with Retry-After; 500 for the rest.
http::Response failure(const base::Error& error);

}  // namespace pas::endpoints
