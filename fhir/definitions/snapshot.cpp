#include "fhir/definitions/snapshot.h"

#include <algorithm>

#include "fhir/definitions/canonical.h"

namespace pas::definitions {
namespace {

constexpr std::size_t kMostElements = 20'000;  // of one snapshot

// Elements below `at`, by their ids: Claim.item, Claim.item.quantity, not Claim.item:slice.
std::size_t end_of(const std::vector<ElementDraft>& elements, std::size_t at) {
  const std::string prefix = elements[at].id + ".";
  std::size_t end = at + 1;
  while (end < elements.size() && elements[end].id.starts_with(prefix)) ++end;
  return end;
}

std::optional<std::size_t> find_id(const std::vector<ElementDraft>& elements, std::string_view id) {
  const auto found = std::ranges::find(elements, id, &ElementDraft::id);
  if (found == elements.end()) return std::nullopt;
  return static_cast<std::size_t>(found - elements.begin());
}

void rebase(ElementDraft& element, std::size_t old_id, std::string_view id, std::size_t old_path,
            std::string_view path) {
  element.id.replace(0, old_id, id);
  element.path.replace(0, old_path, path);
}

// An element as a table has it.
ElementDraft draft_of(const Element& element) {
  ElementDraft draft;
  draft.path = element.path();
  draft.slice_name = element.slice_name();
  draft.min = element.min();
  draft.max = element.max();
  draft.repeats = element.repeats();
  draft.is_modifier = element.is_modifier();
  draft.must_support = element.must_support();
  draft.types.emplace();
  for (const Type type : element.types()) {
    TypeDraft& added = draft.types->emplace_back();
    added.code = type.code();
    for (const std::string_view profile : type.profiles()) added.profiles.emplace_back(profile);
    for (const std::string_view target : type.targets()) added.targets.emplace_back(target);
    added.aggregation = type.aggregation();
  }
  for (const Constraint constraint : element.constraints()) {
    draft.constraints.push_back({std::string(constraint.key), std::string(constraint.expression), constraint.is_error});
  }
  if (const auto binding = element.binding()) {
    BindingDraft& added = draft.binding.emplace();
    added.value_set = binding->value_set();
    added.strength = binding->strength();
    added.max_value_set = binding->max_value_set();
    for (std::size_t i = 0; i + 1 < binding->additional().size(); i += 2) {
      added.additional.emplace_back(binding->additional()[i], binding->additional()[i + 1]);
    }
  }
  if (const auto slicing = element.slicing()) {
    SlicingDraft& added = draft.slicing.emplace();
    const TextList discriminators = slicing->discriminators();
    for (std::size_t i = 0; i + 1 < discriminators.size(); i += 2) {
      added.discriminators.emplace_back(discriminators[i], discriminators[i + 1]);
    }
    added.rules = slicing->rules();
    added.ordered = slicing->is_ordered();
  }
  if (!element.content_reference().empty()) draft.content_reference = std::string(element.content_reference());
  const ValueDraft value{std::string(element.value_type()), std::string(element.value())};
  if (element.has_fixed()) draft.fixed = value;
  if (element.has_pattern()) draft.pattern = value;
  const std::string bound(element.bound_type());
  if (!element.min_value().empty()) draft.min_value = ValueDraft{bound, std::string(element.min_value())};
  if (!element.max_value().empty()) draft.max_value = ValueDraft{bound, std::string(element.max_value())};
  if (element.max_length() > 0) draft.max_length = element.max_length();
  return draft;
}

StructureDraft draft_of(const Structure& structure) {
  StructureDraft draft;
  draft.url = structure.url();
  draft.type = structure.type();
  std::vector<std::string> ids;  // by depth
  for (std::size_t i = 0; i < structure.size(); ++i) {
    ElementDraft element = draft_of(structure[i]);
    const std::size_t depth = structure[i].depth();
    ids.resize(depth);
    std::string id = depth == 0 ? element.path : ids.back() + element.path.substr(element.path.rfind('.'));
    if (!element.slice_name.empty()) id += ":" + element.slice_name;
    element.id = id;
    ids.push_back(std::move(id));
    draft.elements.push_back(std::move(element));
  }
  return draft;
}

template <class T>
void take(std::optional<T>& from, std::optional<T>& into) {
  if (from) into = std::move(from);
}

void merge(ElementDraft& change, ElementDraft& into) {
  take(change.min, into.min);
  take(change.max, into.max);
  take(change.types, into.types);
  take(change.binding, into.binding);
  take(change.slicing, into.slicing);
  take(change.content_reference, into.content_reference);
  take(change.fixed, into.fixed);
  take(change.pattern, into.pattern);
  take(change.min_value, into.min_value);
  take(change.max_value, into.max_value);
  take(change.max_length, into.max_length);
  take(change.is_modifier, into.is_modifier);
  take(change.must_support, into.must_support);
  for (ConstraintDraft& constraint : change.constraints) {
    const auto same = std::ranges::find(into.constraints, constraint.key, &ConstraintDraft::key);
    if (same == into.constraints.end()) {
      into.constraints.push_back(std::move(constraint));
    } else {
      *same = std::move(constraint);
    }
  }
}

}  // namespace

SnapshotMaker::SnapshotMaker(const Package& package, const DefinitionSet* known) : known_(known) {
  for (const json::Document& document : package.structures) {
    own_.emplace(document.root()["url"].text(), document.root());
  }
}

base::Result<StructureDraft> SnapshotMaker::find(std::string_view canonical) {
  const std::string_view url = without_version(canonical);
  if (const auto own = own_.find(url); own != own_.end()) return complete(own->second);
  if (known_ != nullptr) {
    if (const Structure structure = known_->find_structure(canonical)) return draft_of(structure);
  }
  return base::Error{base::ErrorCode::kNotFound, std::string(canonical) + " is not here"};
}

base::Result<StructureDraft> SnapshotMaker::complete(json::Node definition) {
  StructureDraft draft = read_structure(definition);
  if (draft.is_snapshot) return draft;
  if (std::ranges::find(in_progress_, draft.url) != in_progress_.end()) {
    return base::invalid(draft.url + ": is built on itself");
  }
  in_progress_.push_back(draft.url);
  auto base = find(draft.base);
  Elements elements;
  if (base) {
    elements = std::move(base->elements);
  } else if (draft.kind == StructureKind::kLogical && !draft.elements.empty()) {
    elements.push_back(draft.elements[0]);  // a logical model's base may be R5's Base, which adds nothing
  }
  if (elements.empty()) {
    in_progress_.pop_back();
    return base::invalid(draft.url + ": has no snapshot, and its base " + draft.base + " cannot be used");
  }
  const std::string old_root = elements[0].path;
  // A logical model's type is a URL; its paths start with its name.
  const std::string& first = draft.elements.empty() ? draft.type : draft.elements[0].path;
  const std::string root = first.substr(0, first.find('.'));
  for (ElementDraft& element : elements) rebase(element, old_root.size(), root, old_root.size(), root);
  bool all = true;
  for (ElementDraft& change : draft.elements) all &= apply(std::move(change), elements);
  in_progress_.pop_back();
  if (!all) return base::invalid(draft.url + ": has no snapshot, and its differential does not fit its base");
  draft.elements = std::move(elements);
  draft.is_snapshot = true;
  return draft;
}

bool SnapshotMaker::apply(ElementDraft change, Elements& elements) {
  std::string id = change.id;
  if (id.empty()) id = change.slice_name.empty() ? change.path : change.path + ":" + change.slice_name;
  const auto at = place_of(id, elements);
  if (at) {
    merge(change, elements[*at]);
    return true;
  }
  // An element that the base does not have: of a new type or a logical model.
  const std::size_t dot = id.rfind('.');
  const auto parent = dot == std::string::npos ? std::nullopt : place_of(std::string_view(id).substr(0, dot), elements);
  if (!parent || !change.slice_name.empty() || elements.size() >= kMostElements) return false;
  change.id = id;
  change.repeats = change.max.value_or(0) > 1;
  elements.insert(elements.begin() + static_cast<std::ptrdiff_t>(end_of(elements, *parent)), std::move(change));
  return true;
}

std::optional<std::size_t> SnapshotMaker::place_of(std::string_view id, Elements& elements) {
  if (const auto found = find_id(elements, id)) return found;
  const std::size_t dot = id.rfind('.');
  if (dot == std::string_view::npos || elements.size() >= kMostElements) return std::nullopt;
  const auto parent = place_of(id.substr(0, dot), elements);
  if (!parent) return std::nullopt;
  const std::string full = elements[*parent].id + std::string(id.substr(dot));  // a choice may have another id
  if (const auto found = find_id(elements, full)) return found;
  if (end_of(elements, *parent) == *parent + 1) unfold(*parent, elements);
  if (const auto found = find_id(elements, full)) return found;
  const std::string_view part = id.substr(dot + 1);
  const std::size_t colon = part.find(':');
  if (colon != std::string_view::npos) {
    return add_slice(*parent, part.substr(0, colon), part.substr(colon + 1), elements);
  }
  return add_choice_type(*parent, part, elements);
}

std::optional<std::size_t> SnapshotMaker::add_slice(std::size_t parent, std::string_view name, std::string_view slice,
                                                    Elements& elements) {
  const std::string unsliced = elements[parent].id + "." + std::string(name);
  const std::size_t outer = slice.rfind('/');
  const std::string source_id =
      outer == std::string_view::npos ? unsliced : unsliced + ":" + std::string(slice.substr(0, outer));
  const auto source = find_id(elements, source_id);
  if (!source) return std::nullopt;
  const std::string new_id = unsliced + ":" + std::string(slice);
  Elements copy(elements.begin() + static_cast<std::ptrdiff_t>(*source),
                elements.begin() + static_cast<std::ptrdiff_t>(end_of(elements, *source)));
  for (ElementDraft& element : copy) element.id.replace(0, source_id.size(), new_id);
  copy[0].slice_name = slice;
  copy[0].slicing.reset();
  copy[0].min = 0;
  const bool is_choice = name.ends_with("[x]");
  if (is_choice) {  // valueQuantity: of value[x], the type Quantity
    std::string_view type = slice;
    const std::string_view stem = name.substr(0, name.size() - 3);
    if (type.starts_with(stem)) {
      type.remove_prefix(stem.size());
      std::erase_if(*copy[0].types, [&](const TypeDraft& allowed) {
        return allowed.code.size() != type.size() || allowed.code.substr(1) != type.substr(1) ||
               (allowed.code[0] | 0x20) != (type[0] | 0x20);
      });
    }
  }
  auto& slicing = elements[*source].slicing;
  if (!slicing) {
    slicing.emplace();
    slicing->discriminators.emplace_back(is_choice ? "type" : "value", is_choice ? "$this" : "url");
  }
  std::size_t at = end_of(elements, *source);
  while (at < elements.size() && elements[at].id.starts_with(unsliced + ":")) at = end_of(elements, at);
  elements.insert(elements.begin() + static_cast<std::ptrdiff_t>(at), std::make_move_iterator(copy.begin()),
                  std::make_move_iterator(copy.end()));
  return at;
}

std::optional<std::size_t> SnapshotMaker::add_choice_type(std::size_t parent, std::string_view name,
                                                          Elements& elements) {
  const std::size_t end = end_of(elements, parent);
  const std::string prefix = elements[parent].id + ".";
  for (std::size_t i = parent + 1; i < end; ++i) {
    const std::string_view last = std::string_view(elements[i].id).substr(prefix.size());
    if (!last.ends_with("[x]") || last.find('.') != std::string_view::npos) continue;
    const std::string_view stem = last.substr(0, last.size() - 3);
    if (!name.starts_with(stem) || name.size() == stem.size()) continue;
    const std::string slice_id = elements[i].id + ":" + std::string(name);
    if (const auto found = find_id(elements, slice_id)) return found;
    const std::string choice(last);
    return add_slice(parent, choice, name, elements);
  }
  return std::nullopt;
}

void SnapshotMaker::unfold(std::size_t at, Elements& elements) {
  const std::string id = elements[at].id;
  const std::string path = elements[at].path;
  Elements below;
  std::size_t old_id = 0;
  std::size_t old_path = 0;
  if (elements[at].content_reference) {
    const std::string& reference = *elements[at].content_reference;
    const auto source = find_id(elements, reference.substr(reference.find('#') + 1));
    if (!source) return;
    below.assign(elements.begin() + static_cast<std::ptrdiff_t>(*source + 1),
                 elements.begin() + static_cast<std::ptrdiff_t>(end_of(elements, *source)));
    old_id = elements[*source].id.size();
    old_path = elements[*source].path.size();
    elements[at].content_reference.reset();
  } else {
    const auto& types = elements[at].types;
    if (!types || types->size() != 1) return;
    const TypeDraft& type = types->front();
    const bool has_profile = type.profiles.size() == 1;
    auto structure = find(has_profile ? type.profiles[0] : std::string(kCoreBase) + type.code);
    if (!structure && has_profile) structure = find(std::string(kCoreBase) + type.code);
    if (!structure || structure->elements.empty()) return;
    old_id = structure->elements[0].id.size();
    old_path = structure->elements[0].path.size();
    below.assign(std::make_move_iterator(structure->elements.begin() + 1),
                 std::make_move_iterator(structure->elements.end()));
  }
  for (ElementDraft& element : below) rebase(element, old_id, id, old_path, path);
  elements.insert(elements.begin() + static_cast<std::ptrdiff_t>(at + 1), std::make_move_iterator(below.begin()),
                  std::make_move_iterator(below.end()));
}

}  // namespace pas::definitions
