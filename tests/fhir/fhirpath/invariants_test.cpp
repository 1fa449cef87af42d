// Every invariant of R4, US Core and PAS compiles for the type that it stands on, and evaluates without an error on
// every element of that kind in the guides' examples and in R4's own definitions.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>

#include "fhir/definitions/builtin.h"
#include "fhir/definitions/definition_set.h"
#include "fhir/fhirpath/fhirpath.h"
#include "tests/support/archive.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using fhirpath::Item;
using fhirpath::Program;
using fhirpath::TypeId;

// What stands on an element (or, with an empty name, on a type).
struct Rule {
  std::string key;
  Program program;
  bool must_hold;  // an error of a type's own: every example meets it, of whatever profile
};
using Place = std::pair<TypeId, std::string>;

class Invariants : public ::testing::Test {
 protected:
  void SetUp() override {
    auto definitions = definitions::builtin_definitions(definitions::builtin_packages());
    ASSERT_TRUE(definitions);
    definitions_ = *definitions;
    children_ = Program::compile("children()", {.model = &model()}).value();
    for (const definitions::Structure& structure : definitions_->structures()) {
      for (std::size_t i = 0; i < structure.size(); ++i) add_rules(structure[i], !structure.is_profile());
    }
  }

  const fhirpath::Model& model() const { return definitions_->model(); }

  void add_rules(const definitions::Element& element, bool of_type) {
    for (const definitions::Constraint& constraint : element.constraints()) {
      expressions_.emplace(constraint.expression);
      const auto place = find_place(element.path());
      if (!place) {
        compile(constraint, fhirpath::kNoType);
        continue;
      }
      if (!seen_.emplace(*place, constraint.expression).second) continue;
      const auto program = compile(constraint, type_at(*place));
      if (program) rules_[*place].push_back({std::string(constraint.key), *program, of_type && constraint.is_error});
    }
  }

  TypeId type_at(const Place& place) const {
    if (place.second.empty()) return place.first;
    const fhirpath::ElementInfo* info = model().find_element(place.first, place.second);
    return info->types.size() == 1 ? info->types.front() : fhirpath::kNoType;
  }

  std::optional<Program> compile(const definitions::Constraint& constraint, TypeId type) {
    auto program = Program::compile(constraint.expression,
                                    {.model = &model(), .context_type = model().type_name(type), .lenient = true});
    if (program) return *program;
    ADD_FAILURE() << constraint.key << ": " << program.error().message << "\n"
                  << program.error().caret(constraint.expression);
    return std::nullopt;
  }

  // "Claim.item.quantity" is quantity of Claim.item; a path into a choice has no one type, and no place.
  std::optional<Place> find_place(std::string_view path) const {
    std::size_t dot = path.find('.');
    TypeId type = model().find_type(path.substr(0, dot));
    if (type == fhirpath::kNoType) return std::nullopt;
    while (dot != std::string_view::npos) {
      path.remove_prefix(dot + 1);
      dot = path.find('.');
      std::string_view name = path.substr(0, dot);
      if (name.ends_with("[x]")) name.remove_suffix(3);
      const fhirpath::ElementInfo* info = model().find_element(type, name);
      if (info == nullptr) return std::nullopt;
      if (dot == std::string_view::npos) return Place(type, name);
      if (info->types.size() != 1) return std::nullopt;
      type = info->types.front();
    }
    return Place(type, "");
  }

  void walk(fhirpath::Evaluation& evaluation, const Item& item) {
    for (TypeId type = item.type_id(); type != fhirpath::kNoType; type = model().base_of(type)) {
      check(evaluation, {type, ""}, item);
    }
    const auto found = evaluation.run(*children_, item);
    ASSERT_TRUE(found) << found.error().message;
    const std::vector<Item> children(found->begin(), found->end());
    evaluation.reset();
    for (const Item& child : children) {
      std::string name(child.node().key().empty() ? child.node().parent().key() : child.node().key());
      if (name.starts_with('_')) name.erase(0, 1);
      for (; !name.empty() && model().find_element(item.type_id(), name) == nullptr; name.pop_back()) {
      }
      if (!name.empty()) check(evaluation, {item.type_id(), name}, child);
      walk(evaluation, child);
    }
  }

  void check(fhirpath::Evaluation& evaluation, const Place& place, const Item& item) {
    const auto found = rules_.find(place);
    if (found == rules_.end()) return;
    for (const Rule& rule : found->second) {
      ++evaluated_;
      const auto result = evaluation.test(rule.program, item);
      EXPECT_TRUE(result) << rule.key << " on " << item.node().path() << ": " << result.error().message << "\n"
                          << result.error().caret(rule.program.expression());
      if (result && *result == false && rule.must_hold) failed_.insert(rule.key);
      evaluation.reset();
    }
  }

  void walk_archive(const std::filesystem::path& path, const std::string& prefix) {
    for (const auto& [name, text] : support::read_archive(path, prefix, ".json")) {
      const auto document = json::Document::parse(text);
      if (!document || document->root()["resourceType"].text().empty()) continue;
      SCOPED_TRACE(name);
      const json::BundleIndex index(document->root());
      fhirpath::Environment environment;
      environment.model = &model();
      environment.index = &index;
      environment.now = std::chrono::sys_days(std::chrono::year(2026) / 3 / 10);
      environment.conforms_to = [](const Item&, std::string_view) { return std::optional(true); };
      fhirpath::Evaluation evaluation(environment);
      const TypeId type = model().find_type(document->root()["resourceType"].text());
      walk(evaluation, Item::element(document->root(), type));
    }
  }

  std::shared_ptr<const definitions::DefinitionSet> definitions_;
  std::optional<Program> children_;
  std::map<Place, std::vector<Rule>> rules_;
  std::set<std::pair<Place, std::string_view>> seen_;
  std::set<std::string_view> expressions_;
  std::set<std::string> failed_;  // keys of the invariants that some example does not meet
  std::size_t evaluated_ = 0;
};

TEST_F(Invariants, Compile) {
  EXPECT_GT(expressions_.size(), 270U);
  EXPECT_GT(rules_.size(), 1000U);
}

TEST_F(Invariants, HoldInTheGuidesExamples) {
  PAS_SHARED_OR_SKIP(packages, "conformance/packages");
  walk_archive(packages / "hl7.fhir.us.davinci-pas-2.2.1.tgz", "package/example/");
  walk_archive(packages / "hl7.fhir.us.davinci-pas-2.0.1.tgz", "package/example/");
  walk_archive(packages / "hl7.fhir.us.core-7.0.0.tgz", "package/example/");
  walk_archive(packages / "hl7.fhir.us.core-6.1.0.tgz", "package/example/");
  walk_archive(packages / "hl7.fhir.us.core-3.1.1.tgz", "package/example/");
  EXPECT_GT(evaluated_, 50'000U);
  EXPECT_EQ(failed_, std::set<std::string>{});
}

TEST_F(Invariants, HoldInDefinitions) {
  PAS_SHARED_OR_SKIP(packages, "conformance/packages");
  walk_archive(packages / "hl7.fhir.us.davinci-pas-2.2.1.tgz", "package/StructureDefinition-");
  walk_archive(packages / "hl7.fhir.r4.core-4.0.1.tgz", "package/SearchParameter-Pa");
  walk_archive(packages / "hl7.fhir.r4.core-4.0.1.tgz", "package/StructureDefinition-Pa");
  walk_archive(packages / "hl7.fhir.r4.core-4.0.1.tgz", "package/ValueSet-c");
  EXPECT_GT(evaluated_, 50'000U);
  EXPECT_EQ(failed_, std::set<std::string>{});
}

}  // namespace
}  // namespace pas
