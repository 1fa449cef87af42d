// encode(), decode(), escape() and unescape().

#include <algorithm>
#include <array>

#include "fhir/base/base64.h"
#include "fhir/base/text.h"
#include "fhir/base/utf8.h"
#include "fhir/fhirpath/text.h"

namespace pas::fhirpath::text {
namespace {

struct Entity {
  char character;
  std::string_view text;
};
constexpr std::array<Entity, 5> kEntities{
    {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}}};

std::optional<std::string> valid(std::optional<std::string> text) {
  return text && !base::invalid_utf8_at(*text) ? text : std::nullopt;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

void replace_all(std::string& text, char from, char to) {
  std::ranges::replace(text, from, to);
}

std::string escape_html(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto* const entity = std::ranges::find(kEntities, c, &Entity::character);
    if (entity == kEntities.end()) {
      result += c;
    } else {
      result += entity->text;
    }
  }
  return result;
}

// A character reference at the start of `text` ("&#233;", "&#xE9;"): its code point, and its length through `size`.
std::optional<std::uint32_t> numeric_reference(std::string_view text, std::size_t& size) {
  size = text.find(';');
  if (!text.starts_with("&#") || size == std::string_view::npos || size > 10) return std::nullopt;
  std::string_view digits = text.substr(2, size - 2);
  const bool is_hex = digits.starts_with('x') || digits.starts_with('X');
  if (is_hex) digits.remove_prefix(1);
  std::uint32_t code = 0;
  for (const char c : digits) {
    const int digit = hex_digit(c);
    if (digit < 0 || (!is_hex && digit > 9)) return std::nullopt;
    code = code * (is_hex ? 16U : 10U) + static_cast<std::uint32_t>(digit);
  }
  if (digits.empty() || code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return std::nullopt;
  ++size;
  return code;
}

std::string unescape_html(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    std::size_t size = 1;
    const auto* const entity =
        std::ranges::find_if(kEntities, [&](const Entity& known) { return text.starts_with(known.text); });
    if (entity != kEntities.end()) {
      result += entity->character;
      size = entity->text.size();
    } else if (const auto code = numeric_reference(text, size)) {
      append_utf8(result, *code);
    } else {
      result += text.front();
      size = 1;
    }
    text.remove_prefix(size);
  }
  return result;
}

constexpr std::string_view kJsonRaw = "\"\\\b\f\n\r\t";
constexpr std::string_view kJsonEscaped = "\"\\bfnrt";

std::string escape_json(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const std::size_t at = kJsonRaw.find(c);
    if (at != std::string_view::npos) {
      result += '\\';
      result += kJsonEscaped[at];
    } else if (static_cast<unsigned char>(c) < 0x20) {
      result += "\\u00" + base::to_hex({&c, 1});
    } else {
      result += c;
    }
  }
  return result;
}

std::optional<std::uint32_t> json_code_unit(std::string_view text, std::size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
  std::uint32_t code = 0;
  for (std::size_t i = at + 2; i < at + 6; ++i) {
    const int digit = hex_digit(text[i]);
    if (digit < 0) return std::nullopt;
    code = code * 16 + static_cast<std::uint32_t>(digit);
  }
  return code;
}

std::optional<std::string> unescape_json(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      result += text[i];
      continue;
    }
    if (i + 1 == text.size()) return std::nullopt;
    if (text[i + 1] == 'u') {
      auto code = json_code_unit(text, i);
      if (!code || (*code >= 0xDC00 && *code < 0xE000)) return std::nullopt;
      i += 5;
      if (*code >= 0xD800 && *code < 0xDC00) {
        const auto low = json_code_unit(text, i + 1);
        if (!low || *low < 0xDC00 || *low >= 0xE000) return std::nullopt;
        code = 0x10000 + ((*code - 0xD800) << 10U) + (*low - 0xDC00);
        i += 6;
      }
      append_utf8(result, *code);
      continue;
    }
    ++i;
    const std::size_t at = kJsonEscaped.find(text[i]);
    if (at == std::string_view::npos && text[i] != '/') return std::nullopt;
    result += text[i] == '/' ? '/' : kJsonRaw[at];
  }
  return result;
}

}  // namespace

std::optional<std::string> encode(std::string_view text, std::string_view format) {
  if (format == "hex") return base::to_hex(text);
  if (format != "base64" && format != "urlbase64") return std::nullopt;
  std::string result = base::encode_base64(text);
  if (format == "urlbase64") {
    replace_all(result, '+', '-');
    replace_all(result, '/', '_');
  }
  return result;
}

std::optional<std::string> decode(std::string_view text, std::string_view format) {
  if (format == "hex") return valid(from_hex(text));
  if (format != "base64" && format != "urlbase64") return std::nullopt;
  std::string coded(text);
  if (format == "urlbase64") {
    replace_all(coded, '-', '+');
    replace_all(coded, '_', '/');
    if (coded.size() % 4 != 0) coded.append(4 - coded.size() % 4, '=');  // padding may be left off
  }
  return valid(base::decode_base64(coded));
}

std::optional<std::string> escape(std::string_view text, std::string_view target) {
  if (target == "html") return escape_html(text);
  if (target == "json") return escape_json(text);
  return std::nullopt;
}

std::optional<std::string> unescape(std::string_view text, std::string_view target) {
  if (target == "html") return unescape_html(text);
  if (target == "json") return unescape_json(text);
  return std::nullopt;
}

}  // namespace pas::fhirpath::text
