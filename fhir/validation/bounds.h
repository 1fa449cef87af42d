#pragma once
// Order of FHIR values, for minValue, maxValue and their like.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "fhir/fhirpath/temporal.h"
#include "fhir/json/document.h"

namespace pas::validation {

// -1, 0 or 1 by the order of `type` (integer, decimal, date, dateTime, instant, time, Quantity); nothing where the
// values cannot be compared: other units, or a precision that leaves it open.
std::optional<int> compare_values(json::Node value, json::Node bound, std::string_view type);

// The same for Quantities with UCUM codes, converted where the units measure the same; `comparable` tells whether they
// do.
std::optional<int> compare_ucum(json::Node value, json::Node bound, bool& comparable);

// The date that a Duration before (`sign` -1) or after (1) `now` is; nothing for units that are no part of a calendar.
std::optional<fhirpath::Temporal> date_after(std::chrono::system_clock::time_point now, json::Node duration, int sign);

// Of UTF-8 text.
std::size_t characters_in(std::string_view text);

}  // namespace pas::validation
