#include "mappings/inputs/documents.h"

#include "fhir/base/base64.h"
#include "fhir/base/utf8.h"
#include "mappings/inputs/attachment.h"

namespace pas::inputs {
namespace {

const std::vector<json::Node> kNone;

const std::vector<json::Node>& at(const std::unordered_map<std::uint32_t, std::vector<json::Node>>& links,
                                  json::Node node) {
  const auto found = links.find(node.id());
  return found == links.end() ? kNone : found->second;
}

Format format_of(json::Node content_type, std::string_view bytes) {
  const Format promised = content_type ? promised_format(content_type.text()) : Format::kUnknown;
  return promised == Format::kUnknown ? actual_format(bytes) : promised;
}

// Runs of white space become one space, so that a phrase is found wherever lines are broken.
void append_words(std::string_view text, std::string& out) {
  for (const char c : text) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!space) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
}

}  // namespace

const DocumentFacts& Documents::read(json::Node document_reference, const Wants& wants) {
  const auto found = facts_.find(document_reference.id());
  if (found != facts_.end()) return found->second;
  return facts_.emplace(document_reference.id(), read_content(document_reference, wants)).first->second;
}

DocumentFacts Documents::read_content(json::Node document_reference, const Wants& wants) {
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
    if (!read_attachment(attachment, data, wants, facts)) return facts;
    has_data = true;
  }
  if (!has_data) facts.damage = DocumentNote{document_reference.path() + ".content", "the document has no data"};
  if (!facts.text_problem.empty()) facts.text.reset();
  return facts;
}

bool Documents::read_attachment(json::Node attachment, json::Node data, const Wants& wants, DocumentFacts& facts) {
  ++decoded_;
  const auto bytes = base::decode_base64(data.text());
  if (!bytes) {
    facts.damage = DocumentNote{data.path(), "the data is not base64"};
    return false;
  }
  if (auto disagreement = find_disagreement(attachment, *bytes)) {
    facts.damage = DocumentNote{attachment.path() + "." + disagreement->member, std::move(disagreement->message)};
    return false;
  }
  const Format format = format_of(attachment["contentType"], *bytes);
  if (format == Format::kXml) {
    auto ccda = read_ccda(*bytes);
    if (!ccda) {
      facts.damage = DocumentNote{data.path(), ccda.error().message};
      return false;
    }
    if (*ccda && !facts.ccda) {
      facts.ccda = std::move(**ccda);
      facts.ccda_data = data;
    }
  }
  if (format == Format::kPdf && wants.pdf) {
    Pdf pdf = read_pdf(*bytes);
    if (!pdf.problem.empty()) facts.unreadable = data.path() + ": " + pdf.problem;
    if (!facts.pdf) {
      facts.pdf = std::move(pdf);
      facts.pdf_data = data;
    }
  }
  if (wants.text) read_text(attachment["contentType"], *bytes, facts);
  return true;
}

void Documents::read_text(json::Node content_type, std::string_view bytes, DocumentFacts& facts) const {
  if (!facts.text) facts.text.emplace();
  if (!facts.text->empty()) *facts.text += ' ';
  switch (format_of(content_type, bytes)) {
    case Format::kText:
      if (base::invalid_utf8_at(bytes)) {
        facts.text_problem = "the text is not UTF-8";
        return;
      }
      return append_words(bytes, *facts.text);
    case Format::kPdf: {
      if (tools_.text == nullptr) {
        facts.text_problem = "a PDF's text cannot be read: no pdftotext is configured";
        return;
      }
      const auto text = tools_.text->extract(bytes);
      if (text && !base::invalid_utf8_at(*text)) return append_words(*text, *facts.text);
      facts.text_problem = "a PDF's text cannot be read: " + (text ? "it is not UTF-8" : text.error().message);
      return;
    }
    default:
      facts.text_problem = "text is read of plain text and PDFs only";
  }
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
