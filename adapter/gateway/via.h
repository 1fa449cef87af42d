#pragma once
// By the header Via (RFC 9110 §7.6.3) a request tells which adapters it came through, so that none goes in a circle.

#include <string>
#include <string_view>

namespace pas::gateway {

inline constexpr int kMostHops = 8;

// `sent` as it came, with this adapter added.
std::string via_with(std::string_view sent, std::string_view id);

// It came through this adapter already, or through too many.
bool is_loop(std::string_view sent, std::string_view id);

}  // namespace pas::gateway
