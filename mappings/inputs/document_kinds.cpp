// The sections of inputs.json that say how a document's date, signature and prescriber are found:
//   "documentKinds": {"document": {"attachments": true,
//                                  "date": ["c-cda", "pdf-created", "content.attachment.creation", …],  paths from
//                                  "prescriber": ["authenticator", "author", "c-cda"],             the resource
//                                  "signed": ["authenticator", "provenance", "c-cda"],
//                                  "signedStatus": ["final", "amended"],
//                                  "text": {"names-a-pump": "contains('infusion pump')"}}},   paths from the text
//   "people": {"npiSystem": "NPI", "signatureTypes": "signature-type", "types": {"physician": "physician-credential"}}

#include <algorithm>
#include <array>

#include "mappings/inputs/catalog_loader.h"

namespace pas::inputs {
namespace {

using json::Kind;

constexpr std::string_view kCcda = "c-cda";

struct WayName {
  std::string_view name;
  WayKind kind;
};
constexpr std::array kWays = {WayName{kCcda, WayKind::kCcda}, WayName{"pdf-created", WayKind::kPdfCreated},
                              WayName{"pdf-modified", WayKind::kPdfModified}};

class KindLoader {
 public:
  KindLoader(DataFile& file, ExpressionLoader& expressions, Wants& wants)
      : file_(file), expressions_(expressions), wants_(wants) {}

  DocumentKind read(json::Node node) {
    file_.allow_only(node, {"attachments", "date", "prescriber", "signed", "signedStatus", "text"});
    DocumentKind kind;
    kind.name = node.key();
    kind.has_attachments = file_.optional(node, "attachments", Kind::kTrue).is_true();
    for (const json::Node way : file_.require(node, "date", Kind::kArray)) add_way(way, kind, kind.dates);
    for (const json::Node way : file_.optional(node, "prescriber", Kind::kArray)) {
      add_way(way, kind, kind.prescribers);
      if (!kind.prescribers.empty() && is_of_pdf(kind.prescribers.back()))
        file_.error(way, "a PDF names no prescriber");
    }
    read_signed(node, kind);
    for (const json::Node text : file_.optional(node, "text", Kind::kObject)) add_text(text, kind);
    return kind;
  }

 private:
  static bool is_of_pdf(const Way& way) {
    return way.kind == WayKind::kPdfCreated || way.kind == WayKind::kPdfModified;
  }

  void add_way(json::Node node, const DocumentKind& kind, std::vector<Way>& ways) {
    if (!node.is_string()) return file_.error(node, "a FHIRPath expression or \"c-cda\" belongs here");
    for (const WayName& each : kWays) {
      if (each.name != node.text()) continue;
      if (!kind.has_attachments) {
        file_.error(node, std::string("only a kind with \"attachments\" can read ") +
                              (each.kind == WayKind::kCcda ? "a C-CDA" : "a PDF"));
      }
      ways.push_back({each.kind, std::nullopt});
      wants_.pdf = wants_.pdf || is_of_pdf(ways.back());
      return;
    }
    if (auto program = expressions_.compile(node)) ways.push_back({WayKind::kPath, std::move(program)});
  }

  void read_signed(json::Node node, DocumentKind& kind) {
    for (const json::Node way : file_.optional(node, "signed", Kind::kArray)) {
      constexpr std::array<std::string_view, 4> kSigned = {"authenticator", "provenance", "verified-provenance", kCcda};
      const auto index = index_of(file_, way, kSigned);
      if (!index) continue;
      if (*index == 0) kind.signed_by_authenticator = true;
      if (*index == 1) kind.signed_by_provenance = true;
      if (*index == 2) kind.signed_by_verified_provenance = true;
      if (*index == 3) kind.signed_by_ccda = true;
    }
    for (const json::Node status : file_.optional(node, "signedStatus", Kind::kArray)) {
      constexpr std::array<std::string_view, 4> kStatus = {"preliminary", "final", "amended", "entered-in-error"};
      if (index_of(file_, status, kStatus)) kind.signed_status.emplace_back(status.text());
    }
  }

  void add_text(json::Node node, DocumentKind& kind) {
    if (!kind.has_attachments) file_.error(node, "only a kind with \"attachments\" has a text");
    if (!is_field_name(node.key())) file_.error_at_key(node, "a name is letters, digits and hyphens");
    if (!node.is_string()) return file_.error(node, "a FHIRPath expression on the text belongs here");
    if (auto program = expressions_.compile(node)) kind.texts.push_back({std::string(node.key()), std::move(*program)});
  }

  // A letter, then letters, digits and hyphens.
  static bool is_field_name(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto allowed = [&letter](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-'; };
    return !name.empty() && letter(name.front()) && std::all_of(name.begin(), name.end(), allowed);
  }

  DataFile& file_;
  ExpressionLoader& expressions_;
  Wants& wants_;
};

}  // namespace

void load_document_kinds(DataFile& file, const ValueSets& value_sets, ExpressionLoader& expressions,
                         CompiledCatalog& compiled) {
  for (const json::Node node : file.optional(file.root(), "documentKinds", Kind::kObject)) {
    if (node.is_object()) {
      compiled.document_kinds.push_back(KindLoader(file, expressions, compiled.wants).read(node));
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
