#include "fhir/validation/wording.h"

#include <algorithm>

#include "fhir/base/text.h"

namespace pas::validation {
namespace {

constexpr std::size_t kLongestQuote = 80;

}  // namespace

std::string in_quotes(std::string_view text) {
  if (text.size() <= kLongestQuote) return '"' + std::string(text) + '"';
  std::size_t end = kLongestQuote;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // not within a character
  return '"' + std::string(text.substr(0, end)) + "…\"";
}

std::string in_words(json::Node value) {
  switch (value.kind()) {
    case json::Kind::kString:
      return "the string " + in_quotes(value.text());
    case json::Kind::kNumber:
      return "the number " + std::string(value.text().substr(0, kLongestQuote));
    case json::Kind::kTrue:
    case json::Kind::kFalse:
      return std::string(value.text());
    case json::Kind::kNull:
      return "null";
    case json::Kind::kArray:
      return "an array";
    case json::Kind::kObject:
      return "an object";
    case json::Kind::kAbsent:
      break;
  }
  return "nothing";
}

std::string_view nearest_of(std::string_view name, const std::vector<std::string_view>& names) {
  if (name.size() > kLongestQuote) return {};
  const std::string wanted = base::to_lower(name);
  std::string_view nearest;
  std::size_t least = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const std::string_view candidate : names) {
    const std::size_t edits = base::edit_distance(wanted, base::to_lower(candidate));
    if (edits < least) {
      least = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string listed(const std::vector<std::string>& names, std::size_t total) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  if (total > names.size()) text += " and " + std::to_string(total - names.size()) + " more";
  return text;
}

}  // namespace pas::validation
