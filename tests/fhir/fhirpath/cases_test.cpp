// Data cases of our own: every file below tests/cases/fhirpath is a list of cases on documents that stand in it.
//
//   {"documents": {"name": {…}}, "cases": [{"expression": "…", "on": "name", "result": ["1", …]}, …]}
//
// A case without "on" has no focus. "result" has the items as toString() writes them; "types" their types; "error" a
// part of the message, with "caret" the column where it points (0-based). "untyped": true evaluates without a model;
// "limits" has other EvaluationLimits than usual.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "fhir/definitions/builtin.h"
#include "fhir/fhirpath/fhirpath.h"
#include "tests/support/files.h"

namespace pas {
namespace {

using fhirpath::Item;

fhirpath::Environment environment_of(const fhirpath::Model* model, const json::BundleIndex* index) {
  fhirpath::Environment environment;
  environment.model = model;
  environment.index = index;
  environment.now = std::chrono::sys_days(std::chrono::year(2026) / 3 / 10) + std::chrono::milliseconds(29'730'123);
  environment.member_of = [](const Item& item, std::string_view set) -> std::optional<bool> {
    if (set != "primes") return std::nullopt;
    return item.to_string() == "2" || item.to_string() == "3";
  };
  return environment;
}

void check_error(const json::Node test, const fhirpath::Diagnostic& error) {
  const std::string expected(test["error"].text());
  ASSERT_FALSE(expected.empty()) << error.message << "\n" << error.caret(test["expression"].text());
  EXPECT_NE(error.message.find(expected), std::string::npos) << error.message;
  if (test["caret"]) {
    EXPECT_EQ(std::to_string(error.position), test["caret"].text());
  }
}

void check_items(const json::Node test, std::span<const Item> items, const fhirpath::Model* model) {
  ASSERT_FALSE(test["error"]) << "should fail";
  std::string actual;
  std::string types;
  for (const Item& item : items) {
    actual += item.to_string() + "\n";
    types += std::string(item.type_name(model)) + "\n";
  }
  std::string expected;
  for (const json::Node item : test["result"]) expected += std::string(item.text()) + "\n";
  EXPECT_EQ(actual, expected);
  if (!test["types"]) return;
  expected.clear();
  for (const json::Node item : test["types"]) expected += std::string(item.text()) + "\n";
  EXPECT_EQ(types, expected);
}

std::size_t limit_of(const json::Node limits, std::string_view name, std::size_t usual) {
  const json::Node limit = limits[name];
  return limit ? std::stoul(std::string(limit.text())) : usual;
}

void check(const json::Node file, const json::Node test, const fhirpath::Model* model) {
  const json::Node focus = test["on"] ? file["documents"][test["on"].text()] : json::Node();
  ASSERT_EQ(static_cast<bool>(test["on"]), static_cast<bool>(focus)) << "no such document";
  const json::BundleIndex index(focus);
  auto environment = environment_of(model, focus ? &index : nullptr);
  environment.limits.steps = limit_of(test["limits"], "steps", environment.limits.steps);
  environment.limits.collection = limit_of(test["limits"], "collection", environment.limits.collection);
  environment.limits.memory = limit_of(test["limits"], "memory", environment.limits.memory);
  const std::string_view expression = test["expression"].text();
  fhirpath::CompileOptions options;
  options.model = model;
  options.context_type = focus["resourceType"].text();
  options.strict = test["strict"].is_true();
  if (model == nullptr) options.context_type = {};
  const auto program = fhirpath::Program::compile(expression, options);
  if (!program) return check_error(test, program.error());
  fhirpath::Evaluation evaluation(environment);
  const auto items = evaluation.run(*program, focus);
  if (!items) return check_error(test, items.error());
  check_items(test, *items, model);
}

TEST(FhirPathCases, EveryFile) {
  const auto definitions = definitions::builtin_definitions({definitions::kR4Core});
  ASSERT_TRUE(definitions);
  std::size_t cases = 0;
  for (const auto& path : support::files_below(support::repo_path("tests/cases/fhirpath"), ".json")) {
    const auto file = json::Document::parse(support::read_file(path));
    ASSERT_TRUE(file) << path << ": " << file.error().message << " at " << file.error().offset;
    for (const json::Node test : file->root()["cases"]) {
      SCOPED_TRACE(path.filename().string() + ": " + std::string(test["expression"].text()));
      check(file->root(), test, test["untyped"].is_true() ? nullptr : &(*definitions)->model());
      ++cases;
    }
  }
  EXPECT_GT(cases, 1000U);
}

}  // namespace
}  // namespace pas
