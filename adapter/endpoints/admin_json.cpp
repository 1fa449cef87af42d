#include "adapter/endpoints/admin_json.h"

#include "adapter/endpoints/outcomes.h"
#include "fhir/json/writer.h"

namespace pas::endpoints {

http::Response json_answer(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.content_type = "application/json";
  response.headers.add("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

http::Response problem(int status, std::string_view detail, const std::vector<std::string>& mistakes) {
  json::Writer out;
  out.begin_object().member("type", "about:blank").member("title", http::reason_of(status)).member("status", status);
  out.member("detail", detail);
  if (!mistakes.empty()) {
    out.key("mistakes").begin_array();
    for (const std::string& mistake : mistakes) out.string(mistake);
    out.end_array();
  }
  out.end_object();
  http::Response response = json_answer(status, std::move(out).take());
  response.content_type = "application/problem+json";
  return response;
}

http::Response mistakes_answer(int status, const std::vector<std::string>& messages) {
  return problem(status, messages.front(), messages);
}

http::Response problem_of(const base::Error& error) {
  if (error.code == base::ErrorCode::kNotFound) return problem(404, "No such case.");
  if (error.code == base::ErrorCode::kConflict) return problem(409, error.message);
  http::Response response = failure(error);
  http::Response told = problem(response.status, response.status == 503 ? "Not now: nothing was stored; try again."
                                                                        : "It failed; the log says why.");
  for (const http::Header& header : response.headers) told.headers.add(header.name, header.value);
  return told;
}

// Its parameters are those of refusal(), beside which it stands in a Wording.
http::Response problem_refusal(int status, validation::IssueType /*type*/, std::string_view /*rule*/,
                               std::string detail) {  // NOLINT(performance-unnecessary-value-param)
  return problem(status, detail);
}

http::Response problem_of_http(int status, std::string_view /*code*/, std::string_view message) {
  return problem(status, message);
}

}  // namespace pas::endpoints
