#include "fhir/definitions/snapshot.h"

namespace pas::definitions {

SnapshotMaker::SnapshotMaker(const Package& package, const DefinitionSet* known) : known_(known) {
  for (const json::Document& document : package.structures) {
    own_.emplace(document.root()["url"].text(), document.root());
  }
}

base::Result<StructureDraft> SnapshotMaker::complete(json::Node definition) {
  StructureDraft draft = read_structure(definition);
  if (draft.is_snapshot) return draft;
  return base::invalid(draft.url + ": has no snapshot");
}

}  // namespace pas::definitions
