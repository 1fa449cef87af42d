#include "mappings/inputs/input_set.h"

#include <algorithm>
#include <memory>

#include "fhir/json/writer.h"

namespace pas::inputs {
namespace {

// The names as a tree, by their dotted parts.
struct Branch {
  const Input* own = nullptr;
  std::vector<std::pair<std::string_view, std::unique_ptr<Branch>>> parts;  // in the order of the catalog

  Branch& part(std::string_view name) {
    for (auto& [key, branch] : parts) {
      if (key == name) return *branch;
    }
    return *parts.emplace_back(name, std::make_unique<Branch>()).second;
  }
  bool is_known() const {
    if (own != nullptr && own->state == State::kKnown) return true;
    return std::any_of(parts.begin(), parts.end(), [](const auto& entry) { return entry.second->is_known(); });
  }
};

// Recursion is as deep as a name has dots.
void write(const Branch& branch, json::Writer& writer) {
  const bool known = branch.own != nullptr && branch.own->state == State::kKnown;
  if (known && branch.parts.empty()) {
    writer.raw(branch.own->value);
    return;
  }
  writer.begin_object();
  if (known) writer.key("value").raw(branch.own->value);
  for (const auto& [name, part] : branch.parts) {
    if (!part->is_known()) continue;
    writer.key(name);
    write(*part, writer);
  }
  writer.end_object();
}

}  // namespace

std::string_view to_string(State state) {
  switch (state) {
    case State::kKnown:
      return "known";
    case State::kConflict:
      return "conflict";
    case State::kUnknown:
      break;
  }
  return "unknown";
}

const Input* InputSet::find(std::string_view name) const {
  const auto found =
      std::find_if(inputs_.begin(), inputs_.end(), [name](const Input& input) { return input.name == name; });
  return found == inputs_.end() ? nullptr : &*found;
}

std::string InputSet::to_json() const {
  Branch root;
  for (const Input& input : inputs_) {
    Branch* branch = &root;
    std::string_view rest = input.name;
    while (!rest.empty()) {
      const std::size_t dot = rest.find('.');
      branch = &branch->part(rest.substr(0, dot));
      rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
    }
    branch->own = &input;
  }
  json::Writer writer;
  if (root.parts.empty()) return "{}";
  write(root, writer);
  return std::move(writer).take();
}

}  // namespace pas::inputs
