#pragma once
// Compiled definitions (StructureDefinition, ValueSet, CodeSystem) of one or more packages, ready to be asked.
//
// Immutable; any number of threads may read it. The small view classes below (Structure, Element, …) are copied freely
// and, like every string_view from them, live as long as the set.

#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/definitions/package.h"
#include "fhir/definitions/table.h"
#include "fhir/definitions/terminology.h"
#include "fhir/definitions/terms.h"
#include "fhir/fhirpath/model.h"

namespace pas::definitions {

// A list of a table seen as values that Make builds from (table, number).
template <class Value, Value (*Make)(const table::Table&, std::uint32_t)>
class ListView {
 public:
  ListView(const table::Table& table, std::span<const std::uint32_t> items) : table_(&table), items_(items) {}
  std::size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  Value operator[](std::size_t index) const { return Make(*table_, items_[index]); }

  class Iterator {
   public:
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const ListView* list, std::size_t index) : list_(list), index_(index) {}
    Value operator*() const { return (*list_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const ListView* list_ = nullptr;
    std::size_t index_ = 0;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

 private:
  const table::Table* table_;
  std::span<const std::uint32_t> items_;
};

inline std::string_view text_at(const table::Table& table, std::uint32_t id) {
  return table.string(id);
}
using TextList = ListView<std::string_view, text_at>;

// ElementDefinition.type
class Type {
 public:
  Type(const table::Table& table, const table::TypeRecord& record) : table_(&table), record_(&record) {}
  std::string_view code() const { return table_->string(record_->code); }
  TextList profiles() const { return {*table_, table_->list(record_->profiles)}; }
  TextList targets() const { return {*table_, table_->list(record_->targets)}; }
  // Bits: 1 contained, 2 referenced, 4 bundled; 0 when any will do.
  std::uint32_t aggregation() const { return record_->aggregation; }

 private:
  const table::Table* table_;
  const table::TypeRecord* record_;
};
inline Type type_at(const table::Table& table, std::uint32_t id) {
  return {table, table.types[id]};
}
using TypeList = ListView<Type, type_at>;

// ElementDefinition.constraint
struct Constraint {
  std::string_view key;
  std::string_view expression;
  bool is_error;  // else a warning
};
inline Constraint constraint_at(const table::Table& table, std::uint32_t id) {
  const table::ConstraintRecord& record = table.constraints[id];
  return {table.string(record.key), table.string(record.expression), record.is_error != 0};
}
using ConstraintList = ListView<Constraint, constraint_at>;

// ElementDefinition.binding
class Binding {
 public:
  Binding(const table::Table& table, const table::BindingRecord& record) : table_(&table), record_(&record) {}
  std::string_view value_set() const { return table_->string(record_->value_set); }
  BindingStrength strength() const { return static_cast<BindingStrength>(record_->strength); }
  std::string_view max_value_set() const { return table_->string(record_->max_value_set); }
  // Purpose (required, maximum, …) and value set in turn.
  TextList additional() const { return {*table_, table_->list(record_->additional)}; }

 private:
  const table::Table* table_;
  const table::BindingRecord* record_;
};

// ElementDefinition.slicing
class Slicing {
 public:
  Slicing(const table::Table& table, const table::SlicingRecord& record) : table_(&table), record_(&record) {}
  // Type (value, pattern, type, exists, profile) and path in turn.
  TextList discriminators() const { return {*table_, table_->list(record_->discriminators)}; }
  SlicingRules rules() const { return static_cast<SlicingRules>(record_->rules); }
  bool is_ordered() const { return record_->ordered != 0; }

 private:
  const table::Table* table_;
  const table::SlicingRecord* record_;
};

// An ElementDefinition of a snapshot.
class Element {
 public:
  Element(const table::Table& table, const table::ElementRecord& record) : table_(&table), record_(&record) {}
  std::string_view path() const { return table_->string(record_->path); }
  std::string_view name() const;  // the last part of the path, without [x]
  std::string_view slice_name() const { return table_->string(record_->slice_name); }
  std::uint32_t depth() const { return record_->flags & table::kDepthMask; }  // dots in the path
  std::uint32_t min() const { return record_->min; }
  std::uint32_t max() const { return record_->max; }  // table::kUnbounded for "*"
  bool is_choice() const { return (record_->flags & table::kChoice) != 0; }
  bool repeats() const { return (record_->flags & table::kRepeats) != 0; }  // an array in JSON
  bool is_modifier() const { return (record_->flags & table::kModifier) != 0; }
  bool must_support() const { return (record_->flags & table::kMustSupport) != 0; }
  TypeList types() const { return {*table_, table_->list(record_->types)}; }
  ConstraintList constraints() const { return {*table_, table_->list(record_->constraints)}; }
  std::optional<Binding> binding() const;
  std::optional<Slicing> slicing() const;
  std::string_view content_reference() const { return table_->string(record_->content_reference); }
  // fixed[x] or pattern[x]: its type and its JSON text.
  bool has_fixed() const { return (record_->flags & table::kFixed) != 0; }
  bool has_pattern() const { return (record_->flags & table::kPattern) != 0; }
  std::string_view value_type() const { return table_->string(record_->value_type); }
  std::string_view value() const { return table_->string(record_->value); }
  // minValue[x], maxValue[x] as JSON text, empty where there is none, and their type.
  std::string_view min_value() const { return table_->string(record_->min_value); }
  std::string_view max_value() const { return table_->string(record_->max_value); }
  std::string_view bound_type() const { return table_->string(record_->bound_type); }
  std::uint32_t max_length() const { return record_->max_length; }  // 0 for none

 private:
  const table::Table* table_;
  const table::ElementRecord* record_;
};

// A StructureDefinition with its snapshot. A null view (operator bool) is one that is not there.
class Structure {
 public:
  Structure() = default;
  Structure(const table::Table& table, const table::StructureRecord& record) : table_(&table), record_(&record) {}
  explicit operator bool() const { return record_ != nullptr; }
  std::string_view url() const { return table_->string(record_->url); }
  std::string_view version() const { return table_->string(record_->version); }
  std::string_view name() const { return table_->string(record_->name); }
  std::string_view type() const { return table_->string(record_->type); }
  std::string_view base() const { return table_->string(record_->base); }
  StructureKind kind() const { return static_cast<StructureKind>(record_->kind); }
  bool is_abstract() const { return (record_->flags & table::kAbstract) != 0; }
  bool is_profile() const { return (record_->flags & table::kConstraint) != 0; }
  // Where an extension may stand: context type (element, extension, fhirpath) and expression in turn.
  TextList contexts() const { return {*table_, table_->list(record_->contexts)}; }
  TextList context_invariants() const { return {*table_, table_->list(record_->context_invariants)}; }
  TextList imposed_profiles() const { return {*table_, table_->list(record_->imposed)}; }
  // In the order of the snapshot: an element, its children, then its slices; [0] is the structure itself.
  std::size_t size() const { return record_->elements.count; }
  Element operator[](std::size_t index) const { return {*table_, table_->elements[record_->elements.begin + index]}; }
  friend bool operator==(const Structure& a, const Structure& b) { return a.record_ == b.record_; }
  // Distinct for each structure of a set; for maps.
  const void* key() const { return record_; }

 private:
  const table::Table* table_ = nullptr;
  const table::StructureRecord* record_ = nullptr;
};

class CodeSystem {
 public:
  CodeSystem() = default;
  CodeSystem(const table::Table& table, const table::CodeSystemRecord& record) : table_(&table), record_(&record) {}
  explicit operator bool() const { return record_ != nullptr; }
  std::string_view url() const { return table_->string(record_->url); }
  bool is_complete() const { return (record_->flags & table::kComplete) != 0; }
  bool is_case_sensitive() const { return (record_->flags & table::kCaseInsensitive) == 0; }
  // Nothing when the content is not here in full.
  std::optional<bool> contains(std::string_view code) const;
  TextList codes() const { return {*table_, table_->list(record_->codes)}; }  // sorted

 private:
  const table::Table* table_ = nullptr;
  const table::CodeSystemRecord* record_ = nullptr;
};

class ValueSet {
 public:
  ValueSet() = default;
  ValueSet(const table::Table& table, const table::ValueSetRecord& record) : table_(&table), record_(&record) {}
  explicit operator bool() const { return record_ != nullptr; }
  std::string_view url() const { return table_->string(record_->url); }
  // Whether every code that belongs is known.
  bool is_complete() const;
  // Nothing when it cannot be told from what is here.
  std::optional<bool> contains(std::string_view system, std::string_view code) const;
  // For a code without a system (a bound `code` element): whether any system of the set has it.
  std::optional<bool> contains_code(std::string_view code) const;
  std::size_t code_count() const;  // that are known
  // All that is known of it, to build other value sets on.
  Expansion expansion() const;
  // The codes that are known, up to `most`, for a message; with their systems when `with_system`.
  std::vector<std::string> some_codes(std::size_t most, bool with_system) const;

 private:
  std::span<const table::GroupRecord> groups() const {
    return table_->groups.subspan(record_->groups.begin, record_->groups.count);
  }
  const table::Table* table_ = nullptr;
  const table::ValueSetRecord* record_ = nullptr;
};

class DefinitionSet {
 public:
  // `tables` in order of precedence: an unversioned canonical finds the first.
  static std::shared_ptr<const DefinitionSet> link(std::vector<std::shared_ptr<const table::Table>> tables);

  // By canonical: url, or url|version. A version that is not here finds the preferred one.
  Structure find_structure(std::string_view canonical) const;
  ValueSet find_value_set(std::string_view canonical) const;
  CodeSystem find_code_system(std::string_view canonical) const;
  // A type's own definition (Patient, CodeableConcept, string), never a profile's.
  Structure find_type(std::string_view name) const;

  // Whether the very version of url|version is here.
  bool has_version(std::string_view canonical) const;

  // Every structure, in order of precedence.
  std::vector<Structure> structures() const;

  std::vector<PackageId> packages() const;
  // Packages that the ones here depend on and that are not here, each once, sorted.
  std::vector<PackageId> missing() const;

  const fhirpath::Model& model() const { return *model_; }
  const std::vector<std::shared_ptr<const table::Table>>& tables() const { return tables_; }

 private:
  struct Place {
    std::uint32_t table, index;
  };
  using Index = std::unordered_map<std::string_view, std::vector<Place>>;
  DefinitionSet() = default;
  template <class View, class Record>
  View find(const Index& index, std::span<const Record> table::Table::*records, std::string_view canonical) const;

  std::vector<std::shared_ptr<const table::Table>> tables_;
  Index structures_, value_sets_, code_systems_;
  std::unordered_map<std::string_view, Structure> types_;
  std::unique_ptr<const fhirpath::Model> model_;
};

}  // namespace pas::definitions
