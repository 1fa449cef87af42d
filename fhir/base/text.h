#pragma once
// Small helpers over bytes of text. ASCII only where case is concerned: the names and codes compared here are ASCII.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pas::base {

std::string to_hex(std::string_view bytes);  // lower case, two digits a byte

constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
std::string to_lower(std::string_view text);

std::string joined(const std::vector<std::string>& texts);  // "a, b, c"

// FHIR R4 id: [A-Za-z0-9\-\.]{1,64}.
bool is_fhir_id(std::string_view text);

// A UUID in lower case, as RFC 4122 §3 has it written.
bool is_uuid(std::string_view text);

// The offset of the first control character (C0) that is no white space of JSON; in JSON text there is none (RFC 8259).
std::optional<std::size_t> control_at(std::string_view bytes);

// UTF-8 for a terminal, which it cannot steer: a tab as a space, any other control character (C0, DEL, C1) as '?'.
std::string printable(std::string_view text);

// Insertions, deletions and replacements of one byte, and exchanges of two neighbours, that make `a` into `b`.
// Quadratic: for names, not for content.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace pas::base
