#include "mappings/inputs/ccda.h"

#include <algorithm>
#include <pugixml.hpp>

namespace pas::inputs {
namespace {

constexpr std::string_view kCdaNamespace = "urn:hl7-org:v3";
constexpr std::string_view kNpiRoot = "2.16.840.1.113883.4.6";

std::string_view local_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

// The namespace that the root declares for its own prefix. C-CDA declares it there; elements below are taken by their
// local names.
std::string_view own_namespace(const pugi::xml_node& root) {
  const std::string_view name = root.name();
  const std::size_t colon = name.find(':');
  const std::string attribute =
      colon == std::string_view::npos ? "xmlns" : "xmlns:" + std::string(name.substr(0, colon));
  return root.attribute(attribute.c_str()).value();
}

pugi::xml_node child(const pugi::xml_node& parent, std::string_view name) {
  return parent.find_child([name](const pugi::xml_node& node) { return local_name(node.name()) == name; });
}

// The NPI among the <id>s of an assigned entity or author.
std::string npi_of(const pugi::xml_node& assigned) {
  for (const pugi::xml_node& node : assigned.children()) {
    if (local_name(node.name()) == "id" && node.attribute("root").value() == kNpiRoot) {
      return node.attribute("extension").value();
    }
  }
  return {};
}

// HL7 V3 TS: YYYYMMDD, with a time and an offset after it. A shorter one names no day.
std::optional<base::Date> parse_ts(std::string_view text) {
  const std::string_view digits = text.substr(0, text.find_first_not_of("0123456789"));
  if (digits.size() < 8) return std::nullopt;
  std::string day(digits.substr(0, 4));
  day.append("-").append(digits.substr(4, 2)).append("-").append(digits.substr(6, 2));
  return base::parse_date(day);
}

Ccda read_header(const pugi::xml_node& root) {
  Ccda ccda;
  ccda.effective = parse_ts(child(root, "effectiveTime").attribute("value").value());
  for (const pugi::xml_node& node : root.children()) {
    const std::string_view name = local_name(node.name());
    if (name == "author" && ccda.author_npi.empty()) {
      ccda.author_npi = npi_of(child(node, "assignedAuthor"));
    } else if (name == "legalAuthenticator" && !ccda.signed_ &&
               std::string_view(child(node, "signatureCode").attribute("code").value()) == "S") {
      ccda.signed_ = true;
      ccda.authenticator_npi = npi_of(child(node, "assignedEntity"));
    }
  }
  return ccda;
}

}  // namespace

base::Result<std::optional<Ccda>> read_ccda(std::string_view xml, const CcdaLimits& limits) {
  if (xml.size() > limits.bytes) {
    return base::Error{base::ErrorCode::kTooLarge, "XML of more than " + std::to_string(limits.bytes) + " bytes"};
  }
  const auto marks = std::count_if(xml.begin(), xml.end(), [](char c) { return c == '<' || c == '='; });
  if (static_cast<std::size_t>(marks) > limits.marks) {
    return base::Error{base::ErrorCode::kTooLarge,
                       "XML of more than " + std::to_string(limits.marks) + " tags and attributes"};
  }
  pugi::xml_document document;
  const unsigned int options = pugi::parse_default | pugi::parse_doctype;
  const pugi::xml_parse_result parsed = document.load_buffer(xml.data(), xml.size(), options);
  if (!parsed) return base::invalid("not well-formed XML at byte " + std::to_string(parsed.offset));
  for (const pugi::xml_node& node : document.children()) {
    if (node.type() == pugi::node_doctype) return base::invalid("XML with a document type declaration");
  }
  const pugi::xml_node root = document.document_element();
  if (local_name(root.name()) != "ClinicalDocument" || own_namespace(root) != kCdaNamespace) {
    return std::optional<Ccda>();
  }
  return std::optional(read_header(root));
}

}  // namespace pas::inputs
