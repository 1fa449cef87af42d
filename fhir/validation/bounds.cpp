#include "fhir/validation/bounds.h"

#include <algorithm>

#include "fhir/base/calendar.h"
#include "fhir/fhirpath/decimal.h"
#include "fhir/fhirpath/temporal.h"
#include "fhir/fhirpath/ucum.h"

namespace pas::validation {

std::optional<int> compare_values(json::Node value, json::Node bound, std::string_view type) {
  if (type == "Quantity") {
    for (const char* part : {"system", "code"}) {
      if (bound["code"] && value[part].text() != bound[part].text()) return std::nullopt;
    }
    if (!bound["code"] && bound["unit"] && value["unit"].text() != bound["unit"].text()) return std::nullopt;
    return compare_values(value["value"], bound["value"], "decimal");
  }
  if (type == "date" || type == "dateTime" || type == "instant") {
    const auto left = fhirpath::Temporal::parse_date_time(value.text());
    const auto right = fhirpath::Temporal::parse_date_time(bound.text());
    return left && right ? compare(*left, *right) : std::nullopt;
  }
  if (type == "time") {
    const auto left = fhirpath::Temporal::parse_time(value.text());
    const auto right = fhirpath::Temporal::parse_time(bound.text());
    return left && right ? compare(*left, *right) : std::nullopt;
  }
  const auto left = fhirpath::Decimal::parse(value.text());
  const auto right = fhirpath::Decimal::parse(bound.text());
  if (!left || !right) return std::nullopt;
  const auto order = *left <=> *right;
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

std::optional<int> compare_ucum(json::Node value, json::Node bound, bool& comparable) {
  namespace ucum = fhirpath::ucum;
  const auto left = ucum::parse(value["code"].text());
  const auto right = ucum::parse(bound["code"].text());
  comparable = !left || !right || left->dimensions == right->dimensions;
  const auto left_value = fhirpath::Decimal::parse(value["value"].text());
  const auto right_value = fhirpath::Decimal::parse(bound["value"].text());
  if (!left || !right || !comparable || !left_value || !right_value) return std::nullopt;
  const auto in_base = [](const fhirpath::Decimal& number, const ucum::Unit& unit) {
    using boost::multiprecision::cpp_int;
    const ucum::Rational exact(cpp_int(number.unscaled()),
                               boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(number.scale())));
    return ucum::Rational((exact + unit.offset) * unit.factor);
  };
  const ucum::Rational a = in_base(*left_value, *left);
  const ucum::Rational b = in_base(*right_value, *right);
  return a < b ? -1 : a > b ? 1 : 0;
}

std::optional<fhirpath::Temporal> date_after(std::chrono::system_clock::time_point now, json::Node duration, int sign) {
  using Unit = fhirpath::Temporal::Unit;
  const auto amount = fhirpath::Decimal::parse(duration["value"].text());
  if (!amount || !amount->is_whole() || !amount->to_int64()) return std::nullopt;
  const std::string_view code = duration["code"].text();
  Unit unit = Unit::kDay;
  if (code == "a") {
    unit = Unit::kYear;
  } else if (code == "mo") {
    unit = Unit::kMonth;
  } else if (code == "wk") {
    unit = Unit::kWeek;
  } else if (code != "d") {
    return std::nullopt;
  }
  return fhirpath::Temporal::of(base::utc_date(now)).plus(sign * *amount->to_int64(), unit);
}

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace pas::validation
