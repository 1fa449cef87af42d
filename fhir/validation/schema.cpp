#include "fhir/validation/schema.h"

#include <algorithm>

#include "fhir/definitions/canonical.h"

namespace pas::validation {
namespace {

using definitions::Element;
using definitions::Structure;

bool has_children(const Structure& structure, std::size_t at) {
  return at > 0 && at + 1 < structure.size() && structure[at + 1].depth() > structure[at].depth();
}

std::size_t hash_of(std::string_view key) {
  std::size_t hash = 14695981039346656037U;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash ^ (hash >> 32U);
}

// valueQuantity of value and Quantity, valueString of value and string; made once and kept.
std::string choice_key(std::string_view name, std::string_view type) {
  std::string key(name);
  key += static_cast<char>(type[0] >= 'a' && type[0] <= 'z' ? type[0] - 'a' + 'A' : type[0]);
  key += type.substr(1);
  return key;
}

}  // namespace

const Member* TypeRule::find(std::string_view key) const {
  const std::size_t mask = buckets_.size() - 1;
  for (std::size_t at = hash_of(key) & mask; buckets_[at] != 0; at = (at + 1) & mask) {
    const Member& member = members[buckets_[at] - 1U];
    if (member.key == key) return &member;
  }
  return nullptr;
}

const ElementRule* TypeRule::element(std::string_view element_name) const {
  const auto found = std::ranges::find(elements, element_name, &ElementRule::name);
  return found == elements.end() ? nullptr : &*found;
}

bool TypeRule::is_a(std::string_view type_name) const {
  return std::ranges::find(lineage, type_name) != lineage.end();
}

void TypeRule::index_members() {
  std::size_t size = 4;
  while (size < members.size() * 2) size *= 2;
  buckets_.assign(size, 0);
  for (std::size_t i = 0; i < members.size(); ++i) {
    std::size_t at = hash_of(members[i].key) & (size - 1);
    while (buckets_[at] != 0) at = (at + 1) & (size - 1);
    buckets_[at] = static_cast<std::uint16_t>(i + 1);
  }
}

Schema::Schema(const definitions::DefinitionSet& set) : set_(set) {
  std::vector<Structure> own;
  for (const Structure& structure : set.structures()) {
    if (!structure.is_profile() && structure.size() > 0 && set.find_type(structure.type()) == structure &&
        structure.kind() != definitions::StructureKind::kLogical) {
      own.push_back(structure);
    }
  }
  for (const Structure& structure : own) declare(structure);
  for (const Structure& structure : own) fill(structure);
}

const TypeRule* Schema::find(std::string_view name) const {
  const auto found = types_.find(name);
  return found == types_.end() ? nullptr : found->second.get();
}

const definitions::ValueSet* Schema::value_set(std::string_view canonical) const {
  if (canonical.empty()) return nullptr;
  const std::lock_guard lock(mutex_);
  auto& kept = value_sets_[std::string(canonical)];
  if (!kept) kept = std::make_unique<definitions::ValueSet>(set_.find_value_set(canonical));
  return *kept ? kept.get() : nullptr;
}

void Schema::declare(const Structure& structure) {
  for (std::size_t at = 0; at < structure.size(); ++at) {
    if (at > 0 && !has_children(structure, at)) continue;
    auto rule = std::make_unique<TypeRule>();
    rule->name = structure[at].path();
    rule->id = set_.model().find_type(rule->name);
    if (at == 0) {
      rule->is_resource = structure.kind() == definitions::StructureKind::kResource;
      rule->is_abstract = structure.is_abstract();
      if (structure.kind() == definitions::StructureKind::kPrimitive) rule->primitive = primitive_of(rule->name);
    }
    for (fhirpath::TypeId id = rule->id; id != fhirpath::kNoType; id = set_.model().base_of(id)) {
      rule->lineage.push_back(set_.model().type_name(id));
    }
    types_.emplace(rule->name, std::move(rule));
  }
}

void Schema::fill(const Structure& structure) {
  for (std::size_t at = 0; at < structure.size(); ++at) {
    if (at == 0 || has_children(structure, at)) fill_type(structure, at);
  }
}

void Schema::fill_type(const Structure& structure, std::size_t at) {
  const Element owner = structure[at];
  TypeRule& rule = *types_.find(owner.path())->second;
  for (const definitions::Constraint constraint : owner.constraints()) {
    rule.constraints.push_back(constraints_.add(constraint, rule.name));
  }
  for (std::size_t i = at + 1; i < structure.size() && structure[i].depth() > owner.depth(); ++i) {
    const Element element = structure[i];
    if (element.depth() != owner.depth() + 1 || !element.slice_name().empty()) continue;
    const auto index = static_cast<std::uint16_t>(rule.elements.size());
    rule.elements.push_back(element_rule(structure, i));
    ElementRule& added = rule.elements.back();
    if (rule.is_resource && added.name == "id") added.types = {{find("id"), {}}};  // R4's snapshot says string
    if (added.min > 0) rule.required.push_back(index);
    for (std::size_t t = 0; t < added.types.size(); ++t) {
      std::string_view key = added.name;
      if (added.is_choice) {
        keys_.push_back(std::make_unique<std::string>(choice_key(added.name, element.types()[t].code())));
        key = *keys_.back();
      }
      rule.members.push_back({key, index, static_cast<std::uint16_t>(t)});
    }
  }
  rule.index_members();
}

ElementRule Schema::element_rule(const Structure& structure, std::size_t at) {
  const Element element = structure[at];
  ElementRule rule;
  rule.path = element.path();
  rule.name = element.name();
  rule.min = element.min();
  rule.repeats = element.repeats();
  rule.is_choice = element.is_choice();
  rule.is_modifier = element.is_modifier();
  rule.max_length = element.max_length();
  const std::string_view reference = element.content_reference();
  if (!reference.empty()) {
    rule.types.push_back({find(reference.substr(reference.find('#') + 1)), {}});
  } else if (has_children(structure, at)) {
    rule.types.push_back({find(element.path()), {}});
  } else {
    for (const definitions::Type type : element.types()) {
      TypeUse use;
      use.type = type.code() == "Resource" ? nullptr : find(type.code());
      for (const std::string_view target : type.targets()) {
        if (target.starts_with(definitions::kCoreBase)) use.targets.push_back(definitions::last_part(target));
      }
      std::erase(use.targets, "Resource");
      rule.types.push_back(std::move(use));
    }
  }
  if (const auto binding = element.binding()) {
    rule.strength = binding->strength();
    rule.value_set_url = binding->value_set();
    rule.value_set = value_set(binding->value_set());
  }
  // A backbone's own constraints are its type's.
  if (!has_children(structure, at)) {
    const TypeRule* only = rule.types.size() == 1 ? rule.types[0].type : nullptr;
    const Structure type = only == nullptr ? Structure{} : set_.find_type(only->name);
    for (const definitions::Constraint constraint : element.constraints()) {
      const bool of_type = type && std::ranges::any_of(type[0].constraints(),
                                                       [&](const auto& other) { return other.key == constraint.key; });
      if (!of_type && constraint.key != "ele-1") {
        rule.constraints.push_back(constraints_.add(constraint, only == nullptr ? "" : only->name));
      }
    }
  }
  return rule;
}

}  // namespace pas::validation
