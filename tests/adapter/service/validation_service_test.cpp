// tests/cases/validation-submit/*.json: {"version", "sample", "cases": [{"name", "replace": [[text, by]…], "issues":
// [{"severity", "rule", "expression"}]}]}: what $submit finds in the sample when these texts of it are replaced. Errors
// and warnings are listed; a severity left out is an error.

#include "adapter/service/validation_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "mappings/pas/v2_2_1/version.h"
#include "tests/adapter/service/fixture.h"
#include "tests/support/files.h"

namespace pas {
namespace {

std::string as_line(std::string_view severity, std::string_view rule, std::string_view expression) {
  return std::string(severity) + " " + std::string(rule) + " " + std::string(expression);
}

std::vector<std::string> found_issues(const validation::Report& report) {
  std::vector<std::string> lines;
  for (const validation::Issue& issue : report.issues()) {
    if (issue.severity == validation::Severity::kInformation) continue;
    lines.push_back(as_line(to_string(issue.severity), issue.rule, issue.expression));
  }
  std::ranges::sort(lines);
  return lines;
}

std::vector<std::string> wanted_issues(json::Node issues) {
  std::vector<std::string> lines;
  for (const json::Node issue : issues) {
    const json::Node severity = issue["severity"];
    lines.push_back(as_line(severity ? severity.text() : "error", issue["rule"].text(), issue["expression"].text()));
  }
  std::ranges::sort(lines);
  return lines;
}

std::string changed(std::string text, json::Node replacements) {
  for (const json::Node replacement : replacements) {
    const std::string_view from = replacement.at(0).text();
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << "not in the sample: " << from;
    if (at != std::string::npos) text.replace(at, from.size(), replacement.at(1).text());
  }
  return text;
}

class ValidationService : public testing::Test {
 protected:
  static const service::ValidationService& service() {
    static const auto loaded = service::ValidationService::load({}).value();
    return *loaded;
  }
};

TEST_F(ValidationService, FindsWhatTheCasesSay) {
  std::size_t count = 0;
  for (const auto& path : support::files_below(support::repo_path("tests/cases/validation-submit"), ".json")) {
    const auto parsed = json::Document::parse(support::read_file(path));
    ASSERT_TRUE(parsed) << path << ": " << parsed.error().message;
    const json::Node file = parsed->root();
    pas::Version version = v2_2_1::kVersion;
    version.name = file["version"].text();
    const std::string sample = service_test::sample(std::string(file["sample"].text()));
    for (const json::Node test : file["cases"]) {
      SCOPED_TRACE(path.filename().string() + ": " + std::string(test["name"].text()));
      ++count;
      const auto document = json::Document::parse(changed(sample, test["replace"]));
      ASSERT_TRUE(document) << document.error().message;
      const json::BundleIndex index(document->root());
      const auto now = std::chrono::sys_days(std::chrono::year{2026} / 11 / 24);
      EXPECT_EQ(found_issues(service().read_request(index, &version, now).report), wanted_issues(test["issues"]));
    }
  }
  EXPECT_GE(count, 10U);
}

TEST_F(ValidationService, FindsNothingInTheShippedQuestionnaires) {
  const service_test::Adapter adapter;
  std::size_t count = 0;
  for (const policy::Payer& payer : adapter.adjudicator->basis().policies->payers()) {
    for (const policy::Questionnaire& form : payer.questionnaires) {
      ++count;
      const auto document = json::Document::parse(form.resource).value();
      const json::BundleIndex index(document.root());
      EXPECT_EQ(found_issues(service().validate(index, {.now = adapter.clock.now()})), std::vector<std::string>())
          << form.file;
    }
  }
  EXPECT_EQ(count, 2U);
}

TEST_F(ValidationService, NamesWhatIsMissingOnce) {
  const auto& missing = service().loading().missing;
  EXPECT_FALSE(missing.empty());
  EXPECT_TRUE(service().loading().remarks.empty());
  const auto crd = std::ranges::count(missing, "hl7.fhir.us.davinci-crd#2.2.1", &definitions::PackageId::to_string);
  EXPECT_EQ(crd, 1);
}

}  // namespace
}  // namespace pas
