#include <algorithm>

#include "fhir/validation/walk.h"
#include "fhir/validation/wording.h"

namespace pas::validation {

void Walk::check_extension(json::Node extension, const Frame& frame, const ElementRule& at) {
  const std::string_view url = extension["url"].text();
  const bool as_modifier = at.name == "modifierExtension";
  if (url.empty()) return;  // reported as missing
  const bool is_nested = frame.type->name == "Extension" && url.find(':') == std::string_view::npos;
  if (is_nested) return;  // checked by the definition of the extension around it
  ProfileRef* ref = profiles_.find(url);
  if (ref == nullptr || ref->structure.type() != "Extension") {
    if (as_modifier) {
      fault(Severity::kError, IssueType::kExtension, "modifierExtension", extension, [&] {
        return "The modifier extension " + in_quotes(url) +
               " is not known here, and an unknown modifier may not be ignored.";
      });
    }
    return;
  }
  const Profile& profile = profiles_.compiled(*ref);
  if (profile.is_modifier != as_modifier) {
    fault(Severity::kError, IssueType::kExtension, at.path, extension, [&] {
      return in_quotes(url) + (as_modifier ? " is not a modifier: it belongs in extension."
                                           : " is a modifier: it belongs in modifierExtension.");
    });
  }
  check_profile(profile, {extension, {}, schema_.find("Extension")});
  if (!allowed_here(ref->structure, frame)) {
    fault(options_.extension_context_fault, IssueType::kExtension, profile.structure.name(), extension, [&] {
      std::vector<std::string> places;
      const definitions::TextList contexts = ref->structure.contexts();
      for (std::size_t i = 1; i < contexts.size(); i += 2) places.emplace_back(contexts[i]);
      return "The extension " + in_quotes(url) + " is not for this place; it is for " + listed(places, places.size()) +
             ".";
    });
  }
}

bool Walk::allowed_here(const definitions::Structure& definition, const Frame& place) const {
  const definitions::TextList contexts = definition.contexts();
  if (contexts.empty()) return true;
  for (std::size_t i = 0; i + 1 < contexts.size(); i += 2) {
    const std::string_view kind = contexts[i];
    const std::string_view expression = contexts[i + 1];
    if (kind == "extension") {
      if (place.type->name == "Extension" && place.node["url"].text() == expression.substr(0, expression.find('#'))) {
        return true;
      }
      continue;
    }
    if (kind != "element" || expression.find(':') != std::string_view::npos) return true;  // not decided here
    if (place.type->is_a(expression)) return true;
    if (expression == "CanonicalResource" || expression == "MetadataResource") {
      if (place.type->is_resource && place.type->element("url") != nullptr) return true;
    }
    if (place.element == nullptr) continue;
    if (place.element->path == expression) return true;
    // An element by the path from one of the types around it: DomainResource.text, Timing.repeat.
    const std::size_t dot = expression.rfind('.');
    if (dot != std::string_view::npos && place.up != nullptr && expression.substr(dot + 1) == place.element->name &&
        place.up->type->is_a(expression.substr(0, dot))) {
      return true;
    }
    // A choice with one of its types: Observation.value[x], Observation.valueQuantity.
    std::string_view plain = expression;
    if (plain.ends_with("[x]")) plain.remove_suffix(3);
    std::string_view own = place.element->path;
    if (own.ends_with("[x]")) own.remove_suffix(3);
    if (place.element->is_choice && (plain == own || (plain.starts_with(own) && plain.ends_with(place.type->name)))) {
      return true;
    }
  }
  return false;
}

}  // namespace pas::validation
