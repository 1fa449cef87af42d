#include "fhir/definitions/table_writer.h"

#include <algorithm>

namespace pas::definitions {

using table::ListId;
using table::StringId;

TableWriter::TableWriter(const Package& package) {
  std::vector<std::pair<std::string, std::string>> dependencies;
  for (const PackageId& id : package.dependencies) dependencies.emplace_back(id.name, id.version);
  package_ = {text(package.id.name), text(package.id.version), text(package.canonical), pairs(dependencies)};
}

StringId TableWriter::text(std::string_view value) {
  if (value.empty()) return 0;
  const auto [found, is_new] =
      string_places_.emplace(std::string(value), static_cast<StringId>(string_offsets_.size() - 1));
  if (is_new) {
    blob_ += value;
    string_offsets_.push_back(static_cast<std::uint32_t>(blob_.size()));
  }
  return found->second;
}

ListId TableWriter::list(const std::vector<std::uint32_t>& items) {
  if (items.empty()) return 0;
  const auto [found, is_new] = list_places_.emplace(items, static_cast<ListId>(lists_.size()));
  if (is_new) {
    lists_.push_back(static_cast<std::uint32_t>(items.size()));
    lists_.insert(lists_.end(), items.begin(), items.end());
  }
  return found->second;
}

ListId TableWriter::texts(const std::vector<std::string>& values) {
  std::vector<std::uint32_t> items;
  items.reserve(values.size());
  for (const std::string& value : values) items.push_back(text(value));
  return list(items);
}

ListId TableWriter::pairs(const std::vector<std::pair<std::string, std::string>>& values) {
  std::vector<std::uint32_t> items;
  items.reserve(2 * values.size());
  for (const auto& [first, second] : values) {
    items.push_back(text(first));
    items.push_back(text(second));
  }
  return list(items);
}

ListId TableWriter::codes(const std::set<std::string, std::less<>>& values) {
  std::vector<std::uint32_t> items;
  items.reserve(values.size());
  for (const std::string& value : values) items.push_back(text(value));
  return list(items);
}

ListId TableWriter::types(const ElementDraft& draft) {
  std::vector<std::uint32_t> items;
  if (draft.types) {
    for (const TypeDraft& type : *draft.types) {
      items.push_back(types_.add({text(type.code), texts(type.profiles), texts(type.targets), type.aggregation}));
    }
  }
  return list(items);
}

ListId TableWriter::constraints(const ElementDraft& draft) {
  std::vector<std::uint32_t> items;
  for (const ConstraintDraft& constraint : draft.constraints) {
    items.push_back(
        constraints_.add({text(constraint.key), text(constraint.expression), constraint.is_error ? 1U : 0U}));
  }
  return list(items);
}

std::uint32_t TableWriter::binding(const BindingDraft& draft) {
  return bindings_.add({text(draft.value_set), static_cast<std::uint32_t>(draft.strength), text(draft.max_value_set),
                        pairs(draft.additional)}) +
         1;
}

std::uint32_t TableWriter::slicing(const SlicingDraft& draft) {
  return slicings_.add(
             {pairs(draft.discriminators), static_cast<std::uint32_t>(draft.rules), draft.ordered ? 1U : 0U}) +
         1;
}

table::ElementRecord TableWriter::element(const ElementDraft& draft) {
  table::ElementRecord record{};
  record.path = text(draft.path);
  record.slice_name = text(draft.slice_name);
  record.min = draft.min.value_or(0);
  record.max = draft.max.value_or(table::kUnbounded);
  record.types = types(draft);
  record.constraints = constraints(draft);
  if (draft.binding) record.binding = binding(*draft.binding);
  if (draft.slicing) record.slicing = slicing(*draft.slicing);
  if (draft.content_reference) record.content_reference = text(*draft.content_reference);
  const auto& value = draft.fixed ? draft.fixed : draft.pattern;
  if (value) {
    record.value_type = text(value->type);
    record.value = text(value->json);
  }
  for (const auto& bound : {&draft.min_value, &draft.max_value}) {
    if (*bound) record.bound_type = text((*bound)->type);
  }
  if (draft.min_value) record.min_value = text(draft.min_value->json);
  if (draft.max_value) record.max_value = text(draft.max_value->json);
  record.max_length = draft.max_length.value_or(0);

  const auto depth = static_cast<std::uint32_t>(std::ranges::count(draft.path, '.'));
  record.flags = std::min<std::uint32_t>(depth, table::kDepthMask);
  if (draft.path.ends_with("[x]")) record.flags |= table::kChoice;
  if (draft.repeats.value_or(true)) record.flags |= table::kRepeats;
  if (draft.is_modifier.value_or(false)) record.flags |= table::kModifier;
  if (draft.must_support.value_or(false)) record.flags |= table::kMustSupport;
  if (draft.fixed) record.flags |= table::kFixed;
  if (draft.pattern && !draft.fixed) record.flags |= table::kPattern;
  return record;
}

void TableWriter::add(const StructureDraft& structure) {
  table::StructureRecord record{};
  record.url = text(structure.url);
  record.version = text(structure.version);
  record.name = text(structure.name);
  record.type = text(structure.type);
  record.base = text(structure.base);
  record.elements = {static_cast<std::uint32_t>(elements_.size()),
                     static_cast<std::uint32_t>(structure.elements.size())};
  record.contexts = pairs(structure.contexts);
  record.context_invariants = texts(structure.context_invariants);
  record.imposed = texts(structure.imposed);
  record.kind = static_cast<std::uint32_t>(structure.kind);
  record.flags = (structure.is_abstract ? table::kAbstract : 0U) | (structure.is_profile ? table::kConstraint : 0U);
  structures_.push_back(record);
  for (const ElementDraft& draft : structure.elements) elements_.push_back(element(draft));
}

void TableWriter::add(const CodeSystemDraft& code_system) {
  code_systems_.push_back({text(code_system.url), text(code_system.version), codes(code_system.codes),
                           (code_system.is_complete ? table::kComplete : 0U) |
                               (code_system.is_case_sensitive ? 0U : table::kCaseInsensitive)});
}

void TableWriter::add_value_set(std::string_view url, std::string_view version, const Expansion& expansion) {
  const auto begin = static_cast<std::uint32_t>(groups_.size());
  for (const auto& [system, system_codes] : expansion.systems) {
    groups_.push_back({text(system), codes(system_codes.codes), system_codes.is_known ? 1U : 0U});
  }
  value_sets_.push_back({text(url),
                         text(version),
                         {begin, static_cast<std::uint32_t>(groups_.size()) - begin},
                         expansion.is_open ? 1U : 0U});
}

std::string TableWriter::finish() && {
  table::Header header{};
  table::kMagic.copy(header.magic, sizeof header.magic);
  std::string bytes(sizeof header, '\0');
  const auto section = [&](table::Section which, const auto& records) {
    const std::size_t size = records.size() * sizeof(*records.data());
    bytes.resize((bytes.size() + 7) / 8 * 8, '\0');
    header.sections[which] = {static_cast<std::uint32_t>(bytes.size()), static_cast<std::uint32_t>(records.size())};
    bytes.append(reinterpret_cast<const char*>(records.data()), size);
  };
  section(table::kPackages, std::vector{package_});
  section(table::kStructures, structures_);
  section(table::kElements, elements_);
  section(table::kTypes, types_.records);
  section(table::kConstraints, constraints_.records);
  section(table::kBindings, bindings_.records);
  section(table::kSlicings, slicings_.records);
  section(table::kCodeSystems, code_systems_);
  section(table::kValueSets, value_sets_);
  section(table::kGroups, groups_);
  section(table::kLists, lists_);
  section(table::kStringOffsets, string_offsets_);
  section(table::kBlob, blob_);
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

}  // namespace pas::definitions
