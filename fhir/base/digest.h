#pragma once
// Hashes, through OpenSSL.

#include <string>
#include <string_view>

namespace pas::base {

std::string sha256_hex(std::string_view bytes);  // 64 lower-case digits
std::string sha1(std::string_view bytes);        // 20 raw bytes, as FHIR Attachment.hash has them before base64

}  // namespace pas::base
