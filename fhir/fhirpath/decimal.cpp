#include "fhir/fhirpath/decimal.h"

#include <algorithm>
#include <array>
#include <boost/multiprecision/cpp_int.hpp>

namespace pas::fhirpath {
namespace {

using Wide = boost::multiprecision::int512_t;

constexpr std::array<UInt128, Decimal::kMaxDigits + 1> make_powers() {
  std::array<UInt128, Decimal::kMaxDigits + 1> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}
constexpr auto kPowers = make_powers();

Int128 power_of_ten(int exponent) {
  return static_cast<Int128>(kPowers[static_cast<std::size_t>(exponent)]);
}

UInt128 magnitude(Int128 value) {
  return value < 0 ? UInt128{0} - static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

bool fits(Int128 value) {
  return magnitude(value) < kPowers[Decimal::kMaxDigits];
}

int digit_count(UInt128 value) {
  return static_cast<int>(std::ranges::upper_bound(kPowers, value) - kPowers.begin());
}

Wide wide(Int128 value) {
  const UInt128 size = magnitude(value);
  Wide result = static_cast<std::uint64_t>(size >> 64U);
  result <<= 64U;
  result += static_cast<std::uint64_t>(size);
  return value < 0 ? Wide(-result) : result;
}

Int128 narrow(const Wide& value) {
  const Wide size = abs(value);
  const auto high = static_cast<std::uint64_t>(size >> 64U);
  const auto low = static_cast<std::uint64_t>(size & Wide(UINT64_MAX));
  const auto result = static_cast<Int128>((UInt128{high} << 64U) | low);
  return value < 0 ? -result : result;
}

Wide wide_power(int exponent) {
  Wide result = 1;
  for (; exponent > 0; exponent -= std::min(exponent, 18)) result *= wide(power_of_ten(std::min(exponent, 18)));
  return result;
}

// Half away from zero.
Wide rounded_quotient(const Wide& value, const Wide& divisor) {
  Wide quotient;
  Wide rest;
  divide_qr(value, divisor, quotient, rest);
  if (abs(rest) * 2 >= abs(divisor)) quotient += (value < 0) == (divisor < 0) ? 1 : -1;
  return quotient;
}

// As many digits after the point as fit.
std::optional<Decimal> from_wide(Wide value, int scale) {
  const Wide limit = wide(power_of_ten(Decimal::kMaxDigits));
  const Wide exact = value;
  int dropped = 0;
  while (scale - dropped > Decimal::kMaxDigits || abs(value) >= limit) {
    if (dropped == scale) return std::nullopt;
    ++dropped;
    value = rounded_quotient(exact, wide_power(dropped));
  }
  return Decimal(narrow(value), scale - dropped);
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
  std::size_t at = 0;
  bool negative = false;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
  UInt128 value = 0;
  int digits = 0;  // significant ones
  int scale = 0;
  bool seen_point = false;
  bool seen_digit = false;
  bool digit_after_point = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !seen_point && seen_digit) {
      seen_point = true;
      continue;
    }
    if (c < '0' || c > '9') break;
    seen_digit = true;
    digit_after_point = seen_point;
    if (seen_point && ++scale > kMaxDigits) return std::nullopt;
    if ((digits > 0 || c != '0') && ++digits > kMaxDigits) return std::nullopt;
    value = value * 10 + static_cast<UInt128>(c - '0');
  }
  if (!seen_digit || (seen_point && !digit_after_point)) return std::nullopt;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    bool negative_exponent = false;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative_exponent = text[at++] == '-';
    if (at == text.size()) return std::nullopt;
    int exponent = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && exponent <= 2 * kMaxDigits; ++at) {
      exponent = exponent * 10 + (text[at] - '0');
    }
    scale += negative_exponent ? exponent : -exponent;
    if (scale < 0) {
      if (value != 0 && digits - scale > kMaxDigits) return std::nullopt;
      if (value != 0) value *= kPowers[static_cast<std::size_t>(-scale)];
      scale = 0;
    }
    if (scale > kMaxDigits) return std::nullopt;
  }
  if (at != text.size()) return std::nullopt;
  const auto result = static_cast<Int128>(value);
  return Decimal(negative ? -result : result, scale);
}

std::string Decimal::to_string() const {
  std::string digits;
  UInt128 rest = magnitude(unscaled_);
  for (int written = 0; rest != 0 || written <= scale_; ++written) {
    if (written == scale_ && scale_ > 0) digits += '.';
    digits += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  if (unscaled_ < 0) digits += '-';
  std::ranges::reverse(digits);
  return digits;
}

std::optional<std::int64_t> Decimal::to_int64() const {
  const Int128 whole = unscaled_ / power_of_ten(scale_);
  if (whole > INT64_MAX || whole < INT64_MIN) return std::nullopt;
  return static_cast<std::int64_t>(whole);
}

bool Decimal::is_whole() const {
  return unscaled_ % power_of_ten(scale_) == 0;
}

std::optional<Decimal> Decimal::rescaled(int scale, Rounding mode) const {
  if (scale < 0 || scale > kMaxDigits) return std::nullopt;
  if (scale >= scale_) {
    const int more = scale - scale_;
    if (unscaled_ != 0 && digit_count(magnitude(unscaled_)) + more > kMaxDigits) return std::nullopt;
    return Decimal(unscaled_ * power_of_ten(more), scale);
  }
  const Int128 divisor = power_of_ten(scale_ - scale);
  Int128 quotient = unscaled_ / divisor;
  const Int128 rest = unscaled_ % divisor;
  const Int128 away = unscaled_ < 0 ? -1 : 1;
  switch (mode) {
    case Rounding::kHalfUp:
      if (magnitude(rest) >= magnitude(divisor) - magnitude(rest)) quotient += away;
      break;
    case Rounding::kFloor:
      if (rest < 0) quotient -= 1;
      break;
    case Rounding::kCeiling:
      if (rest > 0) quotient += 1;
      break;
    case Rounding::kTruncate:
      break;
  }
  if (!fits(quotient)) return std::nullopt;
  return Decimal(quotient, scale);
}

Decimal Decimal::trimmed(int least) const {
  Int128 value = unscaled_;
  int scale = scale_;
  while (scale > least && value % 10 == 0) {
    value /= 10;
    --scale;
  }
  return {value, scale};
}

std::strong_ordering operator<=>(const Decimal& left, const Decimal& right) {
  if (left.scale_ == right.scale_) return left.unscaled_ <=> right.unscaled_;
  const Int128 left_whole = left.unscaled_ / power_of_ten(left.scale_);
  const Int128 right_whole = right.unscaled_ / power_of_ten(right.scale_);
  if (left_whole != right_whole) return left_whole <=> right_whole;
  // Equal whole parts: the rests are below one, so that 38 digits hold them at any scale.
  const auto rest = [](const Decimal& value) {
    return (value.unscaled_ % power_of_ten(value.scale_)) * power_of_ten(Decimal::kMaxDigits - value.scale_);
  };
  return rest(left) <=> rest(right);
}

std::optional<Decimal> add(const Decimal& left, const Decimal& right) {
  if (left.scale() == right.scale()) {
    Int128 sum = 0;
    if (!__builtin_add_overflow(left.unscaled(), right.unscaled(), &sum) && fits(sum))
      return Decimal(sum, left.scale());
  }
  const int scale = std::max(left.scale(), right.scale());
  return from_wide(wide(left.unscaled()) * wide_power(scale - left.scale()) +
                       wide(right.unscaled()) * wide_power(scale - right.scale()),
                   scale);
}

std::optional<Decimal> subtract(const Decimal& left, const Decimal& right) {
  return add(left, right.negated());
}

std::optional<Decimal> multiply(const Decimal& left, const Decimal& right) {
  return from_wide(wide(left.unscaled()) * wide(right.unscaled()), left.scale() + right.scale());
}

std::optional<Decimal> divide(const Decimal& left, const Decimal& right) {
  if (right.is_zero()) return std::nullopt;
  if (left.is_zero()) return Decimal(0);
  // Scaled so that the quotient has 28 significant digits or one more, but never digits beyond the 38th place.
  const int digits = digit_count(magnitude(left.unscaled())) - digit_count(magnitude(right.unscaled()));
  int shift = Decimal::kQuotientDigits - digits;
  int scale = shift + left.scale() - right.scale();
  if (scale > Decimal::kMaxDigits) {
    shift -= scale - Decimal::kMaxDigits;
    scale = Decimal::kMaxDigits;
  }
  if (scale < 0) {
    shift -= scale;
    scale = 0;
  }
  const Wide value = shift >= 0 ? rounded_quotient(wide(left.unscaled()) * wide_power(shift), wide(right.unscaled()))
                                : rounded_quotient(wide(left.unscaled()), wide(right.unscaled()) * wide_power(-shift));
  const auto quotient = from_wide(value, scale);
  if (!quotient) return std::nullopt;
  return quotient->trimmed(std::min(std::max(0, left.scale() - right.scale()), quotient->scale()));
}

std::optional<Decimal> truncated_quotient(const Decimal& left, const Decimal& right) {
  if (right.is_zero()) return std::nullopt;
  const int scale = std::max(left.scale(), right.scale());
  return from_wide(wide(left.unscaled()) * wide_power(scale - left.scale()) /
                       (wide(right.unscaled()) * wide_power(scale - right.scale())),
                   0);
}

std::optional<Decimal> remainder(const Decimal& left, const Decimal& right) {
  if (right.is_zero()) return std::nullopt;
  const int scale = std::max(left.scale(), right.scale());
  return from_wide((wide(left.unscaled()) * wide_power(scale - left.scale())) %
                       (wide(right.unscaled()) * wide_power(scale - right.scale())),
                   scale);
}

}  // namespace pas::fhirpath
