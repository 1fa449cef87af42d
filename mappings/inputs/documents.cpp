#include "mappings/inputs/documents.h"

#include "fhir/base/base64.h"
#include "mappings/inputs/attachment.h"

namespace pas::inputs {
namespace {

const std::vector<json::Node> kNone;

const std::vector<json::Node>& at(const std::unordered_map<std::uint32_t, std::vector<json::Node>>& links,
                                  json::Node node) {
  const auto found = links.find(node.id());
  return found == links.end() ? kNone : found->second;
}

bool looks_like_xml(json::Node content_type, std::string_view bytes) {
  if (!content_type || promised_format(content_type.text()) == Format::kUnknown) {
    return actual_format(bytes) == Format::kXml;
  }
  return promised_format(content_type.text()) == Format::kXml;
}

}  // namespace

const DocumentFacts& Documents::read(json::Node document_reference) {
  const auto found = facts_.find(document_reference.id());
  if (found != facts_.end()) return found->second;
  return facts_.emplace(document_reference.id(), read_content(document_reference)).first->second;
}

DocumentFacts Documents::read_content(json::Node document_reference) {
  DocumentFacts facts;
  bool has_data = false;
  for (const json::Node content : document_reference["content"]) {
    const json::Node attachment = content["attachment"];
    json::Node data = attachment["data"];
    if (!data) {
      const json::Node binary = index_->resolve(attachment["url"].text(), attachment);
      if (binary["resourceType"].text() == "Binary") data = binary["data"];
    }
    if (!data || data.text().empty()) continue;
    ++decoded_;
    const auto bytes = base::decode_base64(data.text());
    if (!bytes) {
      facts.damage = DocumentNote{data.path(), "the data is not base64"};
      return facts;
    }
    if (auto disagreement = find_disagreement(attachment, *bytes)) {
      facts.damage = DocumentNote{attachment.path() + "." + disagreement->member, std::move(disagreement->message)};
      return facts;
    }
    has_data = true;
    if (!looks_like_xml(attachment["contentType"], *bytes)) continue;
    auto ccda = read_ccda(*bytes);
    if (!ccda) {
      facts.damage = DocumentNote{data.path(), ccda.error().message};
      return facts;
    }
    if (*ccda && !facts.ccda) {
      facts.ccda = std::move(**ccda);
      facts.ccda_data = data;
    }
  }
  if (!has_data) facts.damage = DocumentNote{document_reference.path() + ".content", "the document has no data"};
  return facts;
}

const std::vector<json::Node>& Documents::provenances_of(json::Node resource) {
  read_backlinks();
  return at(*provenances_, resource);
}

const std::vector<json::Node>& Documents::roles_of(json::Node practitioner) {
  read_backlinks();
  return at(roles_, practitioner);
}

void Documents::read_backlinks() {
  if (provenances_) return;
  provenances_.emplace();
  for (const json::Entry& entry : index_->entries()) {
    if (entry.type == "Provenance") {
      for (const json::Node target : entry.resource["target"]) {
        if (const json::Node resource = index_->resolve(target))
          (*provenances_)[resource.id()].push_back(entry.resource);
      }
    } else if (entry.type == "PractitionerRole") {
      const json::Node practitioner = index_->resolve(entry.resource["practitioner"]);
      if (practitioner) roles_[practitioner.id()].push_back(entry.resource);
    }
  }
}

}  // namespace pas::inputs
