#pragma once
// Types by name and by value, with and without a model. Internal to the engine.

#include <array>
#include <optional>
#include <string_view>

#include "fhir/fhirpath/code.h"
#include "fhir/fhirpath/item.h"
#include "fhir/fhirpath/model.h"

namespace pas::fhirpath::detail {

Kind kind_of(Temporal::Type type);
std::string_view system_name(Kind kind);  // "Integer"; empty for kNode and kType
std::optional<Kind> system_kind(std::string_view name);

// Whether "Quantity" or "DateTime" in valueDateTime stands for the type: its name, with a capital.
bool is_choice_suffix(std::string_view suffix, std::string_view type_name);

// What System type the elements of a model's primitive types have. Made once for a model.
class PrimitiveTypes {
 public:
  explicit PrimitiveTypes(const Model* model);

  // Of a string in JSON: kString, kDate, kDateTime or kTime.
  Kind of_string(TypeId type) const {
    for (const auto& [known, kind] : temporal_) {
      if (known == type) return kind;
    }
    return Kind::kString;
  }
  bool is_decimal(TypeId type) const { return type == decimal_; }
  bool is_resource(TypeId type) const { return type == resource_ || type == domain_resource_; }
  TypeId extension() const { return extension_; }

 private:
  std::array<std::pair<TypeId, Kind>, 4> temporal_{};
  TypeId decimal_ = kNoType;
  TypeId resource_ = kNoType;
  TypeId domain_resource_ = kNoType;
  TypeId extension_ = kNoType;
};

// `type` or one of its bases is `wanted`.
bool is_a(const Model& model, TypeId type, TypeId wanted);

// Nothing for a name that is no type. The type's name may be a view of the name given, which must outlive it.
std::optional<TypeSpec> resolve_type(std::string_view qualified_name, const Model* model);

// is (`exactly` false) and ofType, as (true: for primitives no subtype counts, so that a code is no string, as the
// official suite has it).
bool has_type(const Item& item, const TypeSpec& type, const Model* model, bool exactly);

}  // namespace pas::fhirpath::detail
