#pragma once
// Strings as FHIRPath counts them, by Unicode code points, over valid UTF-8. Malformed bytes are tolerated: each counts
// as one.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pas::fhirpath::text {

void append_utf8(std::string& to, std::uint32_t code_point);
int hex_digit(char c);  // -1 for another character

std::size_t length(std::string_view text);
// The byte where code point number `index` starts; the size when there are not as many.
std::size_t offset_of(std::string_view text, std::size_t index);
// The bytes of the first code point of a text that is not empty.
std::size_t first_size(std::string_view text);

std::string upper(std::string_view text);
std::string lower(std::string_view text);
std::string_view trim(std::string_view text);  // white space as Unicode has it
// What ~ compares: case folded, runs of white space as one space, none at the ends.
std::string normalized(std::string_view text);

// encode() and decode(), escape() and unescape() (FHIRPath 3.0.0). Nothing for an unknown format or a text that is not
// in it.
std::optional<std::string> encode(std::string_view text, std::string_view format);
std::optional<std::string> decode(std::string_view text, std::string_view format);
std::optional<std::string> escape(std::string_view text, std::string_view target);
std::optional<std::string> unescape(std::string_view text, std::string_view target);

}  // namespace pas::fhirpath::text
