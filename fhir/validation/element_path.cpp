#include <vector>

#include "fhir/validation/walk.h"

namespace pas::validation {

std::string element_path(const Schema& schema, json::Node node, json::Node top) {
  std::vector<json::Node> way;
  for (json::Node at = node; at; at = at.parent()) {
    way.push_back(at);
    if (at == top) break;
  }
  if (way.empty()) return {};
  const auto type_of = [&](json::Node at) { return schema.find(at["resourceType"].text()); };
  const TypeRule* type = type_of(way.back());
  std::string path = type == nullptr ? way.back().path() : std::string(type->name);
  for (std::size_t i = way.size() - 1; i-- > 0;) {
    const json::Node at = way[i];
    if (at.parent().is_array()) {
      path += "[" + std::to_string(at.index_in_parent()) + "]";
    } else {
      std::string_view key = at.key();
      const bool is_companion = key.starts_with('_');
      if (is_companion) key.remove_prefix(1);
      const Member* member = type == nullptr ? nullptr : type->find(key);
      if (member != nullptr && is_companion) {  // `_name` beside what is no primitive is an unknown member
        const TypeRule* own = type->elements[member->element].types[member->type].type;
        if (own == nullptr || own->primitive == Primitive::kNone) member = nullptr;
      }
      path += '.';
      if (member == nullptr) {
        path += at.key();
        type = nullptr;
      } else {
        const ElementRule& element = type->elements[member->element];
        type = element.types[member->type].type;
        path += element.name;
        if (element.is_choice && type != nullptr) path += ".ofType(" + std::string(type->name) + ")";
      }
    }
    if (const TypeRule* resource = type == nullptr ? type_of(at) : nullptr) type = resource;
  }
  return path;
}

}  // namespace pas::validation
