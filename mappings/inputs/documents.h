#pragma once
// What is read of a request's documents: whether each attachment is what it says it is, what a C-CDA or PDF tells of
// itself, the text, and whether a signature on it is true (policy page §1). A document is decoded when it is asked for,
// once, and its bytes are let go again.
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
#include "mappings/inputs/pdf.h"
#include "mappings/inputs/signatures.h"
#include "mappings/inputs/text_extractor.h"

namespace pas::inputs {

struct DocumentFacts {
  std::optional<DocumentNote> damage;  // set: the document does not count
  std::optional<Ccda> ccda;            // of the first attachment that is one
  json::Node ccda_data;                // the element that holds it
  std::optional<Pdf> pdf;              // of the first attachment that is one, if it was wanted
  json::Node pdf_data;
  std::string unreadable;           // why an attachment cannot be opened (a PDF's password); empty when all can
  std::optional<std::string> text;  // of all attachments, white space made single, if it was wanted and can be had
  std::string text_problem;         // why it cannot
};

// What a catalog asks of documents beyond what every document is read for. The same for all of one request.
struct Wants {
  bool pdf = false;
  bool text = false;
};

// What lies outside a request's bundle; both may be absent, and must last as long as what uses them.
struct DocumentTools {
  const TextExtractor* text = nullptr;  // without it no PDF has a text
  const TrustStore* trust = nullptr;    // without it no signature is verified
};

class Documents {
 public:
  explicit Documents(const json::BundleIndex& index, const DocumentTools& tools = {}) : index_(&index), tools_(tools) {}

  // Of a DocumentReference; the same answer, without work, for the same node.
  const DocumentFacts& read(json::Node document_reference, const Wants& wants = {});

  // Of a Provenance's signature on a resource.
  SignatureCheck check(json::Node signature, json::Node resource) const {
    return check_signature(signature, resource, tools_.trust);
  }

  // Resources of the bundle that point at `resource`: each Provenance by target, each PractitionerRole by practitioner.
  const std::vector<json::Node>& provenances_of(json::Node resource);
  const std::vector<json::Node>& roles_of(json::Node practitioner);

  std::size_t decoded() const { return decoded_; }  // attachments so far

 private:
  using Backlinks = std::unordered_map<std::uint32_t, std::vector<json::Node>>;  // by Node::id()
  void read_backlinks();
  DocumentFacts read_content(json::Node document_reference, const Wants& wants);
  // Whether the document still counts.
  bool read_attachment(json::Node attachment, json::Node data, const Wants& wants, DocumentFacts& facts);
  void read_text(json::Node content_type, std::string_view bytes, DocumentFacts& facts) const;

  const json::BundleIndex* index_;
  DocumentTools tools_;
  std::unordered_map<std::uint32_t, DocumentFacts> facts_;
  std::optional<Backlinks> provenances_;
  Backlinks roles_;
  std::size_t decoded_ = 0;
};

}  // namespace pas::inputs
