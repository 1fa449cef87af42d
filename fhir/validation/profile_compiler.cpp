#include "fhir/validation/profile_compiler.h"

#include <algorithm>

#include "fhir/definitions/canonical.h"

namespace pas::validation {

using definitions::Element;
using definitions::Structure;

namespace {

bool knows(const std::vector<const ConstraintRule*>& rules, const definitions::Constraint& constraint) {
  return std::ranges::any_of(rules, [&](const ConstraintRule* rule) { return rule->key() == constraint.key; });
}

// A type limit that only repeats the base is none.
bool limits_something(const TypeLimit& limit) {
  return !limit.profiles.empty() || !limit.targets.empty();
}

}  // namespace

std::size_t end_of(const Structure& structure, std::size_t at) {
  std::size_t end = at + 1;
  while (end < structure.size() && structure[end].depth() > structure[at].depth()) ++end;
  return end;
}

std::shared_ptr<const ExpectedValue> expected_value(const Element& element) {
  auto document = json::Document::parse(std::string(element.value()));
  if (!document) return nullptr;
  return std::make_shared<const ExpectedValue>(ExpectedValue{std::move(*document), element.has_fixed()});
}

ProfileCompiler::ProfileCompiler(const ProfileStore& store, Structure structure,
                                 std::vector<std::unique_ptr<std::string>>& texts)
    : store_(store), schema_(store.schema()), structure_(structure), texts_(texts) {}

std::string_view ProfileCompiler::keep(std::string text) {
  texts_.push_back(std::make_unique<std::string>(std::move(text)));
  return *texts_.back();
}

std::unique_ptr<const Profile> ProfileCompiler::compile() {
  auto profile = std::make_unique<Profile>();
  profile->structure = structure_;
  profile->type = schema_.find(structure_.type());
  profile->is_modifier = structure_[0].is_modifier();
  profile->root.path = structure_[0].path();
  profile->root.rule = profile->root.path;
  for (const std::string_view url : structure_.imposed_profiles()) {
    if (ProfileRef* ref = store_.find(url)) profile->imposed.push_back(ref);
  }
  if (profile->type == nullptr) return profile;
  add_own_rules(0, profile->root);
  for (const definitions::Constraint constraint : structure_[0].constraints()) {
    if (!knows(profile->type->constraints, constraint)) {
      profile->root.constraints.push_back(schema_.constraints().add(constraint, profile->type->name));
    }
  }
  add_children(0, profile->type, profile->root);
  return profile;
}

void ProfileCompiler::add_own_rules(std::size_t at, Constrained& into) {
  const Element element = structure_[at];
  if (element.has_fixed() || element.has_pattern()) into.value = expected_value(element);
  into.min_value = element.min_value();
  into.max_value = element.max_value();
  into.bound_type = element.bound_type();
  into.max_length = element.max_length();
}

Constrained ProfileCompiler::element(std::size_t at, const ElementRule& base, bool is_slice) {
  const Element element = structure_[at];
  Constrained result;
  result.path = element.path();
  result.name = base.name;
  result.base = &base;
  result.rule = element.slice_name().empty() ? result.path
                                             : keep(std::string(result.path) + ":" + std::string(element.slice_name()));
  result.min = element.min();
  result.max = element.max();
  result.checks_min = element.min() > (is_slice ? 0 : base.min);
  result.checks_max = element.max() == 0 || (base.repeats && element.max() != definitions::table::kUnbounded);
  add_own_rules(at, result);
  if (result.max_length == base.max_length) result.max_length = 0;
  add_types(element, result);
  add_binding(element, result);
  const TypeRule* type = type_below(element, base);
  for (const definitions::Constraint constraint : element.constraints()) {
    if (knows(base.constraints, constraint) || constraint.key == "ele-1" ||
        std::ranges::any_of(base.types, [&](const TypeUse& use) {
          return use.type != nullptr && knows(use.type->constraints, constraint);
        })) {
      continue;
    }
    result.constraints.push_back(schema_.constraints().add(constraint, type == nullptr ? "" : type->name));
  }
  add_children(at, type, result);
  return result;
}

const TypeRule* ProfileCompiler::type_below(const Element& element, const ElementRule& base) const {
  if (base.types.size() == 1 && base.types[0].type != nullptr) return base.types[0].type;
  return element.types().size() == 1 ? schema_.find(element.types()[0].code()) : nullptr;
}

void ProfileCompiler::add_children(std::size_t at, const TypeRule* type, Constrained& into) {
  if (type == nullptr) return;
  const std::size_t end = end_of(structure_, at);
  for (std::size_t i = at + 1; i < end; i = end_of(structure_, i)) {
    const Element child = structure_[i];
    if (!child.slice_name().empty()) continue;  // with its unsliced element
    const ElementRule* base = type->element(child.name());
    std::string_view only_key;
    if (base == nullptr) {
      const Member* member = type->find(child.name());
      if (member == nullptr) continue;  // an element of another type: nothing that can be there
      base = &type->elements[member->element];
      only_key = member->key;
    }
    Constrained rules = element(i, *base, !only_key.empty());
    rules.only_key = only_key;
    add_slices(i, "", *base, rules);
    if (rules.says_something()) into.children.push_back(std::move(rules));
  }
}

void ProfileCompiler::add_slices(std::size_t at, std::string_view prefix, const ElementRule& base, Constrained& into) {
  const auto slicing = structure_[at].slicing();
  if (!slicing) return;
  const std::string_view path = structure_[at].path();
  bool says_something = slicing->rules() != definitions::SlicingRules::kOpen;
  for (std::size_t i = end_of(structure_, at); i < structure_.size() && structure_[i].path() == path;
       i = end_of(structure_, i)) {
    const Element element_here = structure_[i];
    std::string_view name = element_here.slice_name();
    if (name.empty()) break;
    if (!name.starts_with(prefix)) {
      if (prefix.empty()) continue;
      break;  // the reslices of one slice stand together
    }
    name.remove_prefix(prefix.size());
    if (name.find('/') != std::string_view::npos) continue;  // of a slice of this one
    Slice slice;
    slice.name = element_here.slice_name();
    slice.is_default = name == "@default";
    if (!slice.is_default) slice.tests = slice_tests(store_, structure_, i, *slicing);
    slice.element = element(i, base, true);
    add_slices(i, std::string(element_here.slice_name()) + "/", base, slice.element);
    into.can_tell_slices &= slice.is_default || !slice.tests.empty();
    says_something |= slice.element.says_something();
    into.slices.push_back(std::move(slice));
  }
  into.slicing_rules = slicing->rules();
  into.is_ordered = slicing->is_ordered();
  if (!says_something || into.slices.empty()) into.slices.clear();
}

void ProfileCompiler::add_types(const Element& element, Constrained& into) {
  const ElementRule& base = *into.base;
  const auto allows = [&](std::string_view code) {
    return std::ranges::any_of(element.types(), [&](const definitions::Type& type) { return type.code() == code; });
  };
  const bool any_resource = base.types.size() == 1 && base.types[0].type == nullptr && !base.is_choice;
  if (base.is_choice) {
    into.checks_types = std::ranges::any_of(
        base.types, [&](const TypeUse& use) { return use.type != nullptr && !allows(use.type->name); });
  } else if (any_resource) {
    into.checks_types = !element.types().empty() && !allows("Resource") && !allows("String");
  }
  bool limits = into.checks_types;
  for (const definitions::Type type : element.types()) {
    TypeLimit limit;
    limit.code = type.code();
    if (type.code() != "Extension") {  // an extension meets its own definition wherever it stands
      for (const std::string_view url : type.profiles()) {
        ProfileRef* ref = store_.find(url);
        if (ref != nullptr) limit.profiles.push_back(ref);
        if (ref == nullptr && !schema_.definitions().find_structure(url)) {  // not here: cannot be checked
          limit.profiles.clear();
          break;
        }
      }
    }
    for (const std::string_view url : type.targets()) {
      ProfileRef* ref = store_.find(url);
      if (ref != nullptr) {
        limit.target_profiles.push_back(ref);
        limit.targets.push_back(ref->structure.type());
      } else if (url.starts_with(definitions::kCoreBase)) {
        limit.targets.push_back(definitions::last_part(definitions::without_version(url)));
        limit.open_targets.push_back(limit.targets.back());
      }
      if ((ref == nullptr && !url.starts_with(definitions::kCoreBase)) || limit.targets.back() == "Resource") {
        limit.targets.clear();  // a profile that is not here, or any resource
        limit.target_profiles.clear();
        break;
      }
    }
    if (limit.target_profiles.empty()) {
      const auto same = std::ranges::find_if(base.types, [&](const TypeUse& use) {
        return use.type != nullptr && use.type->name == limit.code && use.targets == limit.targets;
      });
      if (same != base.types.end()) limit.targets.clear();
    }
    limits |= limits_something(limit);
    into.types.push_back(std::move(limit));
  }
  if (!limits) into.types.clear();
}

void ProfileCompiler::add_binding(const Element& element, Constrained& into) {
  const auto binding = element.binding();
  if (!binding) return;
  const ElementRule& base = *into.base;
  for (std::size_t i = 0; i + 1 < binding->additional().size(); i += 2) {
    if (binding->additional()[i] != "required") continue;
    if (const auto* set = schema_.value_set(binding->additional()[i + 1])) into.additional_required.push_back(set);
  }
  const bool same =
      definitions::without_version(binding->value_set()) == definitions::without_version(base.value_set_url) &&
      binding->strength() == base.strength;
  if (same || binding->strength() == definitions::BindingStrength::kExample) return;
  into.strength = binding->strength();
  into.value_set_url = binding->value_set();
  into.value_set = schema_.value_set(binding->value_set());
  if (binding->strength() != definitions::BindingStrength::kRequired) {
    into.max_value_set = schema_.value_set(binding->max_value_set());
  }
}

}  // namespace pas::validation
