#pragma once
// Finds a comparison of an input with a constant that the input can never have: a word that is not among its words, or
// a constant of another type. FHIRPath itself would answer false to both.

#include <optional>
#include <string>
#include <string_view>

#include "mappings/inputs/catalog.h"

namespace pas::policy {

struct Misfit {
  std::size_t position = 0;  // of the constant in the expression
  std::string message;
};
// In `path = constant`, `!=`, `<`, `>`, `<=`, `>=` and `path in (constant | …)`. Inputs of the elements of `list` (null
// for the whole document) have no declared types and pass.
std::optional<Misfit> find_misfit(std::string_view expression, const inputs::Catalog& catalog,
                                  const inputs::InputDefinition* list);

}  // namespace pas::policy
