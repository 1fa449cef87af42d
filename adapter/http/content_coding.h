#pragma once
// Content codings of a request body (RFC 9110 §8.4.1): gzip (x-gzip), deflate (zlib-wrapped, and raw as some clients
// send it), identity.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/result.h"

namespace pas::http {

enum class Coding { kIdentity, kGzip, kDeflate };

// Of a Content-Encoding value; nothing for another coding, or for more than one.
std::optional<Coding> coding_of(std::string_view value);

// Asked before each growth of the output by that many bytes; false ends the work with kUnavailable.
using Reserve = std::function<bool(std::size_t bytes)>;

// kTooLarge beyond `limit_bytes`, as soon as they are passed; kInvalid when the data is damaged, cut off or followed by
// something else.
base::Result<std::string> decompress(std::string_view bytes, Coding coding, std::size_t limit_bytes,
                                     const Reserve& reserve);

}  // namespace pas::http
