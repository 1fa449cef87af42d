#include "fhir/definitions/type_model.h"

#include <algorithm>

#include "fhir/definitions/canonical.h"
#include "fhir/definitions/definition_set.h"

namespace pas::definitions {

using fhirpath::ElementInfo;
using fhirpath::kNoType;
using fhirpath::TypeId;

namespace {

// An element with children of its own is a type by its path.
bool has_children(const Structure& structure, std::size_t index) {
  return index > 0 && index + 1 < structure.size() && structure[index + 1].depth() > structure[index].depth();
}

bool is_own_type(const DefinitionSet& set, const Structure& structure) {
  return !structure.is_profile() && structure.size() > 0 && set.find_type(structure.type()) == structure;
}

}  // namespace

TypeModel::TypeModel(const DefinitionSet& set) {
  types_.emplace_back();  // kNoType
  const std::vector<Structure> structures = set.structures();
  std::size_t type_count = 0;
  for (const Structure& structure : structures) {
    if (!is_own_type(set, structure)) continue;
    const TypeId id = declare(structure.type());
    types_[id].is_primitive = structure.kind() == StructureKind::kPrimitive;
    type_count += structure.size();
    for (std::size_t i = 0; i < structure.size(); ++i) {
      if (has_children(structure, i)) declare(structure[i].path());
      for (const Type type : structure[i].types()) {
        declare(type.code());
        ++type_count;
      }
      type_count += structure[i].content_reference().empty() ? 0U : 1U;
    }
  }
  type_lists_.reserve(type_count);  // spans into it must stay
  for (const Structure& structure : structures) {
    if (!is_own_type(set, structure)) continue;
    if (!structure.base().empty()) types_[find_type(structure.type())].base = find_type(last_part(structure.base()));
    add_elements(structure);
  }
  cut_rings();
}

// A faulty package may have types that are based on each other.
void TypeModel::cut_rings() {
  constexpr std::size_t kMostBases = 32;
  for (TypeEntry& type : types_) {
    std::size_t bases = 0;
    for (TypeId base = type.base; base != kNoType && bases <= kMostBases; base = types_[base].base) ++bases;
    if (bases > kMostBases) type.base = kNoType;
  }
}

TypeId TypeModel::declare(std::string_view name) {
  const auto [found, is_new] = by_name_.emplace(name, static_cast<TypeId>(types_.size()));
  if (is_new) types_.push_back({name});
  return found->second;
}

void TypeModel::add_elements(const Structure& structure) {
  for (std::size_t parent = 0; parent < structure.size(); ++parent) {
    if (parent > 0 && !has_children(structure, parent)) continue;
    const Element owner = structure[parent];
    TypeEntry& type = types_[find_type(owner.path())];
    if (parent > 0 && !owner.types().empty()) type.base = find_type(owner.types()[0].code());
    type.first = static_cast<std::uint32_t>(elements_.size());
    for (std::size_t i = parent + 1; i < structure.size() && structure[i].depth() > owner.depth(); ++i) {
      const Element element = structure[i];
      if (element.depth() != owner.depth() + 1 || !element.slice_name().empty()) continue;
      const std::size_t first = type_lists_.size();
      if (const std::string_view reference = element.content_reference(); !reference.empty()) {
        type_lists_.push_back(find_type(reference.substr(reference.find('#') + 1)));
      } else if (has_children(structure, i)) {
        type_lists_.push_back(find_type(element.path()));
      } else if (parent == 0 && structure.kind() == StructureKind::kResource && element.name() == "id") {
        type_lists_.push_back(find_type("id"));  // 4.0.1's definitions say string, the specification's page id
      } else {
        for (const Type allowed : element.types()) type_lists_.push_back(find_type(allowed.code()));
      }
      elements_.push_back(
          {element.name(),
           {std::span(type_lists_).subspan(first), element.is_choice(), element.repeats(), element.min()}});
    }
    type.count = static_cast<std::uint32_t>(elements_.size()) - type.first;
    std::sort(elements_.begin() + type.first, elements_.end(),
              [](const NamedElement& a, const NamedElement& b) { return a.name < b.name; });
  }
}

TypeId TypeModel::find_type(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? kNoType : found->second;
}

std::string_view TypeModel::type_name(TypeId type) const {
  return type < types_.size() ? types_[type].name : std::string_view{};
}

TypeId TypeModel::base_of(TypeId type) const {
  return type < types_.size() ? types_[type].base : kNoType;
}

bool TypeModel::is_primitive(TypeId type) const {
  return type < types_.size() && types_[type].is_primitive;
}

const ElementInfo* TypeModel::find_element(TypeId type, std::string_view name) const {
  if (type >= types_.size()) return nullptr;
  const TypeEntry& entry = types_[type];
  const auto elements = std::span(elements_).subspan(entry.first, entry.count);
  const auto found = std::ranges::lower_bound(elements, name, {}, &NamedElement::name);
  return found != elements.end() && found->name == name ? &found->info : nullptr;
}

}  // namespace pas::definitions
