#include "tests/mappings/policy/json_schema.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <regex>
#include <vector>

namespace pas::support {
namespace {

std::string type_of(json::Node value) {
  switch (value.kind()) {
    case json::Kind::kObject:
      return "object";
    case json::Kind::kArray:
      return "array";
    case json::Kind::kString:
      return "string";
    case json::Kind::kNumber:
      return value.text().find_first_of(".eE") == std::string_view::npos ? "integer" : "number";
    case json::Kind::kTrue:
    case json::Kind::kFalse:
      return "boolean";
    default:
      return "null";
  }
}

bool is_type(json::Node value, std::string_view name) {
  const std::string type = type_of(value);
  return type == name || (name == "number" && type == "integer");
}

bool is_among(json::Node value, json::Node list) {
  for (const json::Node each : list) {
    if (each.to_json() == value.to_json()) return true;
  }
  return false;
}

double number(json::Node node) {
  return std::strtod(std::string(node.text()).c_str(), nullptr);
}

// A keyword that looks at the value alone; empty when it holds, or is none of these.
std::string plain_fault(json::Node keyword, json::Node value) {
  const std::string_view name = keyword.key();
  const std::string told = std::string(name) + ' ' + keyword.to_json();
  bool holds = true;
  if (name == "type") {
    holds = keyword.is_string() && is_type(value, keyword.text());
    for (const json::Node type : keyword) holds = holds || is_type(value, type.text());
  } else if (name == "enum") {
    holds = is_among(value, keyword);
  } else if (name == "const") {
    holds = value.to_json() == keyword.to_json();
  } else if (name == "minLength") {
    holds = !value.is_string() || static_cast<double>(value.text().size()) >= number(keyword);
  } else if (name == "pattern") {
    holds = !value.is_string() || std::regex_search(std::string(value.text()), std::regex(std::string(keyword.text())));
  } else if (name == "minimum") {
    holds = !value.is_number() || number(value) >= number(keyword);
  } else if (name == "maximum") {
    holds = !value.is_number() || number(value) <= number(keyword);
  } else if (name == "minItems") {
    holds = !value.is_array() || static_cast<double>(value.size()) >= number(keyword);
  } else if (name == "uniqueItems") {
    std::set<std::string> items;
    for (const json::Node item : value) holds = items.insert(item.to_json()).second && holds;
  }
  return holds ? "" : value.path() + ": " + told;
}

constexpr std::string_view kKnown[] = {"$schema",    "$id",
                                       "$defs",      "$ref",
                                       "title",      "description",
                                       "type",       "enum",
                                       "const",      "minLength",
                                       "pattern",    "minimum",
                                       "maximum",    "minItems",
                                       "oneOf",      "uniqueItems",
                                       "items",      "required",
                                       "if",         "then",
                                       "properties", "additionalProperties"};

}  // namespace

std::string JsonSchema::fault(json::Node value) {
  Used used;
  std::string found = check(root_, value, used);
  if (found.empty()) used_.insert(used.begin(), used.end());
  return found;
}

std::string JsonSchema::check(json::Node schema, json::Node value, Used& used) const {  // NOLINT(misc-no-recursion)
  for (const json::Node keyword : schema) {
    EXPECT_NE(std::find(std::begin(kKnown), std::end(kKnown), keyword.key()), std::end(kKnown)) << keyword.key();
    if (std::string found = plain_fault(keyword, value); !found.empty()) return found;
  }
  if (const json::Node reference = schema["$ref"]) {
    constexpr std::string_view kPlace = "#/$defs/";
    const json::Node target = root_["$defs"][reference.text().substr(kPlace.size())];
    EXPECT_TRUE(target) << reference.text();
    return check(target, value, used);
  }
  if (schema["oneOf"]) return check_one_of(schema["oneOf"], value, used);
  if (const json::Node items = schema["items"]) {
    for (const json::Node item : value) {
      if (std::string found = check(items, item, used); !found.empty()) return found;
    }
  }
  return value.is_object() ? check_object(schema, value, used) : "";
}

// NOLINTNEXTLINE(misc-no-recursion)
std::string JsonSchema::check_object(json::Node schema, json::Node value, Used& used) const {
  for (const json::Node name : schema["required"]) {
    if (!value[name.text()]) return value.path() + ": lacks " + std::string(name.text());
  }
  const json::Node others = schema["additionalProperties"];
  for (const json::Node member : value) {
    const json::Node known = schema["properties"][member.key()];
    if (!known && others.is_boolean() && !others.is_true()) return member.path() + ": is not known";
    const json::Node of_member = known ? known : others.is_object() ? others : json::Node();
    if (known) used.insert(known.id());
    if (std::string found = check(of_member, member, used); !found.empty()) return found;
  }
  if (const json::Node condition = schema["if"]) {
    Used ignored;
    if (check(condition, value, ignored).empty()) return check(schema["then"], value, used);
  }
  return "";
}

// NOLINTNEXTLINE(misc-no-recursion)
std::string JsonSchema::check_one_of(json::Node schema, json::Node value, Used& used) const {
  std::size_t matches = 0;
  for (const json::Node each : schema) {
    Used below;
    if (!check(each, value, below).empty()) continue;
    ++matches;
    used.insert(below.begin(), below.end());
  }
  return matches == 1 ? "" : value.path() + ": is " + std::to_string(matches) + " of the forms";
}

std::set<std::string> JsonSchema::unused_properties() const {
  std::set<std::string> unused;
  list_properties(root_, "", unused);
  return unused;
}

// NOLINTNEXTLINE(misc-no-recursion)
void JsonSchema::list_properties(json::Node schema, const std::string& place, std::set<std::string>& unused) const {
  for (const json::Node member : schema) {
    const std::string below = place + '/' + std::string(member.key());
    if (member.key() == "if") continue;
    if (member.key() == "properties") {
      for (const json::Node property : member) {
        if (!used_.contains(property.id())) unused.insert(place + '/' + std::string(property.key()));
        list_properties(property, below + '/' + std::string(property.key()), unused);
      }
    } else {
      list_properties(member, below, unused);
    }
  }
}

}  // namespace pas::support
