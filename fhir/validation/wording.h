#pragma once
// Small parts of messages.

#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/document.h"

namespace pas::validation {

// In double quotes; a long text is cut.
std::string in_quotes(std::string_view text);

// "a string", "null", "an array", … with the value of a short scalar.
std::string in_words(json::Node value);

// The name nearest to `name` by edits, empty when none is near.
std::string_view nearest_of(std::string_view name, const std::vector<std::string_view>& names);

// "a, b and 12 more"
std::string listed(const std::vector<std::string>& names, std::size_t total);

}  // namespace pas::validation
