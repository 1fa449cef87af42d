#pragma once
// Kleene's three truth values, for FHIRPath (FHIRPath §6.5) and for policy criteria alike.

#include <cstdint>
#include <string_view>

namespace pas::base {

// Ordered so that AND is the minimum and OR the maximum.
enum class Truth : std::uint8_t { kFalse = 0, kUnknown = 1, kTrue = 2 };

constexpr Truth operator&(Truth a, Truth b) {
  return a < b ? a : b;
}
constexpr Truth operator|(Truth a, Truth b) {
  return a < b ? b : a;
}
constexpr Truth operator!(Truth a) {
  return static_cast<Truth>(2 - static_cast<int>(a));
}
constexpr Truth truth_of(bool value) {
  return value ? Truth::kTrue : Truth::kFalse;
}

// The words that decision records and traces use.
constexpr std::string_view to_string(Truth truth) {
  switch (truth) {
    case Truth::kFalse:
      return "not met";
    case Truth::kTrue:
      return "met";
    case Truth::kUnknown:
      break;
  }
  return "unknown";
}

}  // namespace pas::base
