#pragma once
// What C++ makes of the elements that a catalog's path finds, where FHIRPath cannot say it: calendar arithmetic and
// units. Plain functions; any thread.

#include <string>
#include <vector>

#include "fhir/base/calendar.h"
#include "fhir/json/document.h"
#include "mappings/inputs/compiled_catalog.h"

namespace pas::inputs {

// What was read of one element. Without a value, `problem` says why it could not be read; empty where the element says
// nothing of the matter (a date where a period was looked for).
struct Reading {
  std::string value;             // JSON text
  std::vector<json::Node> used;  // the elements that the value rests on
  std::string problem;           // after the element's path: "ends before it begins"
};

Reading read_months_begun(json::Node period);
Reading read_hours(json::Node repeat);
// In `unit`, a UCUM code. A Quantity with a comparator, or in a unit that does not convert, cannot be read.
Reading read_quantity(json::Node quantity, std::string_view unit);
Reading read_age(json::Node birth_date, base::Date request_date);
// The first service day is the item's servicedDate or the start of its servicedPeriod, else the request date.
Reading read_in_force(json::Node coverage, json::Node item, base::Date request_date);

// A string as JSON text.
std::string json_string(std::string_view text);

}  // namespace pas::inputs
