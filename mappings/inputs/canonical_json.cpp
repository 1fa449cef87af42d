#include "mappings/inputs/canonical_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

namespace pas::inputs {
namespace {

constexpr std::string_view kUrl = "http://hl7.org/fhir/canonicalization/json";

// By UTF-16 code units (RFC 8785 §3.2.3). UTF-8 has the same order but for characters beyond U+FFFF, whose surrogates
// come before U+E000.
bool comes_before(std::string_view one, std::string_view other) {
  const auto [at, in_other] = std::mismatch(one.begin(), one.end(), other.begin(), other.end());
  if (at == one.end() || in_other == other.end()) return at == one.end() && in_other != other.end();
  const auto rank = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0xEE || byte == 0xEF ? byte + 0x20 : byte;
  };
  return rank(*at) < rank(*in_other);
}

void write_string(std::string_view text, std::string& out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::string_view kEscaped = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  out += '"';
  for (const char c : text) {
    const std::size_t known = kEscaped.find(c);
    if (known != std::string_view::npos) {
      out.append("\\").append(1, kLetters[known]);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out.append("\\u00").append(1, kDigits[static_cast<std::size_t>(c) >> 4U]).append(1, kDigits[c & 0xF]);
    } else {
      out += c;
    }
  }
  out += '"';
}

// ECMAScript's Number::toString (ECMA-262 §6.1.6.1.20); what is no finite double stays as written.
std::string ecmascript_number(std::string_view text) {
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || !std::isfinite(value)) return std::string(text);
  if (value == 0) return "0";
  std::array<char, 32> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value), std::chars_format::scientific);
  const std::string_view shortest(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data()));
  const std::size_t e = shortest.find('e');
  std::string digits(shortest.substr(0, 1));
  if (e > 2) digits += shortest.substr(2, e - 2);
  const std::string_view power = shortest.substr(shortest[e + 1] == '+' ? e + 2 : e + 1);
  int exponent = 0;
  std::from_chars(power.data(), power.data() + power.size(), exponent);

  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // digits before the decimal point
  std::string out = value < 0 ? "-" : "";
  if (point > 21 || point < -5) {
    out += digits.substr(0, 1);
    if (count > 1) out += "." + digits.substr(1);
    return out + (exponent < 0 ? "e-" : "e+") + std::to_string(std::abs(exponent));
  }
  if (point <= 0) return out + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  if (point >= count) return out + digits + std::string(static_cast<std::size_t>(point - count), '0');
  const auto whole = static_cast<std::size_t>(point);
  return out + digits.substr(0, whole) + "." + digits.substr(whole);
}

// As deep as the document, which json::Limits bound.
void write(json::Node node, Numbers numbers, std::string& out);

void write_object(std::vector<json::Node> members, Numbers numbers, std::string& out) {
  std::sort(members.begin(), members.end(),
            [](json::Node one, json::Node other) { return comes_before(one.key(), other.key()); });
  out += '{';
  bool first = true;
  for (const json::Node member : members) {
    if (!first) out += ',';
    first = false;
    write_string(member.key(), out);
    out += ':';
    write(member, numbers, out);
  }
  out += '}';
}

void write(json::Node node, Numbers numbers, std::string& out) {
  if (node.is_object()) return write_object({node.begin(), node.end()}, numbers, out);
  if (node.is_string()) return write_string(node.text(), out);
  if (node.is_number()) {
    out += numbers == Numbers::kEcmaScript ? ecmascript_number(node.text()) : std::string(node.text());
  } else if (node.is_array()) {
    out += '[';
    bool first = true;
    for (const json::Node element : node) {
      if (!first) out += ',';
      first = false;
      write(element, numbers, out);
    }
    out += ']';
  } else {
    out += node.to_json();
  }
}

}  // namespace

std::optional<Canonicalization> canonicalization_of(std::string_view url) {
  if (url == kUrl) return Canonicalization::kWhole;
  if (!url.starts_with(kUrl)) return std::nullopt;
  url.remove_prefix(kUrl.size());
  if (url == "#data") return Canonicalization::kData;
  if (url == "#static") return Canonicalization::kStatic;
  return std::nullopt;
}

std::string canonical_json(json::Node resource, Canonicalization method, Numbers numbers) {
  std::vector<json::Node> members;
  for (const json::Node member : resource) {
    const bool left_out = (method != Canonicalization::kWhole && member.key() == "text") ||
                          (method == Canonicalization::kStatic && member.key() == "meta");
    if (!left_out) members.push_back(member);
  }
  std::string out;
  write_object(std::move(members), numbers, out);
  return out;
}

}  // namespace pas::inputs
