#include <algorithm>

#include "fhir/validation/walk.h"
#include "fhir/validation/wording.h"

namespace pas::validation {
namespace {

using definitions::BindingStrength;
using definitions::ValueSet;

constexpr std::size_t kCodesInMessage = 12;

std::optional<bool> coding_is_in(const ValueSet& set, json::Node coding) {
  const json::Node code = coding["code"];
  if (!code.is_string()) return coding["system"] ? std::nullopt : std::optional(false);
  const json::Node system = coding["system"];
  return system.is_string() ? set.contains(system.text(), code.text()) : set.contains_code(code.text());
}

// True: a coding belongs. Nothing: none does for certain, but one may.
std::optional<bool> any_coding_is_in(const ValueSet& set, json::Node codings) {
  std::optional<bool> result = false;
  for (const json::Node coding : codings) {
    const auto belongs = coding_is_in(set, coding);
    if (belongs.value_or(false)) return true;
    if (!belongs) result = std::nullopt;
  }
  return result;
}

std::string found_in_words(const Place& place) {
  std::vector<std::string> codes;
  const auto add = [&](json::Node coding) {
    codes.push_back(in_quotes(std::string(coding["system"].text()) + "|" + std::string(coding["code"].text())));
  };
  if (!place.value.is_object()) return in_quotes(place.value.text());
  if (place.type->name != "CodeableConcept") {
    add(place.value);
  } else {
    for (const json::Node coding : place.value["coding"]) add(coding);
  }
  return codes.empty() ? "no code" : listed(codes, codes.size());
}

}  // namespace

std::optional<bool> is_member(const ValueSet& set, json::Node coded) {
  if (!coded.is_object()) return set.contains_code(coded.text());
  return coded["coding"] ? any_coding_is_in(set, coded["coding"]) : coding_is_in(set, coded);
}

void Walk::check_binding(const ValueSet& set, BindingStrength strength, std::string_view url, std::string_view rule,
                         const Place& place) {
  if (strength == BindingStrength::kExample || strength == BindingStrength::kPreferred) return;
  const bool is_required = strength == BindingStrength::kRequired;
  if (!place.value || place.type == nullptr || (!is_required && !set.is_complete())) return;
  std::optional<bool> belongs;
  const std::string_view type = place.type->name;
  if (place.type->primitive != Primitive::kNone) {
    belongs = set.contains_code(place.value.text());
  } else if (type == "Coding") {
    belongs = coding_is_in(set, place.value);
  } else if (type == "CodeableConcept") {
    const json::Node codings = place.value["coding"];
    if (codings.size() == 0 && !is_required) return;  // text alone is allowed where no code fits
    belongs = any_coding_is_in(set, codings);
  } else if (place.type->is_a("Quantity")) {
    if (!place.value["value"] && !place.value["code"]) return;
    belongs = coding_is_in(set, place.value);
  }
  if (belongs.value_or(true)) return;
  const Severity required_fault = set.is_complete() ? Severity::kError : options_.incomplete_value_set_fault;
  fault(is_required ? required_fault : options_.extensible_value_set_fault, IssueType::kCodeInvalid, rule, place.node(),
        [&] {
          std::string message = "Found " + found_in_words(place) + ", which is not in the value set " +
                                std::string(url.substr(0, url.find('|')));
          const std::vector<std::string> codes = set.some_codes(kCodesInMessage, !place.value.is_string());
          const std::size_t total = set.code_count();
          if (!codes.empty()) message += "; it has " + listed(codes, total);
          return message + (is_required ? "." : ", and should be unless none of its codes fits.");
        });
}

void Walk::check_coding(json::Node coding) {
  const json::Node system = coding["system"];
  const json::Node code = coding["code"];
  if (!system.is_string() || !code.is_string()) return;
  const definitions::CodeSystem known = schema_.definitions().find_code_system(system.text());
  if (!known || known.contains(code.text()).value_or(true)) return;
  // A warning: a newer edition of the code system may have the code.
  fault(Severity::kWarning, IssueType::kCodeInvalid, "Coding.code", code,
        [&] { return in_quotes(code.text()) + " is not a code of " + std::string(system.text()) + " as known here."; });
}

}  // namespace pas::validation
