#include "fhir/fhirpath/shape.h"

#include <algorithm>

#include "fhir/fhirpath/types.h"

namespace pas::fhirpath::detail {

Shape shape_of(Kind kind) {
  Shape shape;
  shape.is_known = true;
  shape.system = bit(kind);
  return shape;
}

Shape shape_of(const Literal& literal) {
  switch (literal.index()) {
    case 1:
      return shape_of(Kind::kBoolean);
    case 2:
      return shape_of(Kind::kString);
    case 3:
      return shape_of(Kind::kInteger);
    case 4:
      return shape_of(Kind::kDecimal);
    case 5:
      return shape_of(kind_of(std::get<Temporal>(literal).type()));
    case 6:
      return shape_of(Kind::kQuantity);
    default:
      return {};
  }
}

Shape joined(const Shape& left, const Shape& right) {
  Shape shape;
  shape.is_known = left.is_known && right.is_known;
  shape.is_ordered = left.is_ordered && right.is_ordered;
  shape.system = left.system | right.system;
  std::ranges::set_union(left.fhir, right.fhir, std::back_inserter(shape.fhir));
  return shape;
}

Shape ShapeRules::of_type(TypeId type) const {
  Shape shape;
  if (type == kNoType) return shape;
  shape.is_known = true;
  shape.fhir.push_back(type);
  return shape;
}

bool ShapeRules::is_open(TypeId type) const {
  const std::string_view name = model_->type_name(type);
  return name == "Resource" || name == "DomainResource";
}

// Whether `name` is how JSON writes a choice of the type: valueQuantity for value.
bool ShapeRules::has_choice_named(TypeId type, std::string_view name) const {
  for (std::size_t i = 1; i < name.size(); ++i) {
    if (name[i] < 'A' || name[i] > 'Z') continue;
    const ElementInfo* element = model_->find_element(type, name.substr(0, i));
    if (element == nullptr || !element->is_choice) continue;
    for (const TypeId choice : element->types) {
      if (is_choice_suffix(name.substr(i), model_->type_name(choice))) return true;
    }
  }
  return false;
}

Shape ShapeRules::member(const Shape& input, std::string_view name, std::string& fault) const {
  Shape shape;
  shape.is_ordered = input.is_ordered;
  if (model_ == nullptr || !input.is_known || input.fhir.empty() || input.system != 0) return shape;
  bool found = false;
  bool open = false;
  bool is_choice_name = false;
  for (const TypeId type : input.fhir) {
    if (const ElementInfo* element = model_->find_element(type, name)) {
      found = true;
      shape.fhir.insert(shape.fhir.end(), element->types.begin(), element->types.end());
    } else {
      open = open || is_open(type);
      is_choice_name = is_choice_name || has_choice_named(type, name);
    }
  }
  if (!found && !open) {
    if (is_choice_name) {
      fault = "'" + std::string(name) + "' is how JSON writes a choice; the element's name stands without its type";
    } else if (strict_) {
      fault = names(input) + " has no element '" + std::string(name) + "'";
    }
  }
  std::ranges::sort(shape.fhir);
  shape.fhir.erase(std::unique(shape.fhir.begin(), shape.fhir.end()), shape.fhir.end());
  shape.is_known = found && !open;
  return shape;
}

bool ShapeRules::is_complex_only(const Shape& shape) const {
  return model_ != nullptr && shape.is_known && shape.system == 0 && !shape.fhir.empty() &&
         std::ranges::none_of(shape.fhir, [&](TypeId type) { return model_->is_primitive(type) || is_open(type); });
}

bool ShapeRules::is_never_boolean(const Shape& shape) const {
  if (!shape.is_known || (shape.system == 0 && shape.fhir.empty()) || (shape.system & bit(Kind::kBoolean)) != 0) {
    return false;
  }
  return std::ranges::none_of(shape.fhir, [&](TypeId type) {
    const std::string_view name = model_->type_name(type);
    return name == "boolean" || name == "Boolean" || is_open(type);
  });
}

Shape ShapeRules::sum(const Shape& left, const Shape& right, std::string& fault) const {
  const unsigned temporal = bit(Kind::kDate) | bit(Kind::kDateTime) | bit(Kind::kTime);
  Shape shape;
  if (!left.is_known || !right.is_known || !left.fhir.empty() || !right.fhir.empty()) return shape;
  if (left.system != 0 && (left.system & ~temporal) == 0) {
    if (right.system != 0 && (right.system & bit(Kind::kQuantity)) == 0) {
      fault = "only a time-valued Quantity can be added to a date or time (4 days)";
    }
    return left;
  }
  if (left.system == right.system) return left;
  return shape;
}

std::string ShapeRules::names(const Shape& shape) const {
  std::string text;
  for (const TypeId type : shape.fhir) {
    if (!text.empty()) text += " or ";
    text += model_->type_name(type);
  }
  return text;
}

}  // namespace pas::fhirpath::detail
