#pragma once
// Bodies as clients encode them.

#include <string>
#include <string_view>

namespace pas::support {

inline constexpr int kGzip = 15 + 16;  // zlib's window bits with the wrapper in them
inline constexpr int kZlib = 15;
inline constexpr int kRawDeflate = -15;

std::string compressed(std::string_view text, int window_bits);

// HTTP/1.1 chunks of 1000 bytes, with the last one.
std::string chunked(std::string_view body);

}  // namespace pas::support
