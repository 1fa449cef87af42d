#pragma once
// Inputs as a person reads them, and the notes of a policy filled with them.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/json/document.h"
#include "mappings/inputs/input_set.h"
#include "mappings/policy/policy.h"

namespace pas::decision {

// A value's JSON text for a reader: strings without quotes, true and false as yes and no, codes by their codes, other
// lists by how many there are.
std::string readable(std::string_view json);
std::string readable(json::Node value);
// The value so, or that it is not known or in conflict.
std::string readable(const inputs::Input& input);

// What an input, or a member of a list input, is called: the catalog's title, once for each.
std::vector<std::string> titles_of(const std::vector<std::string>& names, const inputs::Catalog& catalog);

// "a", "a and b", "a, b and c".
std::string enumerated(const std::vector<std::string>& words);

// `others` are placeholders that are no inputs.
std::string fill(const policy::Template& text, const inputs::InputSet& inputs,
                 const std::vector<std::pair<std::string_view, std::string>>& others);

}  // namespace pas::decision
