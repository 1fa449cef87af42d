#include "fhir/fhirpath/types.h"

#include <algorithm>

namespace pas::fhirpath::detail {
namespace {

constexpr std::array<std::string_view, 10> kSystemNames{"",     "Boolean",  "String", "Integer",  "Decimal",
                                                        "Date", "DateTime", "Time",   "Quantity", ""};

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

// Without a model the JSON says what it can: the resourceType, the type at the end of a choice's name, the kind of the
// value.
bool looks_like(const Item& item, std::string_view name) {
  const json::Node node = item.node();
  if (node.is_object()) {
    const std::string_view resource = node["resourceType"].text();
    if (!resource.empty()) return resource == name || name == "Resource" || name == "DomainResource";
  }
  std::string_view key = node.key();
  if (key.empty()) key = node.parent().key();
  if (key.size() > name.size() && key.ends_with(name) && is_upper(name.front())) return true;
  if (key.size() > name.size() && is_choice_suffix(key.substr(key.size() - name.size()), name)) return true;
  switch (node.kind()) {
    case json::Kind::kTrue:
    case json::Kind::kFalse:
      return name == "boolean";
    case json::Kind::kNumber:
      return name == (node.text().find_first_of(".eE") == std::string_view::npos ? "integer" : "decimal");
    case json::Kind::kString:
      return name == "string";
    default:
      return false;
  }
}

}  // namespace

Kind kind_of(Temporal::Type type) {
  switch (type) {
    case Temporal::Type::kDate:
      return Kind::kDate;
    case Temporal::Type::kDateTime:
      return Kind::kDateTime;
    case Temporal::Type::kTime:
      break;
  }
  return Kind::kTime;
}

std::string_view system_name(Kind kind) {
  return kSystemNames[static_cast<std::size_t>(kind)];
}

std::optional<Kind> system_kind(std::string_view name) {
  const auto* const found = std::ranges::find(kSystemNames, name);
  if (name.empty() || found == kSystemNames.end()) return std::nullopt;
  return static_cast<Kind>(found - kSystemNames.begin());
}

bool is_choice_suffix(std::string_view suffix, std::string_view type_name) {
  if (suffix.size() != type_name.size() || suffix.empty() || suffix.substr(1) != type_name.substr(1)) return false;
  const char first = type_name.front();
  return suffix.front() == (first >= 'a' && first <= 'z' ? static_cast<char>(first - 'a' + 'A') : first);
}

PrimitiveTypes::PrimitiveTypes(const Model* model) {
  if (model == nullptr) {
    resource_ = domain_resource_ = UINT32_MAX;
    decimal_ = UINT32_MAX;
    temporal_.fill({UINT32_MAX, Kind::kString});
    return;
  }
  temporal_ = {{{model->find_type("date"), Kind::kDate},
                {model->find_type("dateTime"), Kind::kDateTime},
                {model->find_type("instant"), Kind::kDateTime},
                {model->find_type("time"), Kind::kTime}}};
  for (auto& [type, kind] : temporal_) {
    if (type == kNoType) type = UINT32_MAX;
  }
  decimal_ = model->find_type("decimal");
  if (decimal_ == kNoType) decimal_ = UINT32_MAX;
  resource_ = model->find_type("Resource");
  domain_resource_ = model->find_type("DomainResource");
  extension_ = model->find_type("Extension");
}

bool is_a(const Model& model, TypeId type, TypeId wanted) {
  for (int bases = 0; type != kNoType && bases < 32; ++bases, type = model.base_of(type)) {
    if (type == wanted) return true;
  }
  return false;
}

std::optional<TypeSpec> resolve_type(std::string_view qualified_name, const Model* model) {
  TypeSpec type;
  type.name = qualified_name;
  bool fhir = true;
  bool system = true;
  if (qualified_name.starts_with("System.")) {
    type.name.remove_prefix(7);
    fhir = false;
  } else if (qualified_name.starts_with("FHIR.")) {
    type.name.remove_prefix(5);
    system = false;
  }
  if (const auto kind = system ? system_kind(type.name) : std::nullopt) {
    type.may_be_system = true;
    type.system = *kind;
    if (type.name != "Quantity") fhir = false;
  } else if (!fhir && type.name == "Any") {
    type.is_any = true;
    return type;
  }
  if (fhir) {
    type.fhir = model == nullptr ? kNoType : model->find_type(type.name);
    type.may_be_fhir = model == nullptr || type.fhir != kNoType;
  }
  // System.Patient is a name that no item has, but no fault (the official suite asks for it).
  if (!type.may_be_fhir && !type.may_be_system && fhir) return std::nullopt;
  return type;
}

bool has_type(const Item& item, const TypeSpec& type, const Model* model, bool exactly) {
  if (type.is_any) return true;
  if (!item.is_node()) return type.may_be_system && item.kind() == type.system;
  if (!type.may_be_fhir) return false;
  if (model == nullptr || item.type_id() == kNoType) return looks_like(item, type.name);
  if (item.type_id() == type.fhir) return true;
  if (exactly && model->is_primitive(item.type_id())) return false;
  return is_a(*model, item.type_id(), type.fhir);
}

}  // namespace pas::fhirpath::detail
