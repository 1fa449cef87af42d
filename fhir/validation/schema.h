#pragma once
// The base definitions of R4's types, compiled for the walk over a resource: what members an object may have, under
// their JSON names, and what each says. Built once from a DefinitionSet, immutable, and as long-lived as it.

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/definitions/definition_set.h"
#include "fhir/validation/constraints.h"
#include "fhir/validation/primitives.h"

namespace pas::validation {

struct TypeRule;

// One type that an element may have.
struct TypeUse {
  const TypeRule* type = nullptr;         // null for any resource, and for the system type of a primitive's value
  std::vector<std::string_view> targets;  // of a Reference or canonical: the resource types' names; empty for any
};

struct ElementRule {
  std::string_view path;  // Claim.item.quantity
  std::string_view name;  // quantity; of a choice without [x]
  std::uint32_t min = 0;
  bool repeats = false;
  bool is_choice = false;
  bool is_modifier = false;
  std::uint32_t max_length = 0;
  std::vector<TypeUse> types;
  const definitions::ValueSet* value_set = nullptr;  // of a binding that is required
  std::string_view value_set_url;
  definitions::BindingStrength strength = definitions::BindingStrength::kExample;
  std::vector<const ConstraintRule*> constraints;  // besides those of its type
};

// Where a JSON member of an object belongs.
struct Member {
  std::string_view key;  // valueQuantity
  std::uint16_t element = 0;
  std::uint16_t type = 0;  // of the element's types
};

struct TypeRule {
  std::string_view name;  // Claim, Claim.item, string
  fhirpath::TypeId id = fhirpath::kNoType;
  Primitive primitive = Primitive::kNone;
  bool is_resource = false;
  bool is_abstract = false;
  std::vector<std::string_view> lineage;  // its own name, its base's, …
  std::vector<ElementRule> elements;
  std::vector<const ConstraintRule*> constraints;
  std::vector<std::uint16_t> required;  // elements with min > 0

  const Member* find(std::string_view key) const;
  const ElementRule* element(std::string_view element_name) const;
  bool is_a(std::string_view type_name) const;

  std::vector<Member> members;  // in the order of the elements
  void index_members();         // once they are all there

 private:
  std::vector<std::uint16_t> buckets_;  // open addressing over members, 1-based
};

class Schema {
 public:
  // `set` must outlive it.
  explicit Schema(const definitions::DefinitionSet& set);

  // "Claim", "Claim.item"; null when there is none.
  const TypeRule* find(std::string_view name) const;

  const definitions::DefinitionSet& definitions() const { return set_; }
  ConstraintPool& constraints() const { return constraints_; }

  // A value set by its canonical, kept so that rules point at it; null when it is not here.
  const definitions::ValueSet* value_set(std::string_view canonical) const;

 private:
  void declare(const definitions::Structure& structure);
  void fill(const definitions::Structure& structure);
  void fill_type(const definitions::Structure& structure, std::size_t at);
  ElementRule element_rule(const definitions::Structure& structure, std::size_t at);

  const definitions::DefinitionSet& set_;
  std::unordered_map<std::string_view, std::unique_ptr<TypeRule>> types_;
  std::vector<std::unique_ptr<std::string>> keys_;  // of choices, which members view
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, std::unique_ptr<definitions::ValueSet>> value_sets_;
  mutable ConstraintPool constraints_;
};

}  // namespace pas::validation
