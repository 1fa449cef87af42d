#pragma once
// One policy file, read and compiled. docs/policies.md describes the format for its authors.

#include <memory>
#include <optional>
#include <string_view>

#include "mappings/inputs/catalog.h"
#include "mappings/policy/policy.h"
#include "mappings/policy/reader.h"

namespace pas::policy {

// A policy with every check made but those between policies; null after mistakes, which the reader then holds. Its
// Policy::file and hash are for the caller to set.
std::unique_ptr<Policy> read_policy(Reader& reader, const inputs::Catalog& catalog);

// Text with {placeholders}, each the name of an input or one of `others`.
Template read_template(Reader& reader, json::Node text, const inputs::Catalog* catalog,
                       std::initializer_list<std::string_view> others);

}  // namespace pas::policy
