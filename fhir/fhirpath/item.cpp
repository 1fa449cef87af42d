#include "fhir/fhirpath/item.h"

#include "fhir/fhirpath/quantities.h"
#include "fhir/fhirpath/types.h"

namespace pas::fhirpath {

Item Item::decimal(const Decimal& value) {
  Item item;
  item.kind_ = Kind::kDecimal;
  item.unscaled_ = value.unscaled();
  item.scale_ = static_cast<std::uint8_t>(value.scale());
  return item;
}

Item Item::temporal(const Temporal& value) {
  Item item;
  item.kind_ = detail::kind_of(value.type());
  item.temporal_ = value;
  return item;
}

Item Item::quantity(const Quantity* value) {
  Item item;
  item.kind_ = Kind::kQuantity;
  item.quantity_ = value;
  return item;
}

Item Item::type(std::string_view name, bool is_system) {
  Item item;
  item.kind_ = Kind::kType;
  item.string_ = name;
  item.is_system_type_ = is_system;
  return item;
}

std::optional<bool> Item::boolean() const {
  if (kind_ == Kind::kBoolean) return boolean_;
  if (kind_ == Kind::kNode && node_.is_boolean()) return node_.is_true();
  return std::nullopt;
}

std::optional<std::string_view> Item::string() const {
  if (kind_ == Kind::kString) return string_;
  if (kind_ == Kind::kNode && node_.is_string()) return node_.text();
  return std::nullopt;
}

std::optional<std::int64_t> Item::integer() const {
  if (kind_ == Kind::kInteger) return integer_;
  if (kind_ == Kind::kNode && node_.is_number()) {
    const auto value = Decimal::parse(node_.text());
    if (value && value->scale() == 0) return value->to_int64();
  }
  return std::nullopt;
}

std::optional<Decimal> Item::decimal() const {
  if (kind_ == Kind::kDecimal) return Decimal(unscaled_, scale_);
  if (kind_ == Kind::kInteger) return Decimal(integer_);
  if (kind_ == Kind::kNode && node_.is_number()) return Decimal::parse(node_.text());
  return std::nullopt;
}

std::optional<Temporal> Item::temporal() const {
  if (kind_ == Kind::kDate || kind_ == Kind::kDateTime || kind_ == Kind::kTime) return temporal_;
  return std::nullopt;
}

std::string Item::to_string() const {
  switch (kind_) {
    case Kind::kNode:
      if (is_companion_) return "";
      return node_.is_object() || node_.is_array() ? node_.to_json() : std::string(node_.text());
    case Kind::kBoolean:
      return boolean_ ? "true" : "false";
    case Kind::kString:
      return std::string(string_);
    case Kind::kInteger:
      return std::to_string(integer_);
    case Kind::kDecimal:
      return Decimal(unscaled_, scale_).to_string();
    case Kind::kDate:
    case Kind::kDateTime:
    case Kind::kTime:
      return temporal_.to_string();
    case Kind::kQuantity:
      return fhirpath::to_string(*quantity_);
    case Kind::kType:
      break;
  }
  return (is_system_type_ ? "System." : "FHIR.") + std::string(string_);
}

std::string_view Item::type_name(const Model* model) const {
  if (kind_ == Kind::kType) return "SimpleTypeInfo";
  if (kind_ != Kind::kNode) return detail::system_name(kind_);
  if (model != nullptr && type_id_ != kNoType) return model->type_name(type_id_);
  switch (node_.kind()) {
    case json::Kind::kTrue:
    case json::Kind::kFalse:
      return "boolean";
    case json::Kind::kNumber:
      return node_.text().find_first_of(".eE") == std::string_view::npos ? "integer" : "decimal";
    case json::Kind::kString:
      return "string";
    default:
      break;
  }
  const std::string_view resource = node_["resourceType"].text();
  return resource.empty() ? "Element" : resource;
}

}  // namespace pas::fhirpath
