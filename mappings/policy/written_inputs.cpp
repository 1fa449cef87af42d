#include "mappings/policy/written_inputs.h"

#include <algorithm>

#include "mappings/policy/reader.h"

namespace pas::policy {
namespace {

using inputs::InputDefinition;
using inputs::Type;

// In the place of an element path.
constexpr const char* kSource = "case";

inputs::Input input_of(const std::string& name, json::Node value) {
  inputs::Input input{name, inputs::State::kUnknown, {}, {}, {}};
  if (!value || value.is_null()) return input;
  if (const json::Node conflict = value["conflict"]) {
    input.state = inputs::State::kConflict;
    input.note = conflict.text();
    return input;
  }
  input.state = inputs::State::kKnown;
  input.value = value.to_json();
  input.sources.emplace_back(kSource);
  return input;
}

bool fits(json::Node value, const InputDefinition& definition) {
  switch (definition.type) {
    case Type::kCode:
    case Type::kText:
      return value.is_string();
    case Type::kWord:
      return value.is_string() &&
             std::find(definition.values.begin(), definition.values.end(), value.text()) != definition.values.end();
    case Type::kInteger:
      return value.is_number() && value.text().find_first_of(".eE") == std::string_view::npos;
    case Type::kDecimal:
      return value.is_number();
    case Type::kBoolean:
      return value.is_boolean();
    case Type::kCodes:
    case Type::kDocuments:
      break;
  }
  bool are_objects = value.is_array();
  for (const json::Node element : value) are_objects = are_objects && element.is_object();
  return are_objects;
}

std::string expected(const InputDefinition& definition) {
  if (definition.type == Type::kWord) return inputs::one_of(definition.values);
  if (definition.type == Type::kCodes) return R"(a list of {"system", "code"})";
  return "a value of type " + std::string(to_string(definition.type));
}

}  // namespace

inputs::InputSet read_inputs(const inputs::Catalog& catalog, json::Node base, json::Node changes) {
  std::vector<inputs::Input> all;
  all.reserve(catalog.inputs().size());
  for (const InputDefinition& definition : catalog.inputs()) {
    const json::Node own = changes[definition.name];
    all.push_back(input_of(definition.name, own ? own : base[definition.name]));
  }
  return {std::move(all), {}};
}

std::optional<InputFault> find_fault(const inputs::Catalog& catalog, json::Node inputs) {
  for (const json::Node member : inputs) {
    const InputDefinition* definition = catalog.find(member.key());
    if (definition == nullptr) {
      std::vector<std::string_view> names;
      for (const InputDefinition& input : catalog.inputs()) names.push_back(input.name);
      return InputFault{member, true,
                        "no input is named \"" + std::string(member.key()) + '"' + suggestion(member.key(), names)};
    }
    const bool is_conflict = member.is_object() && member.size() == 1 && member["conflict"].is_string();
    if (member.is_null() || is_conflict || fits(member, *definition)) continue;
    return InputFault{member, false,
                      "\"" + definition->name + "\" must be " + expected(*definition) +
                          R"(, null (not known) or {"conflict": note})"};
  }
  return std::nullopt;
}

}  // namespace pas::policy
