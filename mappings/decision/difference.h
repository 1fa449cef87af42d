#pragma once
// What differs between two policy files, or two decision records, member by member.
//
// Elements of a list are matched by what names them (a criterion's id, a row's name, an input's name, a code system);
// lists of other objects, such as conditions, by what they have in common at both ends. Any thread.

#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/document.h"

namespace pas::decision {

struct Change {
  std::string place;   // "criteria LOW, met, any 1, that"; positions count from 1
  std::string before;  // JSON text; empty: not there
  std::string after;
  friend bool operator==(const Change&, const Change&) = default;
};

// In the order of `before`. Absent nodes count as not there.
std::vector<Change> compare_json(json::Node before, json::Node after, std::string_view place = {});

// Of two records of one item: the policy, the truth of each criterion, and the decision.
std::vector<Change> compare_records(json::Node before, json::Node after);

// For a terminal: the place, and below it the lines that went ("-") and came ("+").
std::string to_text(const std::vector<Change>& changes, std::size_t indent);

}  // namespace pas::decision
