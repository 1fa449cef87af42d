#include "fhir/definitions/definition_set.h"

#include <algorithm>

#include "fhir/base/text.h"
#include "fhir/definitions/type_model.h"

namespace pas::definitions {
namespace {

std::pair<std::string_view, std::string_view> split(std::string_view canonical) {
  const std::size_t bar = canonical.find('|');
  if (bar == std::string_view::npos) return {canonical, {}};
  return {canonical.substr(0, bar), canonical.substr(bar + 1)};
}

bool has_code(const table::Table& table, table::ListId list, std::string_view code) {
  const auto codes = table.list(list);
  const auto found = std::ranges::lower_bound(codes, code, {}, [&](std::uint32_t id) { return table.string(id); });
  return found != codes.end() && table.string(*found) == code;
}

}  // namespace

std::string_view Element::name() const {
  std::string_view last = path();
  last = last.substr(last.rfind('.') + 1);
  if (is_choice() && last.ends_with("[x]")) last.remove_suffix(3);
  return last;
}

std::optional<Binding> Element::binding() const {
  if (record_->binding == 0) return std::nullopt;
  return Binding(*table_, table_->bindings[record_->binding - 1]);
}

std::optional<Slicing> Element::slicing() const {
  if (record_->slicing == 0) return std::nullopt;
  return Slicing(*table_, table_->slicings[record_->slicing - 1]);
}

std::optional<bool> CodeSystem::contains(std::string_view code) const {
  if (!is_complete()) return std::nullopt;
  if (has_code(*table_, record_->codes, code)) return true;
  if (is_case_sensitive()) return false;
  const auto same = [&](std::string_view other) {
    return std::ranges::equal(code, other, [](char a, char b) { return base::to_lower(a) == base::to_lower(b); });
  };
  return std::ranges::any_of(codes(), same);
}

bool ValueSet::is_complete() const {
  return record_->is_open == 0 &&
         std::ranges::all_of(groups(), [](const table::GroupRecord& group) { return group.is_known != 0; });
}

std::optional<bool> ValueSet::contains(std::string_view system, std::string_view code) const {
  for (const table::GroupRecord& group : groups()) {
    if (table_->string(group.system) != system) continue;
    if (has_code(*table_, group.codes, code)) return true;
    if (group.is_known == 0) return std::nullopt;
  }
  if (record_->is_open != 0) return std::nullopt;
  return false;
}

std::optional<bool> ValueSet::contains_code(std::string_view code) const {
  for (const table::GroupRecord& group : groups()) {
    if (has_code(*table_, group.codes, code)) return true;
  }
  if (!is_complete()) return std::nullopt;
  return false;
}

std::size_t ValueSet::code_count() const {
  std::size_t count = 0;
  for (const table::GroupRecord& group : groups()) count += table_->list(group.codes).size();
  return count;
}

Expansion ValueSet::expansion() const {
  Expansion expansion;
  expansion.is_open = record_->is_open != 0;
  for (const table::GroupRecord& group : groups()) {
    SystemCodes& codes = expansion.systems[std::string(table_->string(group.system))];
    codes.is_known = group.is_known != 0;
    for (const std::uint32_t id : table_->list(group.codes)) codes.codes.emplace(table_->string(id));
  }
  return expansion;
}

std::vector<std::string> ValueSet::some_codes(std::size_t most, bool with_system) const {
  std::vector<std::string> codes;
  for (const table::GroupRecord& group : groups()) {
    for (const std::uint32_t id : table_->list(group.codes)) {
      if (codes.size() == most) return codes;
      const std::string code(table_->string(id));
      codes.push_back(with_system ? std::string(table_->string(group.system)) + "|" + code : code);
    }
  }
  return codes;
}

std::shared_ptr<const DefinitionSet> DefinitionSet::link(std::vector<std::shared_ptr<const table::Table>> tables) {
  std::shared_ptr<DefinitionSet> set(new DefinitionSet);
  set->tables_ = std::move(tables);
  for (std::uint32_t t = 0; t < set->tables_.size(); ++t) {
    const table::Table& table = *set->tables_[t];
    const auto index_all = [&](Index& index, const auto& records) {
      for (std::uint32_t i = 0; i < records.size(); ++i) index[table.string(records[i].url)].push_back({t, i});
    };
    index_all(set->structures_, table.structures);
    index_all(set->value_sets_, table.value_sets);
    index_all(set->code_systems_, table.code_systems);
    for (const table::StructureRecord& record : table.structures) {
      if ((record.flags & table::kConstraint) == 0) {
        set->types_.emplace(table.string(record.type), Structure(table, record));
      }
    }
  }
  set->model_ = std::make_unique<TypeModel>(*set);
  return set;
}

template <class View, class Record>
View DefinitionSet::find(const Index& index, std::span<const Record> table::Table::*records,
                         std::string_view canonical) const {
  const auto [url, version] = split(canonical);
  const auto found = index.find(url);
  if (found == index.end()) return {};
  const auto view = [&](Place place) {
    const table::Table& table = *tables_[place.table];
    return View(table, (table.*records)[place.index]);
  };
  if (!version.empty()) {
    for (const Place place : found->second) {
      const table::Table& table = *tables_[place.table];
      if (table.string((table.*records)[place.index].version) == version) return view(place);
    }
  }
  return view(found->second.front());
}

Structure DefinitionSet::find_structure(std::string_view canonical) const {
  return find<Structure>(structures_, &table::Table::structures, canonical);
}

ValueSet DefinitionSet::find_value_set(std::string_view canonical) const {
  return find<ValueSet>(value_sets_, &table::Table::value_sets, canonical);
}

CodeSystem DefinitionSet::find_code_system(std::string_view canonical) const {
  return find<CodeSystem>(code_systems_, &table::Table::code_systems, canonical);
}

Structure DefinitionSet::find_type(std::string_view name) const {
  const auto found = types_.find(name);
  return found == types_.end() ? Structure{} : found->second;
}

bool DefinitionSet::has_version(std::string_view canonical) const {
  const Structure found = find_structure(canonical);
  return found && found.version() == split(canonical).second;
}

std::vector<Structure> DefinitionSet::structures() const {
  std::vector<Structure> all;
  for (const auto& table : tables_) {
    for (const table::StructureRecord& record : table->structures) all.emplace_back(*table, record);
  }
  return all;
}

std::vector<PackageId> DefinitionSet::packages() const {
  std::vector<PackageId> ids;
  for (const auto& table : tables_) {
    const table::PackageRecord& record = table->packages[0];
    ids.push_back({std::string(table->string(record.name)), std::string(table->string(record.version))});
  }
  return ids;
}

std::vector<PackageId> DefinitionSet::missing() const {
  const std::vector<PackageId> here = packages();
  std::vector<PackageId> missing;
  for (const auto& table : tables_) {
    const TextList wanted(*table, table->list(table->packages[0].dependencies));
    for (std::size_t i = 0; i + 1 < wanted.size(); i += 2) {
      PackageId id{std::string(wanted[i]), std::string(wanted[i + 1])};
      const bool is_here = std::ranges::any_of(here, [&](const PackageId& other) { return other.name == id.name; });
      const bool is_noted = std::ranges::any_of(missing, [&](const PackageId& other) { return other.name == id.name; });
      if (!is_here && !is_noted) missing.push_back(std::move(id));
    }
  }
  std::ranges::sort(missing, {}, &PackageId::name);
  return missing;
}

}  // namespace pas::definitions
