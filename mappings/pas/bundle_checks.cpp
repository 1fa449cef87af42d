#include "mappings/pas/bundle_checks.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "mappings/pas/elements.h"
#include "mappings/pas/shapes.h"

namespace pas::pas {
namespace {

using validation::IssueType;
using validation::Severity;

bool is_hex_group(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) {
    if (text[dash] != '-') return false;
  }
  return is_hex_group(text.substr(0, 8)) && is_hex_group(text.substr(9, 4)) && is_hex_group(text.substr(14, 4)) &&
         is_hex_group(text.substr(19, 4)) && is_hex_group(text.substr(24));
}

bool is_oid(std::string_view text) {
  return !text.empty() && text.front() >= '0' && text.front() <= '2' && text.back() != '.' &&
         text.find_first_not_of("0123456789.") == std::string_view::npos && text.find("..") == std::string_view::npos;
}

bool is_full_url(std::string_view url) {
  if (url.starts_with("urn:uuid:")) return is_uuid(url.substr(9));
  if (url.starts_with("urn:oid:")) return is_oid(url.substr(8));
  const bool is_web = url.starts_with("http://") || url.starts_with("https://");
  const std::string_view rest = is_web ? url.substr(url.find("://") + 3) : std::string_view{};
  return !rest.empty() && rest.front() != '/' && url.find_first_of(" \t\r\n<>\"") == std::string_view::npos;
}

// "https://ehr.example/fhir/Patient/1" is another server's than "https://other.example/fhir/Patient/1".
bool are_of_different_servers(const json::Entry& a, const json::Entry& b) {
  const std::string tail = "/" + std::string(a.type) + "/" + std::string(a.id);
  return a.full_url.starts_with("http") && b.full_url.starts_with("http") && a.full_url.ends_with(tail) &&
         b.full_url.ends_with(tail) && a.full_url != b.full_url;
}

class EntryChecker {
 public:
  EntryChecker(const json::BundleIndex& index, validation::Report& report)
      : entries_(index.entries()), report_(report) {}

  void check_all() {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const json::Entry& entry = entries_[i];
      if (!entry.node.is_object()) {
        error(IssueType::kStructure, "Bundle.entry", entry.node,
              "An entry must be an object with fullUrl and resource.");
        continue;
      }
      check_full_url(i);
      check_resource(i);
    }
  }

 private:
  void check_full_url(std::size_t i) {
    const json::Entry& entry = entries_[i];
    const json::Node node = entry.node["fullUrl"];
    if (!node) {
      error(IssueType::kRequired, "PAS spec-16", entry.node,
            "The entry has no fullUrl. Give it the resource's absolute URL, or urn:uuid: and a UUID.", "fullUrl");
      return;
    }
    if (!node.is_string() || !is_full_url(entry.full_url)) {
      error(IssueType::kValue, "PAS spec-16", node,
            "fullUrl must be an absolute http(s) URL, urn:uuid: and a UUID, or urn:oid: and an OID; found " +
                quoted(entry.full_url) + ".");
      return;
    }
    if (entry.full_url.find("/_history/") != std::string_view::npos) {
      error(IssueType::kInvariant, "FHIR bdl-8", node, "fullUrl must not name a version. Leave out /_history/ and on.");
    }
    const auto [first, is_new] = by_url_.try_emplace(entry.full_url, i);
    if (!is_new) {
      error(IssueType::kDuplicate, "FHIR bdl-7", node,
            "The fullUrl of entry[" + std::to_string(first->second) + "] again. Each entry needs its own.");
    }
  }

  void check_resource(std::size_t i) {
    const json::Entry& entry = entries_[i];
    if (!entry.resource.is_object() || entry.type.empty()) {
      const json::Node place = entry.resource ? entry.resource : entry.node;
      error(IssueType::kRequired, "Bundle.entry.resource", place,
            "The entry has no resource with a resourceType. Add it, or leave the entry out.",
            entry.resource ? "resourceType" : "resource");
      return;
    }
    if (entry.id.empty()) return;
    const auto [first, is_new] = by_type_and_id_.try_emplace(std::string(entry.type) + "/" + std::string(entry.id), i);
    const json::Entry& other = entries_[first->second];
    // A repeated fullUrl is told already.
    if (is_new || other.full_url == entry.full_url || are_of_different_servers(other, entry)) return;
    error(IssueType::kDuplicate, "PAS spec-14", entry.resource,
          quoted(first->first) + " is in entry[" + std::to_string(first->second) +
              "] too. Send each resource once, and let all references name that entry.");
  }

  void error(IssueType type, std::string_view rule, json::Node place, std::string message,
             std::string_view member = {}) {
    report_.add(Severity::kError, type, rule, place, std::move(message), member);
  }

  const std::vector<json::Entry>& entries_;
  validation::Report& report_;
  std::unordered_map<std::string_view, std::size_t> by_url_;
  std::unordered_map<std::string, std::size_t> by_type_and_id_;
};

class Walk {
 public:
  Walk(const json::BundleIndex& index, const std::unordered_set<std::uint32_t>& told, validation::Report& report)
      : index_(index), told_(told), report_(report) {}

  void entry(const json::Entry& entry) {
    contained_.clear();
    for (const json::Node resource : entry.resource["contained"]) contained_.insert(resource["id"].text());
    visit(entry.resource);
  }

 private:
  void visit(json::Node node) {  // NOLINT(misc-no-recursion): the parser bounds the depth
    for (const json::Node child : node) {
      if (child.is_object() || child.is_array()) {
        if (child.key() == "modifierExtension") check_modifiers(child);
        visit(child);
      } else if (child.is_string()) {
        if (child.key() == "reference") check_reference(node, child.text());
        if (child.key() == "implicitRules") {
          report_.add(Severity::kError, IssueType::kNotSupported, "PAS spec-25", child,
                      "implicitRules changes the meaning of the resource, and the rules that it names are not known "
                      "here. Send the resource without it.");
        }
      }
    }
  }

  void check_modifiers(json::Node list) {
    const std::string_view place = list.parent().parent().key();
    const bool is_cancellable = place == "item" || place == "supportingInfo";
    for (const json::Node extension : list) {
      const std::string_view url = extension["url"].text();
      if (url == kInfoCancelled && is_cancellable) continue;
      report_.add(Severity::kError, IssueType::kExtension, "PAS spec-25", extension,
                  "The modifier extension " + quoted(url) +
                      " is not known here, so the meaning of the element around it is not either. Leave it out; only "
                      "modifierextension-infoCancelled of PAS is taken, on Claim.item and Claim.supportingInfo.");
    }
  }

  void check_reference(json::Node reference, std::string_view text) {
    if (told_.contains(reference.id())) return;
    const bool resolves = text.starts_with('#') ? text.size() == 1 || contained_.contains(text.substr(1))
                                                : static_cast<bool>(index_.resolve(text, reference));
    if (resolves) return;
    report_.add(Severity::kWarning, IssueType::kNotFound, "PAS spec-13", reference,
                "No entry of the Bundle is " + quoted(text) +
                    ". What it refers to was not taken into account; send it as an entry.",
                "reference");
  }

  const json::BundleIndex& index_;
  const std::unordered_set<std::uint32_t>& told_;
  validation::Report& report_;
  std::unordered_set<std::string_view> contained_;  // ids of the entry's contained resources
};

}  // namespace

bool check_bundle(const json::BundleIndex& index, validation::Report& report) {
  const json::Node bundle = index.bundle();
  const auto error = [&report, bundle](IssueType type, std::string_view rule, std::string message,
                                       std::string_view member = {}) {
    report.add(Severity::kError, type, rule, bundle, std::move(message), member);
  };
  const std::string_view type = bundle["resourceType"].text();
  if (type == "Parameters") {
    error(IssueType::kRequired, "PAS Claim/$submit",
          "Parameters without a parameter named 'resource' that holds a Bundle in its member 'resource'.", "parameter");
    return false;
  }
  if (type != "Bundle") {
    error(IssueType::kStructure, "PAS spec-11",
          "A Bundle is expected, alone or as the parameter 'resource' of Parameters; found " +
              (type.empty() ? "no resourceType" : quoted(type)) + ".");
    return false;
  }
  const json::Node bundle_type = bundle["type"];
  if (bundle_type.text() != "collection") {
    report.add(Severity::kError, bundle_type ? IssueType::kValue : IssueType::kRequired, "PAS Bundle.type",
               bundle_type ? bundle_type : bundle,
               "Bundle.type must be 'collection'; found " +
                   (bundle_type.is_string() ? quoted(bundle_type.text()) : std::string("none")) + ".",
               bundle_type ? "" : "type");
  }
  if (const json::Node identifier = bundle["identifier"]) check_shape(identifier, Shape::kIdentifier, report);
  const json::Node entries = bundle["entry"];
  if (!entries.is_array() || entries.size() == 0) {
    error(IssueType::kRequired, "PAS spec-12",
          "The Bundle has no entries. The first must be the Claim, and what it refers to must follow.", "entry");
    return false;
  }
  EntryChecker(index, report).check_all();
  return true;
}

void check_references_and_modifiers(const json::BundleIndex& index, const std::unordered_set<std::uint32_t>& told,
                                    validation::Report& report) {
  Walk walk(index, told, report);
  for (const json::Entry& entry : index.entries()) walk.entry(entry);
}

}  // namespace pas::pas
