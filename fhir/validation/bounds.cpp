#include "fhir/validation/bounds.h"

#include <algorithm>

#include "fhir/fhirpath/decimal.h"
#include "fhir/fhirpath/temporal.h"

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

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace pas::validation
