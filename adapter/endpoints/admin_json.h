#pragma once
// Answers of the admin and test routes, which speak JSON and no FHIR. What is refused is told as
// application/problem+json (RFC 9457): type, title, status, detail, and `mistakes`, each naming its member, where the
// body is wrong. Any thread.

#include <string>
#include <string_view>
#include <vector>

#include "adapter/http/message.h"
#include "fhir/base/result.h"
#include "fhir/validation/report.h"

namespace pas::endpoints {

http::Response json_answer(int status, std::string body);

// `detail` is for the caller's developer.
http::Response problem(int status, std::string_view detail, const std::vector<std::string>& mistakes = {});
// The detail is the first mistake.
http::Response mistakes_answer(int status, const std::vector<std::string>& messages);
// 404 and 409 with the error's message; else what failure() (outcomes.h) says, told as a problem.
http::Response problem_of(const base::Error& error);

// As a Wording (router.h) and as an http::ErrorBody.
http::Response problem_refusal(int status, validation::IssueType type, std::string_view rule, std::string detail);
http::Response problem_of_http(int status, std::string_view code, std::string_view message);

}  // namespace pas::endpoints
