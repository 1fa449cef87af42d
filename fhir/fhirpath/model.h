#pragma once
// What the engine asks of a set of FHIR definitions, for typed analysis and evaluation. fhir/definitions implements it;
// without a model the engine reads plain JSON. Everything it answers must stay valid and unchanged while a Program
// compiled with it lives; any number of threads may ask.

#include <cstdint>
#include <span>
#include <string_view>

namespace pas::fhirpath {

// A type of the model. A backbone element has a type of its own, named by its path ("Patient.contact").
using TypeId = std::uint32_t;
inline constexpr TypeId kNoType = 0;

struct ElementInfo {
  std::span<const TypeId> types;  // more than one only for a choice
  bool is_choice = false;         // value[x]: in JSON under the name and its type, valueQuantity
  bool is_list = false;           // may repeat
  std::uint32_t min = 0;
};

class Model {
 public:
  virtual ~Model() = default;

  // "Patient", "string", "Patient.contact"; kNoType when there is none.
  virtual TypeId find_type(std::string_view name) const = 0;
  virtual std::string_view type_name(TypeId type) const = 0;
  // kNoType at the top. A backbone element's is BackboneElement (or Element).
  virtual TypeId base_of(TypeId type) const = 0;
  // Own and inherited elements; a choice by its base name ("value"); contentReference resolved. Null when there is
  // none.
  virtual const ElementInfo* find_element(TypeId type, std::string_view name) const = 0;
  virtual bool is_primitive(TypeId type) const = 0;
};

}  // namespace pas::fhirpath
