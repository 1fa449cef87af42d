#pragma once
// Compiles a FHIR package into a table: facts only (paths, cardinalities, types, bindings, slices, fixed and pattern
// values, invariants, codes), no prose.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "fhir/definitions/definition_set.h"
#include "fhir/definitions/package.h"

namespace pas::definitions {

struct Compilation {
  std::string table;                 // for table::Table::open, or table::compress to store it
  std::vector<std::string> remarks;  // definitions left out and why, sorted as met: for the operator, once
};

// `known` (may be null) holds what the package builds on: bases of its profiles, code systems of its value sets.
// The same package and set give the same bytes.
Compilation compile(const Package& package, const DefinitionSet* known);

// Reads and compiles packages (.tgz, folder; .pasdef, a table as table::compress() gives it), each after those of them
// that it depends on, and links them, the last first, before the tables of `base` (may be null). An error names the
// package.
base::Result<std::shared_ptr<const DefinitionSet>> load_packages(const std::vector<std::filesystem::path>& paths,
                                                                 const std::shared_ptr<const DefinitionSet>& base,
                                                                 std::vector<std::string>& remarks);

}  // namespace pas::definitions
