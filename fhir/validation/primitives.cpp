#include "fhir/validation/primitives.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "fhir/base/calendar.h"
#include "fhir/base/text.h"

namespace pas::validation {
namespace {

struct Form {
  std::string_view name;
  Primitive type;
  std::string_view words;
};

constexpr std::array<Form, 20> kForms{{
    {"base64Binary", Primitive::kBase64Binary, "base64 text (RFC 4648)"},
    {"boolean", Primitive::kBoolean, "true or false, without quotes"},
    {"canonical", Primitive::kCanonical, "a URL without white space"},
    {"code", Primitive::kCode, "a code without leading, trailing or doubled white space"},
    {"date", Primitive::kDate, "a real date as YYYY, YYYY-MM or YYYY-MM-DD"},
    {"dateTime", Primitive::kDateTime,
     "a real date as YYYY, YYYY-MM or YYYY-MM-DD, or with a time as YYYY-MM-DDThh:mm:ss+zz:zz (seconds and time zone "
     "are needed)"},
    {"decimal", Primitive::kDecimal, "a decimal number, without quotes"},
    {"id", Primitive::kId, "1 to 64 letters, digits, '-' or '.'"},
    {"instant", Primitive::kInstant, "YYYY-MM-DDThh:mm:ss+zz:zz, to the second at least and with a time zone"},
    {"integer", Primitive::kInteger, "a whole number of 32 bits, without leading zeros"},
    {"markdown", Primitive::kMarkdown, "text that is not empty"},
    {"oid", Primitive::kOid, "urn:oid: and an OID"},
    {"positiveInt", Primitive::kPositiveInt, "a whole number from 1 to 2147483647"},
    {"string", Primitive::kString, "text that is not empty"},
    {"time", Primitive::kTime, "a time as hh:mm:ss"},
    {"unsignedInt", Primitive::kUnsignedInt, "a whole number from 0 to 2147483647"},
    {"uri", Primitive::kUri, "a URI without white space"},
    {"url", Primitive::kUrl, "a URL without white space"},
    {"uuid", Primitive::kUuid, "urn:uuid: and a UUID in lower case"},
    {"xhtml", Primitive::kXhtml, "an XHTML div"},
}};

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool digits(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return false;
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at),
                     text.begin() + static_cast<std::ptrdiff_t>(at + count), is_digit);
}

int two(std::string_view text, std::size_t at) {
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

// YYYY, YYYY-MM, YYYY-MM-DD.
bool is_date(std::string_view text) {
  if (!digits(text, 0, 4) || text.starts_with("0000")) return false;
  if (text.size() == 4) return true;
  if (text[4] != '-' || !digits(text, 5, 2)) return false;
  if (text.size() == 7) return two(text, 5) >= 1 && two(text, 5) <= 12;
  return text.size() == 10 && base::parse_date(text).has_value();
}

// hh:mm:ss with a fraction; the rest behind it goes to `rest`. A leap second is allowed.
bool takes_time(std::string_view text, std::string_view& rest) {
  if (text.size() < 8 || !digits(text, 0, 2) || text[2] != ':' || !digits(text, 3, 2) || text[5] != ':' ||
      !digits(text, 6, 2)) {
    return false;
  }
  if (two(text, 0) > 23 || two(text, 3) > 59 || two(text, 6) > 60) return false;
  text.remove_prefix(8);
  if (text.starts_with('.')) {
    const auto end = std::find_if_not(text.begin() + 1, text.end(), is_digit);
    if (end == text.begin() + 1) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
  }
  rest = text;
  return true;
}

bool is_zone(std::string_view text) {
  if (text == "Z") return true;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || !digits(text, 1, 2) || text[3] != ':' ||
      !digits(text, 4, 2)) {
    return false;
  }
  return (two(text, 1) < 14 && two(text, 4) < 60) || text.substr(1) == "14:00";
}

bool is_instant(std::string_view text) {
  std::string_view rest;
  return text.size() > 11 && text[10] == 'T' && is_date(text.substr(0, 10)) && takes_time(text.substr(11), rest) &&
         is_zone(rest);
}

bool is_time(std::string_view text) {
  std::string_view rest;
  return takes_time(text, rest) && rest.empty();
}

bool is_whole(std::string_view text, std::int64_t least) {
  const std::string_view unsigned_part = text.substr(text.starts_with('-') ? 1 : 0);
  if (unsigned_part.empty() || (unsigned_part.size() > 1 && unsigned_part[0] == '0')) return false;
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failed == std::errc{} && end == text.data() + text.size() && value >= least &&
         value <= std::numeric_limits<std::int32_t>::max();
}

bool is_code(std::string_view text) {
  if (text.empty() || is_space(text.front()) || is_space(text.back())) return false;
  return std::adjacent_find(text.begin(), text.end(), [](char a, char b) { return is_space(a) && is_space(b); }) ==
         text.end();
}

bool is_uri(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), is_space);
}

bool is_oid(std::string_view text) {
  constexpr std::string_view kPrefix = "urn:oid:";
  if (!text.starts_with(kPrefix)) return false;
  text.remove_prefix(kPrefix.size());
  if (text.empty() || text[0] < '0' || text[0] > '2' || text.find('.') == std::string_view::npos) return false;
  while (!text.empty()) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    const std::string_view arc = text.substr(0, dot);
    if (arc.empty() || (arc.size() > 1 && arc[0] == '0') || !std::all_of(arc.begin(), arc.end(), is_digit)) {
      return false;
    }
    if (dot == text.size()) return true;
    text.remove_prefix(dot + 1);
  }
  return false;  // ends in a dot
}

bool is_uuid(std::string_view text) {
  constexpr std::string_view kPrefix = "urn:uuid:";
  return text.starts_with(kPrefix) && base::is_uuid(text.substr(kPrefix.size()));
}

bool is_base64(std::string_view text) {
  std::size_t symbols = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (is_space(c)) continue;
    const bool symbol = is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
    if (c == '=') {
      ++padding;
    } else if (!symbol || padding > 0) {
      return false;
    } else {
      ++symbols;
    }
  }
  return symbols > 0 && padding <= 2 && (symbols + padding) % 4 == 0;
}

}  // namespace

Primitive primitive_of(std::string_view type) {
  const auto found = std::ranges::find(kForms, type, &Form::name);
  return found == kForms.end() ? Primitive::kString : found->type;
}

std::string_view json_form(Primitive type) {
  switch (type) {
    case Primitive::kBoolean:
      return "a boolean (true or false, without quotes)";
    case Primitive::kDecimal:
    case Primitive::kInteger:
    case Primitive::kPositiveInt:
    case Primitive::kUnsignedInt:
      return "a number, without quotes";
    default:
      return "a string, in quotes";
  }
}

bool has_json_form(Primitive type, json::Node value) {
  switch (type) {
    case Primitive::kBoolean:
      return value.is_boolean();
    case Primitive::kDecimal:
    case Primitive::kInteger:
    case Primitive::kPositiveInt:
    case Primitive::kUnsignedInt:
      return value.is_number();
    default:
      return value.is_string();
  }
}

bool is_well_formed(Primitive type, std::string_view text) {
  switch (type) {
    case Primitive::kBase64Binary:
      return is_base64(text);
    case Primitive::kCode:
      return is_code(text);
    case Primitive::kDate:
      return is_date(text);
    case Primitive::kDateTime:
      return is_date(text) || is_instant(text);
    case Primitive::kId:
      return base::is_fhir_id(text);
    case Primitive::kInstant:
      return is_instant(text);
    case Primitive::kInteger:
      return is_whole(text, std::numeric_limits<std::int32_t>::min());
    case Primitive::kUnsignedInt:
      return is_whole(text, 0);
    case Primitive::kPositiveInt:
      return is_whole(text, 1);
    case Primitive::kOid:
      return is_oid(text);
    case Primitive::kTime:
      return is_time(text);
    case Primitive::kCanonical:
    case Primitive::kUri:
    case Primitive::kUrl:
      return is_uri(text);
    case Primitive::kUuid:
      return is_uuid(text);
    case Primitive::kMarkdown:
    case Primitive::kString:
    case Primitive::kXhtml:
      return std::ranges::any_of(text, [](char c) { return !is_space(c); });
    case Primitive::kNone:
    case Primitive::kBoolean:
    case Primitive::kDecimal:
      break;
  }
  return true;
}

std::string_view format_in_words(Primitive type) {
  const auto found = std::ranges::find(kForms, type, &Form::type);
  return found == kForms.end() ? "" : found->words;
}

}  // namespace pas::validation
