#pragma once
// Quantities (FHIRPath 2.0.0, Quantity; Time-valued Quantities): comparison and arithmetic across units.
//
// Calendar durations: days to milliseconds equal their UCUM units; year and month do not ('a' and 'mo' are fixed
// spans), but are equivalent (~) to them. Among themselves 1 year is 12 months, and against days 365 or, a month, 30.

#include <optional>
#include <string>
#include <string_view>

#include "fhir/fhirpath/item.h"

namespace pas::fhirpath {

// The calendar unit of a word ("day", "days"); nothing for another word.
std::optional<Temporal::Unit> calendar_unit(std::string_view word);
std::string_view calendar_word(Temporal::Unit unit);  // in the singular
// The unit that Date/Time arithmetic takes for the quantity's: a calendar word, or a UCUM code up to 'wk'. 'a' and 'mo'
// have none.
std::optional<Temporal::Unit> arithmetic_unit(const Quantity& quantity);

// -1, 0, 1; nothing when the units do not convert into each other.
std::optional<int> compare(const Quantity& left, const Quantity& right);
bool comparable(const Quantity& left, const Quantity& right);
// ~: after conversion to the coarser unit, equal when rounded to the less precise value's digits.
bool equivalent(const Quantity& left, const Quantity& right);

// The value of `quantity` in another unit; nothing when it does not convert.
std::optional<Decimal> convert(const Quantity& quantity, const Quantity& unit);
// In the finer unit of the two.
struct Sum {
  Decimal value;
  bool in_left_unit;
};
std::optional<Sum> add(const Quantity& left, const Quantity& right, bool negate_right);
// The UCUM code of a product's or quotient's unit, "1" when it has none.
std::string product_unit(const Quantity& left, const Quantity& right);
std::string quotient_unit(const Quantity& left, const Quantity& right);

// ~ of two decimals: equal when rounded to the fewer digits after the point, trailing zeros aside.
bool equivalent(const Decimal& left, const Decimal& right);

// "10.5 'mg'", "1 week".
std::string to_string(const Quantity& quantity);

}  // namespace pas::fhirpath
