#include "fhir/definitions/draft.h"

#include <charconv>

#include "fhir/definitions/canonical.h"
#include "fhir/definitions/table.h"

namespace pas::definitions {
namespace {

// The value of an extension from the standard's own set, whatever its type; absent when it is not there.
json::Node extension_value(json::Node element, std::string_view name) {
  for (const json::Node extension : element["extension"]) {
    const std::string_view url = extension["url"].text();
    if (url.starts_with(kCoreBase) && url.substr(kCoreBase.size()) == name) {
      for (const json::Node member : extension) {
        if (member.key().starts_with("value")) return member;
      }
    }
  }
  return {};
}

std::uint32_t number_of(std::string_view text) {
  std::uint32_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::uint32_t max_of(std::string_view text) {
  return text == "*" ? table::kUnbounded : number_of(text);
}

std::vector<std::string> texts_of(json::Node array) {
  std::vector<std::string> texts;
  for (const json::Node item : array) {
    if (item.is_string()) texts.emplace_back(item.text());
  }
  return texts;
}

TypeDraft read_type(json::Node node) {
  TypeDraft type;
  std::string_view code = node["code"].text();
  // The system types of id, url and primitive values: the FHIR type is in an extension (R4 2.24.1.1).
  if (constexpr std::string_view kSystem = "http://hl7.org/fhirpath/"; code.starts_with(kSystem)) {
    const json::Node named = extension_value(node, "structuredefinition-fhir-type");
    code = named ? named.text() : code.substr(kSystem.size());
  }
  type.code = code;
  type.profiles = texts_of(node["profile"]);
  type.targets = texts_of(node["targetProfile"]);
  for (const json::Node mode : node["aggregation"]) {
    type.aggregation |= mode.text() == "contained" ? 1U : mode.text() == "referenced" ? 2U : 4U;
  }
  return type;
}

BindingDraft read_binding(json::Node node) {
  BindingDraft binding;
  binding.value_set = node["valueSet"].text();
  const std::string_view strength = node["strength"].text();
  binding.strength = strength == "required"     ? BindingStrength::kRequired
                     : strength == "extensible" ? BindingStrength::kExtensible
                     : strength == "preferred"  ? BindingStrength::kPreferred
                                                : BindingStrength::kExample;
  binding.max_value_set = extension_value(node, "elementdefinition-maxValueSet").text();
  for (const json::Node extension : node["extension"]) {
    const std::string_view url = extension["url"].text();  // of R4 guides; of R5's element written in R4
    if (!url.ends_with("/additional-binding") && !url.ends_with("ElementDefinition.binding.additional")) continue;
    std::pair<std::string, std::string> additional;
    for (const json::Node part : extension["extension"]) {
      if (part["url"].text() == "purpose") additional.first = part["valueCode"].text();
      if (part["url"].text() == "valueSet") additional.second = part["valueCanonical"].text();
    }
    binding.additional.push_back(std::move(additional));
  }
  return binding;
}

SlicingDraft read_slicing(json::Node node) {
  SlicingDraft slicing;
  for (const json::Node discriminator : node["discriminator"]) {
    slicing.discriminators.emplace_back(discriminator["type"].text(), discriminator["path"].text());
  }
  const std::string_view rules = node["rules"].text();
  slicing.rules = rules == "closed"      ? SlicingRules::kClosed
                  : rules == "openAtEnd" ? SlicingRules::kOpenAtEnd
                                         : SlicingRules::kOpen;
  slicing.ordered = node["ordered"].is_true();
  return slicing;
}

void read_member(json::Node member, ElementDraft& element) {
  const std::string_view key = member.key();
  const auto value_after = [&](std::string_view prefix) -> std::optional<ValueDraft> {
    if (!key.starts_with(prefix) || key.size() == prefix.size()) return std::nullopt;
    return ValueDraft{std::string(key.substr(prefix.size())), member.to_json()};
  };
  if (key == "min") {
    element.min = number_of(member.text());
  } else if (key == "max") {
    element.max = max_of(member.text());
  } else if (key == "base") {
    element.repeats = max_of(member["max"].text()) > 1;
  } else if (key == "contentReference") {
    element.content_reference = std::string(member.text());
  } else if (key == "isModifier") {
    element.is_modifier = member.is_true();
  } else if (key == "mustSupport") {
    element.must_support = member.is_true();
  } else if (key == "maxLength") {
    element.max_length = number_of(member.text());
  } else if (key == "binding") {
    element.binding = read_binding(member);
  } else if (key == "slicing") {
    element.slicing = read_slicing(member);
  } else if (auto fixed = value_after("fixed")) {
    element.fixed = std::move(fixed);
  } else if (auto pattern = value_after("pattern")) {
    element.pattern = std::move(pattern);
  } else if (auto min_value = value_after("minValue")) {
    element.min_value = std::move(min_value);
  } else if (auto max_value = value_after("maxValue")) {
    element.max_value = std::move(max_value);
  }
}

// A fixed or pattern value's type as its name is in FHIR: Code -> code, CodeableConcept as it is.
void name_primitive(std::optional<ValueDraft>& value) {
  if (!value || value->json.starts_with('{')) return;
  value->type[0] = static_cast<char>(value->type[0] - 'A' + 'a');
}

ElementDraft read_element(json::Node node) {
  ElementDraft element;
  element.id = node["id"].text();
  element.path = node["path"].text();
  element.slice_name = node["sliceName"].text();
  for (const json::Node member : node) read_member(member, element);
  for (auto* value : {&element.fixed, &element.pattern, &element.min_value, &element.max_value}) {
    name_primitive(*value);
  }
  if (const json::Node types = node["type"]) {
    element.types.emplace();
    for (const json::Node type : types) element.types->push_back(read_type(type));
  }
  for (const json::Node constraint : node["constraint"]) {
    if (!constraint["expression"].is_string()) continue;
    element.constraints.push_back({std::string(constraint["key"].text()), std::string(constraint["expression"].text()),
                                   constraint["severity"].text() != "warning"});
  }
  return element;
}

}  // namespace

StructureDraft read_structure(json::Node definition) {
  StructureDraft draft;
  draft.url = definition["url"].text();
  draft.version = definition["version"].text();
  draft.name = definition["name"].text();
  draft.type = definition["type"].text();
  draft.base = definition["baseDefinition"].text();
  const std::string_view kind = definition["kind"].text();
  draft.kind = kind == "primitive-type" ? StructureKind::kPrimitive
               : kind == "resource"     ? StructureKind::kResource
               : kind == "logical"      ? StructureKind::kLogical
                                        : StructureKind::kComplex;
  draft.is_abstract = definition["abstract"].is_true();
  draft.is_profile = definition["derivation"].text() == "constraint";
  for (const json::Node context : definition["context"]) {
    draft.contexts.emplace_back(context["type"].text(), context["expression"].text());
  }
  draft.context_invariants = texts_of(definition["contextInvariant"]);
  for (const json::Node extension : definition["extension"]) {
    if (extension["url"].text() == "http://hl7.org/fhir/StructureDefinition/structuredefinition-imposeProfile") {
      draft.imposed.emplace_back(extension["valueCanonical"].text());
    }
  }
  json::Node elements = definition["snapshot"]["element"];
  draft.is_snapshot = elements.size() > 0;
  if (!draft.is_snapshot) elements = definition["differential"]["element"];
  for (const json::Node element : elements) draft.elements.push_back(read_element(element));
  return draft;
}

}  // namespace pas::definitions
