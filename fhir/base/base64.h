#pragma once
// Base64 (RFC 4648 §4), as FHIR base64Binary has it.

#include <optional>
#include <string>
#include <string_view>

namespace pas::base {

// Nothing when a character is outside the alphabet or the padding is wrong. White space between groups is skipped, as
// FHIR R4 allows.
std::optional<std::string> decode_base64(std::string_view text);

std::string encode_base64(std::string_view bytes);

// base64url without padding, as JWS has it (RFC 7515 §2). Only the one spelling of the bytes is taken.
std::optional<std::string> decode_base64url(std::string_view text);
std::string encode_base64url(std::string_view bytes);

}  // namespace pas::base
