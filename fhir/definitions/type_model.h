#pragma once
// The types of a DefinitionSet as FHIRPath sees them: each type's own definition and its backbone elements; profiles
// add nothing. A primitive's `value` and the like have the system type's name (String, Boolean, …).

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/fhirpath/model.h"

namespace pas::definitions {

class DefinitionSet;
class Structure;

// Reads the set once; strings are the set's.
class TypeModel final : public fhirpath::Model {
 public:
  explicit TypeModel(const DefinitionSet& set);

  fhirpath::TypeId find_type(std::string_view name) const override;
  std::string_view type_name(fhirpath::TypeId type) const override;
  fhirpath::TypeId base_of(fhirpath::TypeId type) const override;
  const fhirpath::ElementInfo* find_element(fhirpath::TypeId type, std::string_view name) const override;
  bool is_primitive(fhirpath::TypeId type) const override;

 private:
  struct NamedElement {
    std::string_view name;
    fhirpath::ElementInfo info;
  };
  struct TypeEntry {
    std::string_view name;
    fhirpath::TypeId base = fhirpath::kNoType;
    bool is_primitive = false;
    std::uint32_t first = 0, count = 0;  // of elements_, sorted by name
  };
  fhirpath::TypeId declare(std::string_view name);
  void add_elements(const Structure& structure);
  void cut_rings();

  std::vector<TypeEntry> types_;
  std::vector<NamedElement> elements_;
  std::vector<fhirpath::TypeId> type_lists_;  // what the elements' spans view
  std::unordered_map<std::string_view, fhirpath::TypeId> by_name_;
};

}  // namespace pas::definitions
