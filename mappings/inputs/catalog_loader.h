#pragma once
// Checks inputs.json and compiles it. Every mistake is noted in `file`; what is built is of use only when there is
// none.

#include <vector>

#include "mappings/inputs/catalog.h"
#include "mappings/inputs/compiled_catalog.h"
#include "mappings/inputs/data_file.h"

namespace pas::inputs {

void load_catalog(DataFile& file, const ValueSets& value_sets, std::vector<InputDefinition>& definitions,
                  CompiledCatalog& compiled);

// Compiles expressions of one file; variables become known one after the other.
class ExpressionLoader {
 public:
  ExpressionLoader(DataFile& file, const ValueSets& value_sets);

  // Nothing after a mistake, which is noted in the string.
  std::optional<fhirpath::Program> compile(json::Node string);
  void declare(std::string_view variable) { variables_.emplace_back(variable); }

 private:
  DataFile& file_;
  const ValueSets& value_sets_;
  std::vector<std::string> variables_;
};

// A string that must be one of `names`: its index.
template <class Names>
std::optional<std::size_t> index_of(DataFile& file, json::Node string, const Names& names) {
  if (!string) return std::nullopt;
  std::size_t index = 0;
  for (const auto& name : names) {
    if (string.is_string() && string.text() == name) return index;
    ++index;
  }
  file.error(string, "\"" + std::string(string.text()) + "\" is unknown here; known: " + one_of(names));
  return std::nullopt;
}

// The "documentKinds" and "people" sections.
void load_document_kinds(DataFile& file, const ValueSets& value_sets, ExpressionLoader& expressions,
                         CompiledCatalog& compiled);

}  // namespace pas::inputs
