#include "fhir/fhirpath/text.h"

#include <utf8proc.h>

#include <algorithm>

namespace pas::fhirpath::text {
namespace {

// A code point and its bytes; a malformed byte is itself, and one byte.
struct CodePoint {
  utf8proc_int32_t value;
  std::size_t size;
};

CodePoint first(std::string_view text) {
  const auto byte = static_cast<unsigned char>(text.front());
  if (byte < 0x80) return {byte, 1};
  utf8proc_int32_t value = 0;
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &value);
  if (size <= 0) return {-1, 1};
  return {value, static_cast<std::size_t>(size)};
}

bool is_space(utf8proc_int32_t value) {
  if (value < 0x80) return value == ' ' || (value >= '\t' && value <= '\r');
  const auto category = utf8proc_category(value);
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP ||
         value == 0x85;
}

template <class Map>
std::string mapped(std::string_view text, Map map) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = first(text);
    if (point.value < 0) {
      result += text.front();
    } else {
      append_utf8(result, static_cast<std::uint32_t>(map(point.value)));
    }
    text.remove_prefix(point.size);
  }
  return result;
}

}  // namespace

void append_utf8(std::string& to, std::uint32_t code_point) {
  const auto tail = [&](unsigned shift) { to += static_cast<char>(0x80U | ((code_point >> shift) & 0x3FU)); };
  if (code_point < 0x80) {
    to += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    to += static_cast<char>(0xC0U | (code_point >> 6U));
    tail(0);
  } else if (code_point < 0x10000) {
    to += static_cast<char>(0xE0U | (code_point >> 12U));
    tail(6);
    tail(0);
  } else {
    to += static_cast<char>(0xF0U | (code_point >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::size_t length(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::size_t offset_of(std::string_view text, std::size_t index) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) continue;
    if (index-- == 0) break;
  }
  return at;
}

std::size_t first_size(std::string_view text) {
  return std::max<std::size_t>(1, std::min(offset_of(text, 1), text.size()));
}

std::string upper(std::string_view text) {
  return mapped(text, utf8proc_toupper);
}

std::string lower(std::string_view text) {
  return mapped(text, utf8proc_tolower);
}

std::string_view trim(std::string_view text) {
  while (!text.empty()) {
    const CodePoint point = first(text);
    if (!is_space(point.value)) break;
    text.remove_prefix(point.size);
  }
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = first(text.substr(at));
    at += point.size;
    if (!is_space(point.value)) end = at;
  }
  return text.substr(0, end);
}

std::string normalized(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  bool space = false;
  for (text = trim(text); !text.empty();) {
    const CodePoint point = first(text);
    if (is_space(point.value)) {
      space = true;
    } else {
      if (space) result += ' ';
      space = false;
      if (point.value < 0) {
        result += text.front();
      } else {
        append_utf8(result, static_cast<std::uint32_t>(utf8proc_tolower(point.value)));
      }
    }
    text.remove_prefix(point.size);
  }
  return result;
}

}  // namespace pas::fhirpath::text
