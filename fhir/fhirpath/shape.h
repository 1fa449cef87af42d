#pragma once
// What the analysis knows of a collection before there is a document. Internal to the engine.

#include <string>
#include <string_view>
#include <vector>

#include "fhir/fhirpath/ast.h"
#include "fhir/fhirpath/code.h"
#include "fhir/fhirpath/functions.h"
#include "fhir/fhirpath/model.h"

namespace pas::fhirpath::detail {

struct Shape {
  bool is_known = false;     // `fhir` and `system` are all that items can be
  std::vector<TypeId> fhir;  // sorted
  unsigned system = 0;       // bits of Kind
  bool is_ordered = true;
};

inline unsigned bit(Kind kind) {
  return 1U << static_cast<unsigned>(kind);
}

Shape shape_of(Kind kind);
Shape shape_of(const Literal& literal);
Shape joined(const Shape& left, const Shape& right);

// The static side of the model.
class ShapeRules {
 public:
  ShapeRules(const Model* model, bool strict) : model_(model), strict_(strict) {}

  Shape of_type(TypeId type) const;
  // The shape of input.name. `fault` receives a message when the analysis refuses it.
  Shape member(const Shape& input, std::string_view name, std::string& fault) const;
  // All that items can be is FHIR elements that hold no value of their own.
  bool is_complex_only(const Shape& shape) const;
  // Certainly no item is a Boolean (or a FHIR element that may be one).
  bool is_never_boolean(const Shape& shape) const;
  // The result of + and - when both sides are known; `fault` as above.
  Shape sum(const Shape& left, const Shape& right, std::string& fault) const;
  std::string names(const Shape& shape) const;

 private:
  bool is_open(TypeId type) const;  // Resource and DomainResource: the document says which
  bool has_choice_named(TypeId type, std::string_view name) const;

  const Model* model_;
  bool strict_;
};

}  // namespace pas::fhirpath::detail
