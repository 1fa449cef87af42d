#pragma once
// One element of a list of documents: {"date", "type", "signed", "prescriber": {"npi", "type", "enrolled"}, "source"},
// by the ways that the catalog's kind of document names (policy page §1). A member that is not known is left out.

#include <optional>
#include <string>
#include <vector>

#include "fhir/fhirpath/evaluation.h"
#include "mappings/inputs/catalog.h"
#include "mappings/inputs/compiled_catalog.h"
#include "mappings/inputs/documents.h"
#include "mappings/inputs/people.h"

namespace pas::inputs {

struct DocumentRecord {
  std::string value;  // JSON text
  std::vector<std::string> sources;
  std::string note;
};

class DocumentRecords {
 public:
  DocumentRecords(const Catalog& catalog, Documents& documents, People& people, fhirpath::Evaluation& evaluation)
      : catalog_(catalog), documents_(documents), people_(people), evaluation_(evaluation) {}

  // The document must count: see Documents::read().
  DocumentRecord read(json::Node resource, const DocumentKind& kind, const InputDefinition& definition);

 private:
  std::optional<base::Date> read_date(json::Node resource, const DocumentKind& kind, const DocumentFacts* facts,
                                      DocumentRecord& record);
  bool read_signed(json::Node resource, const DocumentKind& kind, const DocumentFacts* facts, DocumentRecord& record);
  std::optional<Person> read_prescriber(json::Node resource, const DocumentKind& kind, const DocumentFacts* facts,
                                        std::optional<base::Date> date);
  json::Node type_of(json::Node resource) const;

  const Catalog& catalog_;
  Documents& documents_;
  People& people_;
  fhirpath::Evaluation& evaluation_;
};

}  // namespace pas::inputs
