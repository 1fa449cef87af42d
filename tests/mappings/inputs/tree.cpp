#include "tests/mappings/inputs/tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>

#include "fhir/base/base64.h"
#include "fhir/base/digest.h"
#include "fhir/json/writer.h"

namespace pas::cases {
namespace {

// "item[0].modifier" -> {"item", "0", "modifier"}
std::vector<std::string> steps_of(std::string_view path) {
  std::vector<std::string> steps(1);
  for (const char c : path) {
    if (c == '.' || c == '[') {
      steps.emplace_back();
    } else if (c != ']') {
      steps.back() += c;
    }
  }
  return steps;
}

bool is_index(std::string_view step) {
  return !step.empty() && step.find_first_not_of("0123456789") == std::string_view::npos;
}

std::size_t number_of(std::string_view step) {
  std::size_t number = 0;
  std::from_chars(step.data(), step.data() + step.size(), number);
  return number;
}

std::string json_string(std::string_view text) {
  json::Writer writer;
  writer.string(text);
  return std::move(writer).take();
}

}  // namespace

Tree::Tree(json::Node node) : kind(node.kind()) {
  if (!node.is_object() && !node.is_array()) {
    text = node.to_json();
    return;
  }
  for (const json::Node child : node) members.emplace_back(child.key(), Tree(child));
}

Tree* Tree::find(std::string_view name) {
  const auto found = std::find_if(members.begin(), members.end(), [name](const auto& m) { return m.first == name; });
  return found == members.end() ? nullptr : &found->second;
}

Tree& Tree::member(std::string_view name) {
  kind = json::Kind::kObject;
  if (Tree* found = find(name)) return *found;
  return members.emplace_back(name, Tree()).second;
}

Tree& Tree::at(std::string_view path) {
  Tree* tree = this;
  for (const std::string& step : steps_of(path)) {
    if (is_index(step)) {
      tree->kind = json::Kind::kArray;
      const std::size_t index = number_of(step);
      EXPECT_LE(index, tree->members.size()) << path;
      if (index >= tree->members.size()) tree->members.emplace_back();
      tree = &tree->members[std::min(index, tree->members.size() - 1)].second;
    } else {
      tree = &tree->member(step);
    }
  }
  return *tree;
}

void Tree::erase(std::string_view path) {
  std::vector<std::string> steps = steps_of(path);
  const std::string last = steps.back();
  const std::size_t cut = path.find_last_of(".[");
  Tree& parent = cut == std::string_view::npos ? *this : at(path.substr(0, cut));
  if (is_index(last)) {
    ASSERT_LT(number_of(last), parent.members.size()) << path;
    parent.members.erase(parent.members.begin() + static_cast<std::ptrdiff_t>(number_of(last)));
  } else {
    EXPECT_NE(std::erase_if(parent.members, [&](const auto& m) { return m.first == last; }), 0U) << path;
  }
}

void Tree::append(Tree element) {
  kind = json::Kind::kArray;
  members.emplace_back(std::string(), std::move(element));
}

void Tree::expand() {
  if (members.size() == 1 && members[0].first.starts_with('$')) {
    const auto document = json::Document::parse(members[0].second.text).value();
    const std::string_view value = document.root().text();
    const std::string name = members[0].first;
    kind = json::Kind::kString;
    if (name == "$base64") {
      text = json_string(base::encode_base64(value));
    } else if (name == "$sha1") {
      text = json_string(base::encode_base64(base::sha1(value)));
    } else if (name == "$size") {
      kind = json::Kind::kNumber;
      text = std::to_string(value.size());
    } else {
      ADD_FAILURE() << "unknown macro " << name;
    }
    members.clear();
    return;
  }
  for (auto& [name, tree] : members) tree.expand();
}

std::string Tree::to_json() const {
  if (kind != json::Kind::kObject && kind != json::Kind::kArray) return text.empty() ? "null" : text;
  const bool is_list = kind == json::Kind::kArray;
  std::string out = is_list ? "[" : "{";
  bool first = true;
  for (const auto& [name, tree] : members) {
    if (!first) out += ",";
    first = false;
    if (!is_list) out += json_string(name) + ":";
    out += tree.to_json();
  }
  return out + (is_list ? "]" : "}");
}

}  // namespace pas::cases
