#pragma once
// UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pas::base {

// The offset of the first byte that is not part of valid UTF-8; nothing when all is valid.
std::optional<std::size_t> invalid_utf8_at(std::string_view bytes);

// The same text with U+FFFD for each byte that is not part of valid UTF-8.
std::string with_valid_utf8(std::string_view bytes);

}  // namespace pas::base
