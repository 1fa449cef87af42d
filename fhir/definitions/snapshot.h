#pragma once
// Gives a StructureDefinition its snapshot: the one that it carries, or one made from its differential and its base
// (FHIR R4 Profiling, 5.1.0.6).

#include <string_view>
#include <unordered_map>

#include "fhir/base/result.h"
#include "fhir/definitions/definition_set.h"
#include "fhir/definitions/draft.h"
#include "fhir/definitions/package.h"

namespace pas::definitions {

class SnapshotMaker {
 public:
  // `package` and `known` (may be null) must outlive it.
  SnapshotMaker(const Package& package, const DefinitionSet* known);

  // With is_snapshot set; an error names the definition and what is missing.
  base::Result<StructureDraft> complete(json::Node definition);

 private:
  base::Result<StructureDraft> find(std::string_view canonical);

  std::unordered_map<std::string_view, json::Node> own_;
  const DefinitionSet* known_;
};

}  // namespace pas::definitions
