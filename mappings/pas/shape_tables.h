#pragma once
// The tables behind check_shape().

#include <cstdint>
#include <span>
#include <string_view>

#include "mappings/pas/shapes.h"

namespace pas::pas {

struct Member {
  std::string_view name;
  Shape shape;
  bool is_list = false;
  bool is_required = false;
  std::string_view choice = {};                  // "diagnosis[x]": the element that this is one form of
  std::span<const std::string_view> codes = {};  // all that are allowed; empty: any
};

// Empty for primitives; at most 32, and the forms of a choice side by side.
std::span<const Member> members_of(Shape shape);

// "Claim.item", "CodeableConcept", "date".
std::string_view name_of(Shape shape);

}  // namespace pas::pas
