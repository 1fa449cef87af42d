#include <boost/multiprecision/cpp_dec_float.hpp>
#include <cstdlib>
#include <string>

#include "fhir/fhirpath/decimal.h"

namespace pas::fhirpath {
namespace {

// Wide enough that 28 digits are right after a logarithm's quotient or a power.
using Real = boost::multiprecision::number<boost::multiprecision::cpp_dec_float<60>, boost::multiprecision::et_off>;

Real real(const Decimal& value) {
  return Real(value.to_string());
}

std::optional<Decimal> decimal(const Real& value) {
  if (!boost::multiprecision::isfinite(value)) return std::nullopt;
  const Real size = abs(value);
  if (size >= Real("1e38")) return std::nullopt;
  if (size < Real("1e-38")) return Decimal(0);
  // 28 significant digits, and no place beyond the 38th.
  const auto text = value.str(Decimal::kQuotientDigits, std::ios_base::scientific);
  const auto exponent_at = text.find('e');
  const int exponent = std::atoi(text.c_str() + exponent_at + 1);  // NOLINT(cert-err34-c): Boost wrote the number
  const int places = std::min(Decimal::kQuotientDigits - 1 - exponent, Decimal::kMaxDigits);
  const auto parsed = Decimal::parse(value.str(std::max(places, 0), std::ios_base::fixed));
  if (!parsed) return std::nullopt;
  return parsed->trimmed();
}

}  // namespace

std::optional<Decimal> square_root(const Decimal& value) {
  if (value.is_negative()) return std::nullopt;
  return decimal(sqrt(real(value)));
}

std::optional<Decimal> exponential(const Decimal& value) {
  if (value > Decimal(88)) return std::nullopt;  // e^88 > 10^38
  if (value < Decimal(-88)) return Decimal(0);
  return decimal(exp(real(value)));
}

std::optional<Decimal> natural_logarithm(const Decimal& value) {
  if (value <= Decimal(0)) return std::nullopt;
  return decimal(log(real(value)));
}

std::optional<Decimal> logarithm(const Decimal& value, const Decimal& base) {
  if (value <= Decimal(0) || base <= Decimal(0) || base == Decimal(1)) return std::nullopt;
  return decimal(log(real(value)) / log(real(base)));
}

std::optional<Decimal> power(const Decimal& value, const Decimal& exponent) {
  if (exponent.is_whole() && exponent >= Decimal(0) && exponent <= Decimal(1024)) {  // exact while it fits
    std::optional<Decimal> result = Decimal(1);
    for (auto left = exponent.to_int64().value_or(0); left > 0 && result; --left) result = multiply(*result, value);
    return result;
  }
  if (value.is_zero()) return exponent.is_negative() ? std::nullopt : std::optional(Decimal(0));
  if (value.is_negative() && !exponent.is_whole()) return std::nullopt;
  const Real size = exp(real(exponent) * log(abs(real(value))));
  const bool odd = value.is_negative() && !remainder(exponent, Decimal(2))->is_zero();
  return decimal(odd ? -size : size);
}

}  // namespace pas::fhirpath
