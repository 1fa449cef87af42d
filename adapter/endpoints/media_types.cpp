#include "adapter/endpoints/media_types.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "adapter/endpoints/outcomes.h"

namespace pas::endpoints {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The part before `separator`, which is taken off `rest` with it.
std::string_view next_part(std::string_view& rest, char separator) {
  const auto at = rest.find(separator);
  const std::string_view part = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
  return trimmed(part);
}

bool is_json(std::string_view type) {
  return http::equal_fold(type, "application/fhir+json") || http::equal_fold(type, "application/json");
}

// How closely a media range of Accept fits our JSON (RFC 9110 §12.5.1): 0 not at all.
int closeness(std::string_view range) {
  if (is_json(range)) return 3;
  if (http::equal_fold(range, "application/*")) return 2;
  return range == "*/*" ? 1 : 0;
}

// A weight of zero: "q=0", "q=0.000".
bool is_refused(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view value = next_part(parameters, ';');
    const std::string_view name = next_part(value, '=');
    if (http::equal_fold(name, "q")) return !value.empty() && value.find_first_not_of("0.") == std::string_view::npos;
  }
  return false;
}

}  // namespace

std::optional<http::Response> refuse_content_type(const http::Request& request) {
  std::string_view rest = request.headers.find("Content-Type").value_or("");
  const std::string_view type = next_part(rest, ';');
  bool utf8 = true;
  while (!rest.empty()) {
    std::string_view parameter = next_part(rest, ';');
    const std::string_view name = next_part(parameter, '=');
    if (http::equal_fold(name, "charset")) {
      utf8 = http::equal_fold(parameter, "utf-8") || http::equal_fold(parameter, "\"utf-8\"");
    }
  }
  if (is_json(type) && utf8) return std::nullopt;
  return refusal(415, validation::IssueType::kNotSupported, "HTTP Content-Type",
                 "The body must be application/fhir+json or application/json, in UTF-8.");
}

std::optional<http::Response> refuse_accept(const http::Request& request) {
  const auto refused = [] {
    return refusal(406, validation::IssueType::kNotSupported, "HTTP Accept", "Answers are application/fhir+json only.");
  };
  if (const auto format = request.parameter("_format")) {
    std::string type(*format);
    std::replace(type.begin(), type.end(), ' ', '+');  // a plus that was not encoded
    if (is_json(type) || type == "json") return std::nullopt;
    return refused();
  }
  std::string_view rest = trimmed(request.headers.find("Accept").value_or(""));
  if (rest.empty()) return std::nullopt;
  int closest = 0;
  bool acceptable = false;
  while (!rest.empty()) {
    std::string_view range = next_part(rest, ',');
    const int close = closeness(next_part(range, ';'));
    if (close == 0 || close < closest) continue;
    acceptable = (close == closest && acceptable) || !is_refused(range);
    closest = close;
  }
  return acceptable ? std::nullopt : std::optional(refused());
}

}  // namespace pas::endpoints
