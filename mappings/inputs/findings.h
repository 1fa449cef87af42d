#pragma once
// The values that an input's sources have, and how they become the input: one value if all agree, or a list.

#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/document.h"
#include "mappings/inputs/catalog.h"
#include "mappings/inputs/compiled_catalog.h"
#include "mappings/inputs/input_set.h"

namespace pas::inputs {

struct Finding {
  std::string value;                 // JSON text
  std::string key;                   // equal for values that agree; what a note shows
  std::vector<std::string> sources;  // where it stands
  std::string_view system;           // of a code: its canonical URI, owned by the value sets
  std::string code = {};
};

// Known, or in conflict; nothing changes without findings.
void settle(Input& input, const std::vector<Finding>& findings);

// Known as a list of all findings, each once. No document is a list too, an empty one; no code is nothing known, and
// neither are codes of which the recipe's map leads none to what value sets are made of.
void collect(Input& input, const std::vector<Finding>& findings, const Recipe& recipe, Type type,
             const ValueSets& value_sets);

// Adds a code, if its system is one of the recipe's and the source takes it. `place` is where it was found.
struct FoundCode {
  std::string_view system;  // any URI of the system
  std::string_view code;
  std::string place;
};
void read_code(const FoundCode& found, const Source& source, const Recipe& recipe, Type type,
               const ValueSets& value_sets, std::vector<Finding>& findings);
// The same for a Coding.
void read_coding(json::Node coding, const Source& source, const Recipe& recipe, Type type, const ValueSets& value_sets,
                 std::vector<Finding>& findings);

// Adds a primitive's value, or notes why it is not one of the type.
void read_scalar(json::Node node, const Recipe& recipe, Type type, Input& input, std::vector<Finding>& findings);

// Joins notes, each once.
void add_note(std::string& note, std::string_view text);

}  // namespace pas::inputs
