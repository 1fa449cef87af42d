// From an element to its members, children and values, with and without a model.

#include "fhir/fhirpath/evaluator.h"

namespace pas::fhirpath::detail {
namespace {

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

// valueQuantity for value.
bool is_choice_of(std::string_view key, std::string_view name) {
  return key.size() > name.size() && is_upper(key[name.size()]) && key.starts_with(name);
}

}  // namespace

TypeId Evaluator::resource_type(std::string_view name) {
  if (name.empty()) return kNoType;
  NamedType& known = resource_types_[name.size() % resource_types_.size()];
  if (known.name != name) {
    const TypeId type = model()->find_type(name);
    if (type == kNoType) return kNoType;
    known = {model()->type_name(type), type};
  }
  return known.type;
}

Item Evaluator::element(json::Node node, TypeId declared) {
  if (model() != nullptr && (declared == kNoType || primitives_.is_resource(declared))) {
    const TypeId type = resource_type(node["resourceType"].text());
    if (type != kNoType) declared = type;
  }
  return Item::element(node, declared);
}

Item Evaluator::system(const Item& item) const {
  if (!item.is_node() || item.is_companion()) return item;
  const json::Node node = item.node();
  switch (node.kind()) {
    case json::Kind::kTrue:
    case json::Kind::kFalse:
      return Item::boolean(node.is_true());
    case json::Kind::kNumber: {
      const auto value = Decimal::parse(node.text());
      if (!value) return item;
      const bool is_decimal =
          primitives_.is_decimal(item.type_id()) || node.text().find_first_of(".eE") != std::string_view::npos;
      const auto whole = is_decimal ? std::nullopt : value->to_int64();
      return whole ? Item::integer(*whole) : Item::decimal(*value);
    }
    case json::Kind::kString: {
      std::optional<Temporal> value;
      switch (primitives_.of_string(item.type_id())) {
        case Kind::kDate:
          value = Temporal::parse_date(node.text());
          break;
        case Kind::kDateTime:
          value = Temporal::parse_date_time(node.text());
          break;
        case Kind::kTime:
          value = Temporal::parse_time(node.text());
          break;
        default:
          break;
      }
      return value ? Item::temporal(*value) : Item::string(node.text());
    }
    default:
      return item;
  }
}

const Quantity* Evaluator::quantity_of(const Item& item) {
  if (item.kind() == Kind::kQuantity) return item.quantity();
  if (item.kind() == Kind::kInteger || item.kind() == Kind::kDecimal) return keep(Quantity{*item.decimal(), "1"});
  if (!item.is_node() || !item.node().is_object() || item.is_companion()) return nullptr;
  if (model() != nullptr && item.type_id() != kNoType) {
    const TypeId quantity = model()->find_type("Quantity");
    if (quantity == kNoType || !is_a(*model(), item.type_id(), quantity)) return nullptr;
  }
  const json::Node node = item.node();
  if (node["comparator"]) return nullptr;  // not a value, but a range
  const json::Node number = node["value"];
  const auto value = number.is_number() ? Decimal::parse(number.text()) : std::nullopt;
  if (!value) return nullptr;
  const std::string_view system = node["system"].text();
  const std::string_view code = node["code"].text();
  const std::string_view unit = node["unit"].text();
  if (system == "http://unitsofmeasure.org") return keep(Quantity{*value, code.empty() ? "1" : code});
  if (!code.empty()) return keep(Quantity{*value, code, false, system.empty()});
  if (!unit.empty()) return keep(Quantity{*value, unit, false, false});
  return keep(Quantity{*value, "1"});
}

json::Node Evaluator::companion_of(const Item& item) const {
  if (!item.is_node()) return {};
  if (item.is_companion()) return item.node();
  const json::Node node = item.node();
  json::Node owner = node.parent();
  const bool in_list = owner.is_array();
  const std::string_view key = in_list ? owner.key() : node.key();
  if (in_list) owner = owner.parent();
  for (const json::Node child : owner) {
    if (child.key().size() != key.size() + 1 || child.key().front() != '_' || child.key().substr(1) != key) continue;
    return in_list ? child.at(node.index_in_parent()) : child;
  }
  return {};
}

Collection Evaluator::member(const Step& step, Frame& frame) {
  const Collection input = input_of(step, frame);
  List result(*this, step);
  for (const Item& item : input) append_member(step, item, result);
  const Collection found = result.items();
  return spend(found.size(), step) ? found : Collection();
}

Collection Evaluator::root_type(const Step& step, Frame& frame) {
  const TypeSpec& type = code_->types[step.index];
  List result(*this, step);
  for (const Item& item : frame.self) {
    const bool is_resource = item.is_node() && item.node().is_object();
    if (is_resource && has_type(item, type, model(), false)) {
      result.add(item);
    } else if (model() == nullptr) {
      append_member(step, item, result);  // plain JSON may have such a name
    }
  }
  return result.items();
}

void Evaluator::append_member(const Step& step, const Item& item, List& to) {
  if (!item.is_node()) {
    if (const Quantity* quantity = item.quantity()) {
      if (step.name == "value") to.add(Item::decimal(quantity->value));
      if (step.name == "unit" || step.name == "code") to.add(Item::string(quantity->unit));
    } else if (item.kind() == Kind::kType) {
      if (step.name == "name") to.add(Item::string(item.named_type()));
      if (step.name == "namespace") to.add(Item::string(item.is_system_type() ? "System" : "FHIR"));
    }
    return;
  }
  const json::Node node = item.node();
  if (!node.is_object() || item.is_companion()) return append_primitive_member(step.name, item, to);
  if (model() == nullptr || item.type_id() == kNoType) return append_untyped(node, step, to);
  const ElementInfo* info = item.type_id() == step.known_type && step.known_type != kNoType
                                ? step.element
                                : model()->find_element(item.type_id(), step.name);
  if (info != nullptr) append_typed(node, step.name, step.companion_name, *info, to);
}

// A primitive has an id and extensions, in the member beside it.
void Evaluator::append_primitive_member(std::string_view name, const Item& item, List& to) {
  if (name != "extension" && name != "id") return;
  const json::Node companion = companion_of(item);
  if (companion) append_values(companion[name], {}, name == "id" ? kNoType : primitives_.extension(), to);
}

void Evaluator::append_typed(const json::Node& node, std::string_view name, std::string_view companion_name,
                             const ElementInfo& info, List& to) {
  if (info.is_choice) {
    for (const json::Node child : node) {
      std::string_view key = child.key();
      const bool is_companion = !key.empty() && key.front() == '_';
      if (is_companion) key.remove_prefix(1);
      if (!is_choice_of(key, name)) continue;
      for (const TypeId type : info.types) {
        if (!is_choice_suffix(key.substr(name.size()), model()->type_name(type))) continue;
        if (!is_companion) {
          append_values(child, {}, type, to);
        } else if (!node[key]) {
          append_values({}, child, type, to);
        }
        return;
      }
    }
    return;
  }
  json::Node value;
  json::Node companion;
  for (const json::Node child : node) {
    const std::string_view key = child.key();
    if (key == name) {
      value = child;
    } else if (key == companion_name) {
      companion = child;
    }
  }
  if (value || companion) append_values(value, companion, info.types.empty() ? kNoType : info.types.front(), to);
}

void Evaluator::append_untyped(const json::Node& node, const Step& step, List& to) {
  json::Node value;
  json::Node companion;
  json::Node choice;
  for (const json::Node child : node) {
    const std::string_view key = child.key();
    if (key == step.name) {
      value = child;
    } else if (key == step.companion_name) {
      companion = child;
    } else if (!choice && is_choice_of(key, step.name)) {
      choice = child;
    }
  }
  if (!value && !companion) value = choice;
  if (value || companion) append_values(value, companion, kNoType, to);
}

void Evaluator::append_values(json::Node value, json::Node companion, TypeId type, List& to) {
  if (!value.is_array() && !companion.is_array()) {
    if (value && !value.is_null()) {
      to.add(element(value, type));
    } else if (companion.is_object()) {
      to.add(Item::companion(companion, type));
    }
    return;
  }
  if (!companion) {
    for (const json::Node entry : value) {
      if (!entry.is_null()) to.add(element(entry, type));
    }
    return;
  }
  auto beside = companion.begin();
  const auto beside_end = companion.end();
  for (const json::Node entry : value) {
    if (!entry.is_null()) {
      to.add(element(entry, type));
    } else if (beside != beside_end && (*beside).is_object()) {
      to.add(Item::companion(*beside, type));
    }
    if (beside != beside_end) ++beside;
  }
  for (; beside != beside_end; ++beside) {
    if ((*beside).is_object()) to.add(Item::companion(*beside, type));
  }
}

void Evaluator::append_children(const Item& item, List& to) {
  if (!item.is_node()) return;
  const json::Node node = item.node();
  if (!node.is_object() || item.is_companion()) {
    append_primitive_member("id", item, to);
    append_primitive_member("extension", item, to);
    return;
  }
  const TypeId type = model() == nullptr ? kNoType : item.type_id();
  for (const json::Node child : node) {
    std::string_view key = child.key();
    if (key == "resourceType") continue;
    json::Node value = child;
    json::Node companion;
    if (!key.empty() && key.front() == '_') {
      key.remove_prefix(1);
      if (node[key]) continue;  // it comes with its primitive
      value = {};
      companion = child;
    } else if (child.is_array()) {
      companion = companion_of(Item::element(child));  // for the nulls among the values
    }
    TypeId child_type = kNoType;
    if (type != kNoType) {
      if (const ElementInfo* info = model()->find_element(type, key); info != nullptr && !info->types.empty()) {
        child_type = info->types.front();
      } else {
        for (std::size_t i = 1; i < key.size() && child_type == kNoType; ++i) {
          if (!is_upper(key[i])) continue;
          const ElementInfo* choice = model()->find_element(type, key.substr(0, i));
          if (choice == nullptr || !choice->is_choice) continue;
          for (const TypeId candidate : choice->types) {
            if (is_choice_suffix(key.substr(i), model()->type_name(candidate))) child_type = candidate;
          }
        }
      }
    }
    append_values(value, companion, child_type, to);
  }
}

}  // namespace pas::fhirpath::detail
