#include "fhir/fhirpath/quantities.h"

#include <algorithm>
#include <array>
#include <utility>

#include "fhir/fhirpath/ucum.h"

namespace pas::fhirpath {
namespace {

using boost::multiprecision::cpp_int;
using ucum::Rational;

struct CalendarName {
  std::string_view word;
  std::string_view ucum;
  Temporal::Unit unit;
};
constexpr auto kCalendar = std::to_array<CalendarName>({
    {"year", "a", Temporal::Unit::kYear},
    {"month", "mo", Temporal::Unit::kMonth},
    {"week", "wk", Temporal::Unit::kWeek},
    {"day", "d", Temporal::Unit::kDay},
    {"hour", "h", Temporal::Unit::kHour},
    {"minute", "min", Temporal::Unit::kMinute},
    {"second", "s", Temporal::Unit::kSecond},
    {"millisecond", "ms", Temporal::Unit::kMillisecond},
});

const CalendarName* find_calendar(std::string_view word) {
  if (word.ends_with('s')) word.remove_suffix(1);
  const auto* const found = std::ranges::find(kCalendar, word, &CalendarName::word);
  return found == kCalendar.end() ? nullptr : found;
}

bool is_calendar_year_or_month(const Quantity& quantity) {
  return quantity.is_calendar && (quantity.unit == "year" || quantity.unit == "month");
}

std::string_view ucum_code(const Quantity& quantity) {
  const CalendarName* calendar = quantity.is_calendar ? find_calendar(quantity.unit) : nullptr;
  return calendar == nullptr ? quantity.unit : calendar->ucum;
}

// Both units in the same dimensions, or nothing.
std::optional<std::pair<ucum::Unit, ucum::Unit>> common_units(const Quantity& left, const Quantity& right) {
  if (!left.is_ucum || !right.is_ucum) return std::nullopt;
  auto a = ucum::parse(ucum_code(left));
  auto b = ucum::parse(ucum_code(right));
  if (!a || !b || a->dimensions != b->dimensions) return std::nullopt;
  const bool a_calendar = is_calendar_year_or_month(left);
  const bool b_calendar = is_calendar_year_or_month(right);
  if (a_calendar || b_calendar) {
    if (!left.is_calendar || !right.is_calendar) return std::nullopt;
    if (a_calendar && b_calendar) {
      a->factor = left.unit == "year" ? 12 : 1;
      b->factor = right.unit == "year" ? 12 : 1;
    } else {
      const auto span = [](const Quantity& quantity) {
        return Rational((quantity.unit == "year" ? 365 : 30) * 86'400);
      };
      if (a_calendar) a->factor = span(left);
      if (b_calendar) b->factor = span(right);
    }
  }
  return std::pair(std::move(*a), std::move(*b));
}

bool same_unit(const Quantity& left, const Quantity& right) {
  return left.unit == right.unit && left.is_calendar == right.is_calendar && left.is_ucum == right.is_ucum;
}

Rational rational(const Decimal& value) {
  std::string digits = value.to_string();
  const bool negative = digits.front() == '-';
  std::erase_if(digits, [](char c) { return c == '.' || c == '-'; });
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  const Rational result(cpp_int(digits), pow(cpp_int(10), static_cast<unsigned>(value.scale())));
  return negative ? Rational(-result) : result;
}

// Exact when it can be, else rounded to 28 significant digits.
std::optional<Decimal> decimal(const Rational& value) {
  const cpp_int top = abs(numerator(value));
  const cpp_int bottom = denominator(value);
  const cpp_int limit = pow(cpp_int(10), static_cast<unsigned>(Decimal::kMaxDigits));
  const cpp_int enough = pow(cpp_int(10), static_cast<unsigned>(Decimal::kQuotientDigits - 1));
  cpp_int scaled = top;
  for (int scale = 0; scale <= Decimal::kMaxDigits; ++scale, scaled *= 10) {
    cpp_int quotient;
    cpp_int rest;
    divide_qr(scaled, bottom, quotient, rest);
    if (quotient >= limit) return std::nullopt;
    if (rest != 0 && quotient < enough && scale < Decimal::kMaxDigits) continue;
    if (rest * 2 >= bottom) ++quotient;
    const auto parsed = Decimal::parse(quotient.str());
    if (!parsed) return std::nullopt;
    return Decimal(value < 0 ? -parsed->unscaled() : parsed->unscaled(), scale);
  }
  return std::nullopt;
}

Rational in_base(const Decimal& value, const ucum::Unit& unit) {
  return (rational(value) + unit.offset) * unit.factor;
}

}  // namespace

std::optional<Temporal::Unit> calendar_unit(std::string_view word) {
  const CalendarName* found = find_calendar(word);
  return found == nullptr ? std::nullopt : std::optional(found->unit);
}

std::string_view calendar_word(Temporal::Unit unit) {
  return std::ranges::find(kCalendar, unit, &CalendarName::unit)->word;
}

std::optional<Temporal::Unit> arithmetic_unit(const Quantity& quantity) {
  if (const auto unit = calendar_unit(quantity.unit)) return unit;
  const auto* const found = std::ranges::find(kCalendar, quantity.unit, &CalendarName::ucum);
  if (found == kCalendar.end() || found->unit < Temporal::Unit::kWeek) return std::nullopt;
  return found->unit;
}

std::optional<int> compare(const Quantity& left, const Quantity& right) {
  const auto sign = [](const auto& a, const auto& b) { return a < b ? -1 : (b < a ? 1 : 0); };
  if (same_unit(left, right)) return sign(left.value, right.value);
  const auto units = common_units(left, right);
  if (!units) return std::nullopt;
  return sign(in_base(left.value, units->first), in_base(right.value, units->second));
}

bool comparable(const Quantity& left, const Quantity& right) {
  return same_unit(left, right) || common_units(left, right).has_value();
}

bool equivalent(const Quantity& left, const Quantity& right) {
  if (same_unit(left, right)) return equivalent(left.value, right.value);
  Quantity a = left;
  Quantity b = right;
  if (left.is_calendar != right.is_calendar) {
    a.unit = ucum_code(left);
    b.unit = ucum_code(right);
    a.is_calendar = b.is_calendar = false;
    if (a.unit == b.unit) return equivalent(a.value, b.value);
  }
  const auto units = common_units(a, b);
  if (!units) return false;
  const bool left_is_coarser = units->first.factor >= units->second.factor;
  const auto converted = left_is_coarser ? convert(b, a) : convert(a, b);
  return converted && (left_is_coarser ? equivalent(a.value, *converted) : equivalent(*converted, b.value));
}

std::optional<Decimal> convert(const Quantity& quantity, const Quantity& unit) {
  if (same_unit(quantity, unit)) return quantity.value;
  const auto units = common_units(quantity, unit);
  if (!units) return std::nullopt;
  return decimal(in_base(quantity.value, units->first) / units->second.factor - units->second.offset);
}

std::optional<Sum> add(const Quantity& left, const Quantity& right, bool negate_right) {
  bool in_left_unit = true;
  if (!same_unit(left, right)) {
    const auto units = common_units(left, right);
    if (!units) return std::nullopt;
    in_left_unit = units->first.factor <= units->second.factor;
  }
  const auto a = in_left_unit ? std::optional(left.value) : convert(left, right);
  const auto b = in_left_unit ? convert(right, left) : std::optional(right.value);
  if (!a || !b) return std::nullopt;
  const auto sum = negate_right ? subtract(*a, *b) : add(*a, *b);
  if (!sum) return std::nullopt;
  return Sum{*sum, in_left_unit};
}

std::string product_unit(const Quantity& left, const Quantity& right) {
  const std::string a(ucum_code(left));
  const std::string b(ucum_code(right));
  if (a == "1" || b == "1") return a == "1" ? b : a;
  return a + "." + (b.find_first_of("./") == std::string::npos ? b : "(" + b + ")");
}

std::string quotient_unit(const Quantity& left, const Quantity& right) {
  std::string a(ucum_code(left));
  const std::string b(ucum_code(right));
  if (a == b) return "1";
  if (b == "1") return a;
  const std::string divisor = b.find_first_of("./") == std::string::npos ? b : "(" + b + ")";
  return (a == "1" ? "/" : a + "/") + divisor;
}

bool equivalent(const Decimal& left, const Decimal& right) {
  const int scale = std::min(left.trimmed().scale(), right.trimmed().scale());
  const auto a = left.rescaled(scale, Decimal::Rounding::kHalfUp);
  const auto b = right.rescaled(scale, Decimal::Rounding::kHalfUp);
  return a && b && *a == *b;
}

std::string to_string(const Quantity& quantity) {
  const std::string value = quantity.value.to_string();
  if (!quantity.is_calendar) return value + " '" + std::string(quantity.unit) + "'";
  const bool is_one = quantity.value == Decimal(1) || quantity.value == Decimal(-1);
  return value + " " + std::string(quantity.unit) + (is_one ? "" : "s");
}

}  // namespace pas::fhirpath
