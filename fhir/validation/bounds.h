#pragma once
// Order of FHIR values, for minValue, maxValue and their like.

#include <cstddef>
#include <optional>
#include <string_view>

#include "fhir/json/document.h"

namespace pas::validation {

// -1, 0 or 1 by the order of `type` (integer, decimal, date, dateTime, instant, time, Quantity); nothing where the
// values cannot be compared: other units, or a precision that leaves it open.
std::optional<int> compare_values(json::Node value, json::Node bound, std::string_view type);

// Of UTF-8 text.
std::size_t characters_in(std::string_view text);

}  // namespace pas::validation
