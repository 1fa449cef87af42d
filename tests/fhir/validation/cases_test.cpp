// tests/cases/validation/*.json: {"definitions": PACKAGE, "profiles": [URL…], "with": [resources…], "cases": [{"name",
// "resource", "issues": [{"severity", "rule", "expression", "says"}]}]}. Every error and warning of a case is listed;
// `says` is a part of its message.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "fhir/definitions/builtin.h"
#include "fhir/definitions/compiler.h"
#include "fhir/validation/validator.h"
#include "tests/support/files.h"

namespace pas {
namespace {

std::vector<std::string> wanted_issues(json::Node issues) {
  std::vector<std::string> lines;
  for (const json::Node issue : issues) {
    const json::Node severity = issue["severity"];
    lines.push_back(std::string(severity ? severity.text() : "error") + " " + std::string(issue["rule"].text()) + " " +
                    std::string(issue["expression"].text()));
  }
  std::ranges::sort(lines);
  return lines;
}

std::shared_ptr<const definitions::DefinitionSet> definitions_for(json::Node file) {
  auto set = definitions::builtin_definitions({file["definitions"].text()}).value();
  if (!file["with"]) return set;
  std::vector<json::Document> resources;
  for (const json::Node resource : file["with"]) resources.push_back(json::Document::parse(resource.to_json()).value());
  const auto package = definitions::loose_package({"test", "1.0.0"}, std::move(resources));
  auto compiled = definitions::compile(package, set.get());
  EXPECT_THAT(compiled.remarks, testing::IsEmpty());
  std::vector<std::shared_ptr<const definitions::table::Table>> tables{
      definitions::table::Table::open(std::move(compiled.table)).value()};
  tables.insert(tables.end(), set->tables().begin(), set->tables().end());
  return definitions::DefinitionSet::link(std::move(tables));
}

TEST(ValidationCases, GiveTheirIssues) {
  std::size_t count = 0;
  for (const auto& path : support::files_below(support::repo_path("tests/cases/validation"), ".json")) {
    const auto parsed = json::Document::parse(support::read_file(path));
    ASSERT_TRUE(parsed) << path << ": " << parsed.error().message;
    const json::Node file = parsed->root();
    const validation::Validator validator(definitions_for(file));
    validation::Options options;
    for (const json::Node profile : file["profiles"]) options.profiles.emplace_back(profile.text());
    for (const json::Node test : file["cases"]) {
      SCOPED_TRACE(path.filename().string() + ": " + std::string(test["name"].text()));
      ++count;
      const auto document = json::Document::parse(test["resource"].to_json()).value();
      const auto report = validator.validate(json::BundleIndex(document.root()), options);
      std::vector<std::string> found;
      for (const validation::Issue& issue : report.issues()) {
        if (issue.severity == validation::Severity::kInformation) continue;
        found.push_back(std::string(to_string(issue.severity)) + " " + issue.rule + " " + issue.expression);
        for (const json::Node wanted : test["issues"]) {
          if (wanted["rule"].text() == issue.rule && wanted["expression"].text() == issue.expression) {
            EXPECT_THAT(issue.message, testing::HasSubstr(std::string(wanted["says"].text())));
          }
        }
      }
      std::ranges::sort(found);
      EXPECT_EQ(found, wanted_issues(test["issues"]));
    }
  }
  EXPECT_GT(count, 20U);
}

}  // namespace
}  // namespace pas
