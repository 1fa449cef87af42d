#include "mappings/inputs/ccda.h"

#include <algorithm>
#include <initializer_list>
#include <pugixml.hpp>

namespace pas::inputs {
namespace {

constexpr std::string_view kCdaNamespace = "urn:hl7-org:v3";
constexpr std::string_view kNpiRoot = "2.16.840.1.113883.4.6";
// C-CDA R2.1 templates, of any version.
constexpr std::string_view kProblemConcern = "2.16.840.1.113883.10.20.22.4.3";
constexpr std::string_view kProblem = "2.16.840.1.113883.10.20.22.4.4";
constexpr std::string_view kProblemStatus = "2.16.840.1.113883.10.20.22.4.6";
constexpr std::string_view kMedication = "2.16.840.1.113883.10.20.22.4.16";

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

std::string_view attribute(const pugi::xml_node& node, const char* name) {
  return node.attribute(name).value();
}

// HL7 V3 TS: YYYYMMDD, with a time and an offset after it. A shorter one names no day.
std::optional<base::Date> parse_ts(std::string_view text) {
  const std::string_view digits = text.substr(0, text.find_first_not_of("0123456789"));
  if (digits.size() < 8) return std::nullopt;
  std::string day(digits.substr(0, 4));
  day.append("-").append(digits.substr(4, 2)).append("-").append(digits.substr(6, 2));
  return base::parse_date(day);
}

// The last day that a TS may mean: of its month or year where it names no day.
std::optional<base::Date> parse_last_day(std::string_view text) {
  if (text.size() != 4 && text.size() != 6) return parse_ts(text);
  const bool is_year = text.size() == 4;
  const auto first = parse_ts(std::string(text) + (is_year ? "0101" : "01"));
  if (!first) return std::nullopt;
  return base::add_days(base::add_months(*first, is_year ? 12 : 1), -1);
}

bool has_template(const pugi::xml_node& node, std::string_view root) {
  for (const pugi::xml_node& each : node.children()) {
    if (local_name(each.name()) == "templateId" && attribute(each, "root") == root) return true;
  }
  return false;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// HL7 V3 CD: the code, then its translations. A nullFlavor has none of its own.
std::vector<CcdaCode> read_codes(const pugi::xml_node& concept_descriptor) {
  std::vector<CcdaCode> codes;
  const auto add = [&codes](const pugi::xml_node& node) {
    const std::string_view system = attribute(node, "codeSystem");
    const std::string_view code = attribute(node, "code");
    if (!system.empty() && !code.empty()) codes.push_back({"urn:oid:" + std::string(system), std::string(code)});
  };
  add(concept_descriptor);
  for (const pugi::xml_node& node : concept_descriptor.children()) {
    if (local_name(node.name()) == "translation") add(node);
  }
  return codes;
}

// Negated, or of a relative.
bool is_of_someone_else(const pugi::xml_node& node) {
  return attribute(node, "negationInd") == "true" || child(node, "subject");
}

std::optional<CcdaEntry> read_problem(const pugi::xml_node& observation) {
  CcdaEntry entry;
  entry.codes = read_codes(child(observation, "value"));
  if (entry.codes.empty() || is_of_someone_else(observation)) return std::nullopt;
  const pugi::xml_node high = child(child(observation, "effectiveTime"), "high");
  entry.ended = parse_last_day(attribute(high, "value"));
  entry.over = attribute(high, "nullFlavor") == "UNK";  // resolved, but it is not known when
  const pugi::xml_node concern = observation.parent().parent();
  if (has_template(concern, kProblemConcern)) {
    const std::string_view status = attribute(child(concern, "statusCode"), "code");
    entry.over = entry.over || is_one_of(status, {"completed", "aborted"});
  }
  for (const pugi::xml_node& related : observation.children()) {
    if (local_name(related.name()) != "entryRelationship") continue;
    const pugi::xml_node status = child(related, "observation");
    if (!has_template(status, kProblemStatus)) continue;
    // SNOMED CT: resolved, inactive.
    entry.over = entry.over || is_one_of(attribute(child(status, "value"), "code"), {"413322009", "73425007"});
  }
  return entry;
}

std::optional<CcdaEntry> read_medication(const pugi::xml_node& activity) {
  CcdaEntry entry;
  const pugi::xml_node product = child(child(activity, "consumable"), "manufacturedProduct");
  entry.codes = read_codes(child(child(product, "manufacturedMaterial"), "code"));
  if (entry.codes.empty() || is_of_someone_else(activity)) return std::nullopt;
  const std::string_view status = attribute(child(activity, "statusCode"), "code");
  entry.over = is_one_of(status, {"completed", "aborted", "cancelled", "nullified", "obsolete"});
  // One of them is the period, others may be the frequency.
  for (const pugi::xml_node& time : activity.children()) {
    if (local_name(time.name()) != "effectiveTime" || entry.ended) continue;
    entry.ended = parse_last_day(attribute(child(time, "high"), "value"));
  }
  return entry;
}

// Visits every element without recursion, however deep they stand.
class EntryReader final : public pugi::xml_tree_walker {
 public:
  explicit EntryReader(Ccda& ccda) : ccda_(ccda) {}

  bool for_each(pugi::xml_node& node) override {
    const std::string_view name = local_name(node.name());
    if (name == "observation" && has_template(node, kProblem)) {
      if (auto problem = read_problem(node)) ccda_.problems.push_back(std::move(*problem));
    } else if (name == "substanceAdministration" && has_template(node, kMedication)) {
      if (auto medication = read_medication(node)) ccda_.medications.push_back(std::move(*medication));
    }
    return true;
  }

 private:
  Ccda& ccda_;
};

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
  pugi::xml_node root = document.document_element();
  if (local_name(root.name()) != "ClinicalDocument" || own_namespace(root) != kCdaNamespace) {
    return std::optional<Ccda>();
  }
  std::optional<Ccda> ccda = read_header(root);
  EntryReader entries(*ccda);
  root.traverse(entries);
  return ccda;
}

bool is_current(const CcdaEntry& entry, base::Date day) {
  return !entry.over && (!entry.ended || day <= *entry.ended);
}

}  // namespace pas::inputs
