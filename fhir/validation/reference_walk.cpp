#include <algorithm>

#include "fhir/validation/walk.h"
#include "fhir/validation/wording.h"

namespace pas::validation {
namespace {

// The resource type that a literal reference names: Patient/1, http://…/Patient/1, …/_history/2. Empty when it does
// not.
std::string_view type_in(std::string_view reference) {
  if (reference.starts_with("urn:") || reference.starts_with('#')) return {};
  if (const std::size_t history = reference.find("/_history/"); history != std::string_view::npos) {
    reference = reference.substr(0, history);
  }
  const std::size_t slash = reference.rfind('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view before = reference.substr(0, slash);
  const std::size_t previous = before.rfind('/');
  return previous == std::string_view::npos ? before : before.substr(previous + 1);
}

}  // namespace

const TypeRule* Walk::referenced_type(json::Node reference) const {
  const json::Node target = index_.resolve(reference);
  const TypeRule* found = target ? resource_type(target) : schema_.find(type_in(reference["reference"].text()));
  return found != nullptr && found->is_resource ? found : nullptr;
}

void Walk::check_reference(json::Node reference, const ElementRule& at, const TypeUse& use) {
  const json::Node literal = reference["reference"];
  const std::string_view stated = reference["type"].text();
  if (!literal.is_string()) return;
  const json::Node target = index_.resolve(reference);
  if (literal.text().starts_with('#')) {
    if (!target) {
      fault(Severity::kError, IssueType::kInvariant, "ref-1", reference,
            [&] { return "No contained resource has the id that " + in_quotes(literal.text()) + " points at."; });
    }
  } else if (!target && index_.bundle()["resourceType"].text() == "Bundle" && literal.text().starts_with("urn:")) {
    fault(Severity::kWarning, IssueType::kNotFound, at.path, reference,
          [&] { return in_quotes(literal.text()) + " does not point at an entry of the bundle."; });
  }
  const TypeRule* found = referenced_type(reference);
  if (found == nullptr) return;
  if (!stated.empty() && schema_.find(stated) != nullptr && !found->is_a(stated)) {
    fault(Severity::kError, IssueType::kInvalid, "Reference.type", reference, [&] {
      return "Reference.type is " + in_quotes(stated) + ", and the reference is to a " + std::string(found->name) + ".";
    });
  }
  if (use.targets.empty() || std::ranges::any_of(use.targets, [&](auto type) { return found->is_a(type); })) return;
  fault(Severity::kError, IssueType::kStructure, at.path, reference, [&] {
    std::vector<std::string> names(use.targets.begin(), use.targets.end());
    return std::string(at.name) + " may not reference a " + std::string(found->name) +
           "; allowed: " + listed(names, names.size()) + ".";
  });
}

void Walk::check_reference_limit(const Place& reference, const TypeLimit& limit, const Constrained& rules) {
  const json::Node literal = reference.value["reference"];
  if (!literal.is_string()) return;
  const json::Node target = index_.resolve(reference.value);
  const TypeRule* found = referenced_type(reference.value);
  if (found == nullptr) return;
  const auto is_of = [&](std::string_view type) { return found->is_a(type); };
  if (std::ranges::none_of(limit.targets, is_of)) {
    return fault(Severity::kError, IssueType::kStructure, rules.rule, reference.value, [&] {
      std::vector<std::string> names;
      for (const std::string_view type : limit.targets) {
        if (std::ranges::find(names, type) == names.end()) names.emplace_back(type);
      }
      return std::string(rules.name) + " may not reference a " + std::string(found->name) +
             " by the profile; allowed: " + listed(names, names.size()) + ".";
    });
  }
  if (!target || std::ranges::any_of(limit.open_targets, is_of)) return;
  check_any_profile(limit.target_profiles, {target, {}, found}, rules.rule);
}

void Walk::note_fragment(std::string_view fragment) {
  if (!fragment.empty()) {
    fragments_.insert(fragment);
  } else if (contained_) {
    point_at_container_.insert(contained_.id());
  }
}

bool Walk::contained_are_referenced(json::Node resource) const {
  const json::Node all = resource["contained"];
  return std::all_of(all.begin(), all.end(), [&](json::Node contained) {
    const json::Node id = contained["id"];
    return !id || fragments_.contains(id.text()) || point_at_container_.contains(contained.id());
  });
}

void Walk::check_bundle(json::Node bundle) {
  std::unordered_map<std::string, json::Node> seen;
  for (const json::Node entry : bundle["entry"]) {
    const json::Node url = entry["fullUrl"];
    const json::Node resource = entry["resource"];
    if (!url.is_string()) continue;
    if (url.text().find(':') == std::string_view::npos) {
      fault(Severity::kError, IssueType::kInvalid, "Bundle.entry.fullUrl", url, [&] {
        return "The fullUrl " + in_quotes(url.text()) + " must be absolute: https://…/" +
               std::string(resource["resourceType"].text()) + "/id, or urn:uuid: and a UUID.";
      });
    }
    std::string key(url.text());
    key.append("|").append(resource["meta"]["versionId"].text());
    const auto added = seen.emplace(std::move(key), entry);
    if (!added.second && bundle["type"].text() != "history") {
      fault(Severity::kError, IssueType::kInvariant, "bdl-7", entry, [&] {
        return "The fullUrl " + in_quotes(url.text()) + " is also that of " +
               element_path(schema_, added.first->second, index_.bundle()) + ": each entry needs its own.";
      });
    }
    // FHIR R4 Bundle 2.36.4: a RESTful fullUrl ends in the resource's type and id.
    const std::string_view id = resource["id"].text();
    const std::string_view type = type_in(url.text());
    const bool is_rest = url.text().starts_with("http") && schema_.find(type) != nullptr;
    if (is_rest && !id.empty() && url.text().substr(url.text().rfind('/') + 1) != id) {
      fault(Severity::kWarning, IssueType::kInvalid, "Bundle.entry.fullUrl", url,
            [&] { return "The fullUrl does not end in the resource's id " + in_quotes(id) + "."; });
    }
  }
}

}  // namespace pas::validation
