#include "tests/adapter/service/generated_bundles.h"

#include <algorithm>
#include <utility>

#include "tests/adapter/service/fixture.h"
#include "tests/support/files.h"

namespace pas::service_test {
namespace {

using cases::Tree;

std::string text_of(Tree& tree, std::string_view path) {
  const std::string& text = tree.at(path).text;
  return text.size() < 2 ? text : text.substr(1, text.size() - 2);
}

}  // namespace

BundleGenerator::BundleGenerator(const std::string& recipe)
    : recipe_(json::Document::parse(support::read_file(support::repo_path("tests/cases/generated/" + recipe + ".json")))
                  .value()) {
  for (const json::Node base : recipe_.root()["bases"]) {
    bases_.push_back(json::Document::parse(sample(std::string(base.text()) + ".json")).value());
  }
}

Tree* BundleGenerator::any_resource(Tree& bundle, std::string_view type) {
  std::vector<Tree*> found;
  for (auto& [name, entry] : bundle.at("entry").members) {
    Tree& resource = entry.member("resource");
    if (text_of(resource, "resourceType") == type) found.push_back(&resource);
  }
  return found.empty() ? nullptr : found[below(found.size())];
}

// Null where the path leads nowhere.
Tree* BundleGenerator::walk(Tree& from, std::string_view path) {
  Tree* tree = &from;
  while (tree != nullptr && !path.empty()) {
    const std::size_t end = std::min(path.find_first_of(".["), path.size());
    const std::string_view name = path.substr(0, end);
    path.remove_prefix(end);
    tree = tree->find(name);
    if (path.starts_with('[')) {
      const std::string_view index = path.substr(1, path.find(']') - 1);
      path.remove_prefix(index.size() + 2);
      if (tree == nullptr || tree->members.empty()) return nullptr;
      tree = &tree->members[index == "*" ? below(tree->members.size()) : 0].second;
    }
    if (path.starts_with('.')) path.remove_prefix(1);
  }
  return tree;
}

void BundleGenerator::change(Tree& bundle, json::Node change) {
  Tree* resource = any_resource(bundle, change["of"].text());
  if (resource == nullptr) return;
  const std::string_view path = change["at"].text();
  const std::size_t cut = path.find_last_of('.');
  const bool is_deep = cut != std::string_view::npos;
  Tree* parent = is_deep ? walk(*resource, path.substr(0, cut)) : resource;
  const std::string_view name = is_deep ? path.substr(cut + 1) : path;
  if (parent == nullptr || parent->find(name) == nullptr) return;
  const json::Node value = any(change["values"]);
  if (value.is_null()) {
    std::erase_if(parent->members, [name](const auto& member) { return member.first == name; });
  } else {
    parent->member(name) = Tree(value);
  }
}

void BundleGenerator::leave_out(Tree& bundle, std::string_view type) {
  const Tree* resource = any_resource(bundle, type);
  if (resource == nullptr) return;
  auto& entries = bundle.at("entry").members;
  const auto entry = std::find_if(entries.begin(), entries.end(),
                                  [&](auto& each) { return each.second.find("resource") == resource; });
  const std::string url = text_of(entry->second, "fullUrl");
  Tree& claim = entries.front().second.member("resource");
  if (Tree* supporting = claim.find("supportingInfo")) {
    std::erase_if(supporting->members,
                  [&](auto& info) { return url.ends_with(text_of(info.second, "valueReference.reference")); });
    if (supporting->members.empty()) claim.erase("supportingInfo");
  }
  entries.erase(entry);
}

Tree BundleGenerator::next() {
  Tree bundle(bases_[below(bases_.size())].root());
  const json::Node recipe = recipe_.root();
  for (std::size_t left = below(6); left > 0; --left) change(bundle, any(recipe["changes"]));
  if (below(4) == 0) leave_out(bundle, any(recipe["left out"]).text());
  return bundle;
}

Tree BundleGenerator::shuffled(Tree bundle) {
  auto& entries = bundle.at("entry").members;
  for (std::size_t last = entries.size() - 1; last > 1; --last) std::swap(entries[last], entries[1 + below(last)]);
  return bundle;
}

}  // namespace pas::service_test
