#pragma once
// Answers of the admin and test routes, which speak JSON and no FHIR. Any thread.

#include <string>
#include <vector>

#include "adapter/http/message.h"

namespace pas::endpoints {

http::Response json_answer(int status, std::string body);

// {"mistakes": [...]}, for the caller's developer.
http::Response mistakes_answer(int status, const std::vector<std::string>& messages);

}  // namespace pas::endpoints
