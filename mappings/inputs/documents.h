#pragma once
// What is read of a request's documents: whether each attachment is what it says it is, and what a C-CDA tells of
// itself (policy page §1). A document is decoded when it is asked for, once, and its bytes are let go again.
//
// A document counts when it has data, and size, SHA-1 hash and content type agree with the data (Attachment, FHIR R4
// §2.24.0.3). Belongs to one request and ends with its bundle; one thread at a time.

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "fhir/base/calendar.h"
#include "fhir/json/bundle_index.h"
#include "mappings/inputs/ccda.h"
#include "mappings/inputs/input_set.h"

namespace pas::inputs {

struct DocumentFacts {
  std::optional<DocumentNote> damage;  // set: the document does not count
  std::optional<Ccda> ccda;            // of the first attachment that is one
  json::Node ccda_data;                // the element that holds it
};

class Documents {
 public:
  explicit Documents(const json::BundleIndex& index) : index_(&index) {}

  // Of a DocumentReference; the same answer, without work, for the same node.
  const DocumentFacts& read(json::Node document_reference);

  // Resources of the bundle that point at `resource`: each Provenance by target, each PractitionerRole by practitioner.
  const std::vector<json::Node>& provenances_of(json::Node resource);
  const std::vector<json::Node>& roles_of(json::Node practitioner);

  std::size_t decoded() const { return decoded_; }  // attachments so far

 private:
  using Backlinks = std::unordered_map<std::uint32_t, std::vector<json::Node>>;  // by Node::id()
  void read_backlinks();
  DocumentFacts read_content(json::Node document_reference);

  const json::BundleIndex* index_;
  std::unordered_map<std::uint32_t, DocumentFacts> facts_;
  std::optional<Backlinks> provenances_;
  Backlinks roles_;
  std::size_t decoded_ = 0;
};

}  // namespace pas::inputs
