// The sections of inputs.json that say how a document's date, signature and prescriber are found:
//   "documentKinds": {"document": {"attachments": true,
//                                  "date": ["c-cda", "content.attachment.creation", …],      paths from the resource
//                                  "prescriber": ["authenticator", "author", "c-cda"],
//                                  "signed": ["authenticator", "provenance", "c-cda"],
//                                  "signedStatus": ["final", "amended"]}},
//   "people": {"npiSystem": "NPI", "signatureTypes": "signature-type", "types": {"physician": "physician-credential"}}

#include <array>

#include "mappings/inputs/catalog_loader.h"

namespace pas::inputs {
namespace {

using json::Kind;

constexpr std::string_view kCcda = "c-cda";

std::vector<std::optional<fhirpath::Program>> read_ways(DataFile& file, ExpressionLoader& expressions, json::Node list,
                                                        bool has_attachments) {
  std::vector<std::optional<fhirpath::Program>> ways;
  for (const json::Node way : list) {
    if (way.is_string() && way.text() == kCcda) {
      if (!has_attachments) file.error(way, "only a kind with \"attachments\" can read a C-CDA");
      ways.emplace_back(std::nullopt);
    } else if (way.is_string()) {
      ways.push_back(expressions.compile(way));
    } else {
      file.error(way, "a FHIRPath expression or \"c-cda\" belongs here");
    }
  }
  return ways;
}

DocumentKind read_kind(DataFile& file, ExpressionLoader& expressions, json::Node node) {
  file.allow_only(node, {"attachments", "date", "prescriber", "signed", "signedStatus"});
  DocumentKind kind;
  kind.name = node.key();
  kind.has_attachments = file.optional(node, "attachments", Kind::kTrue).is_true();
  kind.dates = read_ways(file, expressions, file.require(node, "date", Kind::kArray), kind.has_attachments);
  kind.prescribers =
      read_ways(file, expressions, file.optional(node, "prescriber", Kind::kArray), kind.has_attachments);
  for (const json::Node way : file.optional(node, "signed", Kind::kArray)) {
    constexpr std::array<std::string_view, 3> kWays = {"authenticator", "provenance", kCcda};
    const auto index = index_of(file, way, kWays);
    if (!index) continue;
    if (*index == 0) kind.signed_by_authenticator = true;
    if (*index == 1) kind.signed_by_provenance = true;
    if (*index == 2) kind.signed_by_ccda = true;
  }
  for (const json::Node status : file.optional(node, "signedStatus", Kind::kArray)) {
    constexpr std::array<std::string_view, 4> kStatus = {"preliminary", "final", "amended", "entered-in-error"};
    if (index_of(file, status, kStatus)) kind.signed_status.emplace_back(status.text());
  }
  return kind;
}

}  // namespace

void load_document_kinds(DataFile& file, const ValueSets& value_sets, ExpressionLoader& expressions,
                         CompiledCatalog& compiled) {
  for (const json::Node node : file.optional(file.root(), "documentKinds", Kind::kObject)) {
    if (node.is_object()) {
      compiled.document_kinds.push_back(read_kind(file, expressions, node));
    } else {
      file.error(node, "a kind of document is an object");
    }
  }
  const json::Node people = file.optional(file.root(), "people", Kind::kObject);
  if (!people) {
    if (!compiled.document_kinds.empty()) file.error(file.root()["documentKinds"], "they need \"people\" too");
    return;
  }
  file.allow_only(people, {"npiSystem", "signatureTypes", "types"});
  const json::Node system = file.require(people, "npiSystem", Kind::kString);
  if (system && !value_sets.has_system(system.text())) file.error(system, "unknown system");
  compiled.npi_system = system.text();
  const auto set_of = [&](json::Node name) {
    if (name && !value_sets.has_set(name.text())) {
      file.error(name, "unknown value set \"" + std::string(name.text()) + "\"");
    }
    return std::string(name.text());
  };
  compiled.signature_types = set_of(file.require(people, "signatureTypes", Kind::kString));
  for (const json::Node type : file.require(people, "types", Kind::kObject)) {
    compiled.prescriber_types.emplace(type.key(), set_of(type));
  }
}

}  // namespace pas::inputs
