#pragma once
// Decimal (FHIRPath 2.0.0, Literals): an exact scaled integer that keeps the scale it was written with (1.10 stays
// 1.10 in text and is equal to 1.1).
//
// Range: 38 significant digits, of which up to 38 may stand after the point. Sums and products beyond that are rounded
// half away from zero in their last places; a result whose whole part does not fit is nothing (FHIRPath: overflow is
// empty). Quotients and irrational results are rounded to 28 significant digits, trailing zeros left off.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pas::fhirpath {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

class Decimal {
 public:
  static constexpr int kMaxDigits = 38;
  static constexpr int kQuotientDigits = 28;

  constexpr Decimal() = default;
  constexpr Decimal(std::int64_t value) : unscaled_(value) {}  // NOLINT(google-explicit-constructor)
  // |unscaled| < 10^38, 0 <= scale <= 38.
  constexpr Decimal(Int128 unscaled, int scale) : unscaled_(unscaled), scale_(scale) {}

  // [+-]digits[.digits][e[+-]digits]; nothing for other text, or more digits than fit.
  static std::optional<Decimal> parse(std::string_view text);

  constexpr Int128 unscaled() const { return unscaled_; }
  constexpr int scale() const { return scale_; }  // digits after the point
  constexpr bool is_zero() const { return unscaled_ == 0; }
  constexpr bool is_negative() const { return unscaled_ < 0; }

  std::string to_string() const;
  // The whole part when it fits.
  std::optional<std::int64_t> to_int64() const;
  bool is_whole() const;

  // The value with `scale` digits after the point. `mode` says which way to go when digits are lost.
  enum class Rounding { kHalfUp, kFloor, kCeiling, kTruncate };
  std::optional<Decimal> rescaled(int scale, Rounding mode) const;
  // Without trailing zeros after the point, down to `least` digits after it.
  Decimal trimmed(int least = 0) const;
  Decimal negated() const { return {-unscaled_, scale_}; }

  // By value: 1.0 and 1.00 are equal.
  friend std::strong_ordering operator<=>(const Decimal& left, const Decimal& right);
  friend bool operator==(const Decimal& left, const Decimal& right) { return (left <=> right) == 0; }

 private:
  Int128 unscaled_ = 0;
  int scale_ = 0;
};

std::optional<Decimal> add(const Decimal& left, const Decimal& right);
std::optional<Decimal> subtract(const Decimal& left, const Decimal& right);
std::optional<Decimal> multiply(const Decimal& left, const Decimal& right);
// Nothing for a zero divisor.
std::optional<Decimal> divide(const Decimal& left, const Decimal& right);
std::optional<Decimal> truncated_quotient(const Decimal& left, const Decimal& right);  // div
std::optional<Decimal> remainder(const Decimal& left, const Decimal& right);           // mod, sign of the left

// Nothing where the result is no real number or does not fit.
std::optional<Decimal> square_root(const Decimal& value);
std::optional<Decimal> exponential(const Decimal& value);
std::optional<Decimal> natural_logarithm(const Decimal& value);
std::optional<Decimal> logarithm(const Decimal& value, const Decimal& base);
std::optional<Decimal> power(const Decimal& value, const Decimal& exponent);

}  // namespace pas::fhirpath
