#include <algorithm>

#include "fhir/validation/profile_compiler.h"

namespace pas::validation {
namespace {

using definitions::Element;
using definitions::Structure;

// An element of some structure that a discriminator's path leads to.
struct Spot {
  Structure structure;
  std::size_t at = 0;
  Element element() const { return structure[at]; }
};

// $this, name, extension('url'), resolve(), ofType(X), as X; joined by dots. Empty when it is something else.
bool parse_path(std::string_view path, std::vector<Step>& steps) {
  while (!path.empty()) {
    if (path.starts_with("$this")) {
      path.remove_prefix(5);
    } else if (path.starts_with("resolve()")) {
      steps.push_back({Step::Kind::kResolve, ""});
      path.remove_prefix(9);
    } else if (path.starts_with("extension(")) {
      const std::size_t open = path.find('\'');
      const std::size_t close = open == std::string_view::npos ? open : path.find('\'', open + 1);
      const std::size_t end = close == std::string_view::npos ? close : path.find(')', close);
      if (end == std::string_view::npos) return false;
      steps.push_back({Step::Kind::kExtension, std::string(path.substr(open + 1, close - open - 1))});
      path.remove_prefix(end + 1);
    } else if (path.starts_with("ofType(")) {
      const std::size_t end = path.find(')');
      if (end == std::string_view::npos) return false;
      steps.push_back({Step::Kind::kOfType, std::string(path.substr(7, end - 7))});
      path.remove_prefix(end + 1);
    } else {
      const auto end = std::ranges::find_if_not(path, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      });
      const auto size = static_cast<std::size_t>(end - path.begin());
      if (size == 0) return false;
      steps.push_back({Step::Kind::kElement, std::string(path.substr(0, size))});
      path.remove_prefix(size);
      if (path.starts_with("[x]")) path.remove_prefix(3);
    }
    if (path.starts_with(" as ")) {
      steps.push_back({Step::Kind::kOfType, std::string(path.substr(4))});
      return true;
    }
    if (path.starts_with('.')) {
      path.remove_prefix(1);
    } else if (!path.empty()) {
      return false;
    }
  }
  return true;
}

class TestFinder {
 public:
  explicit TestFinder(const ProfileStore& store) : store_(store), set_(store.schema().definitions()) {}

  std::vector<SliceTest> find(Spot slice, std::string_view kind, std::string_view path) {
    std::vector<Step> steps;
    if (!parse_path(path, steps)) return {};
    std::vector<Spot> spots{slice};
    for (const Step& step : steps) {
      std::vector<Spot> next;
      for (const Spot& spot : spots) take(step, spot, next);
      spots = std::move(next);
    }
    if (kind == "value" || kind == "pattern") return by_value(spots, steps);
    if (kind == "exists") return by_existence(spots, steps);
    if (kind == "type") return by_type(spots, steps);
    if (kind == "profile") return by_profile(spots, steps);
    return {};
  }

 private:
  // Where the children of an element are: below it, or in its type's definitions.
  std::vector<Spot> parents(const Spot& spot) const {
    if (end_of(spot.structure, spot.at) > spot.at + 1) return {spot};
    std::vector<Spot> found;
    for (const definitions::Type type : spot.element().types()) {
      for (const std::string_view url : type.profiles()) {
        if (const Structure structure = set_.find_structure(url)) found.push_back({structure, 0});
      }
      if (!type.profiles().empty()) continue;
      if (const Structure structure = set_.find_type(type.code())) found.push_back({structure, 0});
    }
    return found;
  }

  void take(const Step& step, const Spot& spot, std::vector<Spot>& next) const {
    if (step.kind == Step::Kind::kOfType) {
      next.push_back(spot);
      return;
    }
    if (step.kind == Step::Kind::kResolve) {
      for (const definitions::Type type : spot.element().types()) {
        for (const std::string_view url : type.targets()) {
          if (const Structure structure = set_.find_structure(url)) next.push_back({structure, 0});
        }
      }
      return;
    }
    for (const Spot& parent : parents(spot)) {
      const std::size_t end = end_of(parent.structure, parent.at);
      for (std::size_t i = parent.at + 1; i < end; i = end_of(parent.structure, i)) {
        const Element child = parent.structure[i];
        if (step.kind == Step::Kind::kElement && child.name() == step.name && child.slice_name().empty()) {
          next.push_back({parent.structure, i});
        }
        if (step.kind == Step::Kind::kExtension && child.name() == "extension" && is_extension(child, step.name)) {
          next.push_back({parent.structure, i});
        }
      }
    }
  }

  static bool is_extension(const Element& element, std::string_view url) {
    return std::ranges::any_of(element.types(), [&](const definitions::Type& type) {
      return std::ranges::any_of(type.profiles(),
                                 [&](std::string_view profile) { return profile.substr(0, profile.find('|')) == url; });
    });
  }

  static std::vector<SliceTest> by_value(const std::vector<Spot>& spots, const std::vector<Step>& steps) {
    std::vector<SliceTest> tests;
    for (const Spot& spot : spots) {
      add_values(spot, steps, tests);
      if (!tests.empty()) return tests;
    }
    return tests;
  }

  // The value of the element itself, else of those below it.
  static void add_values(const Spot& spot, std::vector<Step> steps, std::vector<SliceTest>& tests) {
    const Element element = spot.element();
    SliceTest test;
    if (element.has_fixed() || element.has_pattern()) {
      test.value = expected_value(element);
      test.steps = std::move(steps);
      if (test.value) tests.push_back(std::move(test));
      return;
    }
    const std::size_t before = tests.size();
    const std::size_t end = end_of(spot.structure, spot.at);
    for (std::size_t i = spot.at + 1; i < end; i = end_of(spot.structure, i)) {
      const Element child = spot.structure[i];
      if (child.name() == "extension" || !child.slice_name().empty()) continue;
      std::vector<Step> deeper = steps;
      deeper.push_back({Step::Kind::kElement, std::string(child.name())});
      add_values({spot.structure, i}, std::move(deeper), tests);
    }
    const auto binding = element.binding();
    if (tests.size() == before && binding && binding->strength() == definitions::BindingStrength::kRequired) {
      test.kind = SliceTest::Kind::kBinding;
      test.steps = std::move(steps);
      test.value_set_url = binding->value_set();
      tests.push_back(std::move(test));
    }
  }

  static std::vector<SliceTest> by_existence(const std::vector<Spot>& spots, const std::vector<Step>& steps) {
    std::vector<SliceTest> tests;
    if (spots.empty()) return tests;
    const Element element = spots[0].element();
    if (element.min() > 0 || element.max() == 0) {
      tests.emplace_back();
      tests.back().kind = element.max() == 0 ? SliceTest::Kind::kMissing : SliceTest::Kind::kExists;
      tests.back().steps = steps;
    }
    return tests;
  }

  std::vector<SliceTest> by_type(const std::vector<Spot>& spots, const std::vector<Step>& steps) const {
    SliceTest test;
    test.kind = SliceTest::Kind::kType;
    test.steps = steps;
    for (const Spot& spot : spots) {
      if (spot.at == 0) {
        test.types.push_back(spot.structure.type());
        continue;
      }
      for (const definitions::Type type : spot.element().types()) test.types.push_back(type.code());
    }
    if (test.types.empty() || std::ranges::find(test.types, "Resource") != test.types.end()) return {};
    return {std::move(test)};
  }

  std::vector<SliceTest> by_profile(const std::vector<Spot>& spots, const std::vector<Step>& steps) const {
    SliceTest test;
    test.kind = SliceTest::Kind::kProfile;
    test.steps = steps;
    for (const Spot& spot : spots) {
      if (spot.at == 0) {
        if (ProfileRef* ref = store_.find(spot.structure.url())) test.profiles.push_back(ref);
        continue;
      }
      for (const definitions::Type type : spot.element().types()) {
        for (const std::string_view url : type.profiles()) {
          if (ProfileRef* ref = store_.find(url)) test.profiles.push_back(ref);
        }
      }
    }
    if (test.profiles.empty()) return {};
    return {std::move(test)};
  }

  const ProfileStore& store_;
  const definitions::DefinitionSet& set_;
};

}  // namespace

std::vector<SliceTest> slice_tests(const ProfileStore& store, const Structure& structure, std::size_t at,
                                   const definitions::Slicing& slicing) {
  TestFinder finder(store);
  std::vector<SliceTest> tests;
  const definitions::TextList discriminators = slicing.discriminators();
  if (discriminators.empty() && structure[at].is_choice()) return finder.find({structure, at}, "type", "$this");
  for (std::size_t i = 0; i + 1 < discriminators.size(); i += 2) {
    std::vector<SliceTest> found = finder.find({structure, at}, discriminators[i], discriminators[i + 1]);
    if (found.empty()) return {};
    for (SliceTest& test : found) {
      if (test.kind == SliceTest::Kind::kBinding) {
        test.value_set = store.schema().value_set(test.value_set_url);
        if (test.value_set == nullptr) return {};
      }
      tests.push_back(std::move(test));
    }
  }
  return tests;
}

}  // namespace pas::validation
