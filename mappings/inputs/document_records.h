#pragma once
// One element of a list of documents: {"date", "type", "signed", "prescriber": {"npi", "type", "enrolled"}, "source",
// "readable", "pdf": {…}, "signature": {"verified"}, "text": {…}}, the members that the input asks for, by the ways
// that the catalog's kind of document names (policy page §1). A member that is not known is left out.

#include <optional>
#include <string>
#include <vector>

#include "fhir/fhirpath/evaluation.h"
#include "fhir/json/writer.h"
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
  struct Signatures {  // of the Provenances on a resource, of the types that count
    std::vector<json::Node> counted;
    json::Node verified;
    bool any_refused = false;
    std::string problem;  // why one is not verified
  };
  Signatures read_signatures(json::Node resource);

  std::optional<base::Date> read_date(json::Node resource, const DocumentKind& kind, const DocumentFacts* facts,
                                      DocumentRecord& record);
  // Nothing when only a verified signature would do, and it cannot be told whether there is one.
  std::optional<bool> read_signed(json::Node resource, const DocumentKind& kind, const DocumentFacts* facts,
                                  DocumentRecord& record);
  std::optional<bool> ask_text(const TextQuestion& question, const DocumentFacts& facts, DocumentRecord& record);
  void write_texts(const std::vector<std::string>& fields, const DocumentKind& kind, const DocumentFacts& facts,
                   DocumentRecord& record, json::Writer& writer);
  std::optional<Person> read_prescriber(json::Node resource, const DocumentKind& kind, const DocumentFacts* facts,
                                        std::optional<base::Date> date);
  json::Node type_of(json::Node resource) const;

  const Catalog& catalog_;
  Documents& documents_;
  People& people_;
  fhirpath::Evaluation& evaluation_;
};

}  // namespace pas::inputs
