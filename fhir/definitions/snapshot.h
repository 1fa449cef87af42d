#pragma once
// Gives a StructureDefinition its snapshot: the one that it carries, or one made from its differential and its base
// (FHIR R4 Profiling, 5.1.0.6).

#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

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
  using Elements = std::vector<ElementDraft>;

  base::Result<StructureDraft> find(std::string_view canonical);
  // False when the element has no place in the base.
  bool apply(ElementDraft change, Elements& elements);
  std::optional<std::size_t> place_of(std::string_view id, Elements& elements);
  std::optional<std::size_t> add_slice(std::size_t parent, std::string_view name, std::string_view slice,
                                       Elements& elements);
  std::optional<std::size_t> add_choice_type(std::size_t parent, std::string_view name, Elements& elements);
  // Puts an element's type's own elements below it.
  void unfold(std::size_t at, Elements& elements);

  std::unordered_map<std::string_view, json::Node> own_;
  const DefinitionSet* known_;
  std::vector<std::string> in_progress_;  // against bases in a ring
};

}  // namespace pas::definitions
