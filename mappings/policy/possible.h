#pragma once
// The truths that a condition can still have, as a set.

#include <cstddef>
#include <span>

#include "fhir/base/truth.h"
#include "mappings/policy/policy.h"

namespace pas::policy {

using Possible = unsigned;
inline constexpr Possible kFalseBit = 1;
inline constexpr Possible kUnknownBit = 2;
inline constexpr Possible kTrueBit = 4;
inline constexpr Possible kAnything = kFalseBit | kUnknownBit | kTrueBit;
inline constexpr Possible kTwoValued = kFalseBit | kTrueBit;

constexpr Possible bit_of(base::Truth truth) {
  return 1U << static_cast<unsigned>(truth);
}
// Of a NOT.
constexpr Possible negated(Possible value) {
  return ((value & kFalseBit) << 2U) | (value & kUnknownBit) | ((value & kTrueBit) >> 2U);
}
// Of "at least n of", so also of AND and OR, when the children do not depend on each other.
Possible at_least(std::size_t n, std::span<const Possible> children);

// The truths that inputs can give a condition of a loaded policy. Whether an input is known is the same all over the
// condition; apart from that its parts are taken as independent, so that the set may be too large, never too small.
Possible possible_truths(const Policy& policy, ConditionId id);

}  // namespace pas::policy
