// Every example of the guides is valid by their own profiles; the ones that are not have a real defect.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "fhir/definitions/builtin.h"
#include "fhir/validation/validator.h"
#include "tests/support/archive.h"
#include "tests/support/files.h"

namespace pas {
namespace {

struct Guide {
  const char* name;
  const char* version;
  std::size_t least_examples;
  // Example, rule: explained in docs/validation.md.
  std::set<std::pair<std::string, std::string>> defects;
};

class GuideExamples : public testing::TestWithParam<Guide> {};

TEST_P(GuideExamples, AreValid) {
  const Guide& guide = GetParam();
  PAS_SHARED_OR_SKIP(file, "conformance/packages/" + std::string(guide.name) + "-" + guide.version + ".tgz");
  const validation::Validator validator(
      definitions::builtin_definitions({std::string(guide.name) + "#" + guide.version}).value());
  validation::Options options;
  options.now = std::chrono::system_clock::now();
  std::set<std::pair<std::string, std::string>> met;
  std::size_t count = 0;
  const std::string folder = "package/example/";
  for (const auto& [name, content] : support::read_archive(file, folder, ".json")) {
    const auto document = json::Document::parse(content);
    ASSERT_TRUE(document) << name;
    if (!document->root()["resourceType"]) continue;
    ++count;
    const auto report = validator.validate(json::BundleIndex(document->root()), options);
    for (const validation::Issue& issue : report.issues()) {
      if (issue.severity != validation::Severity::kError) continue;
      const std::pair<std::string, std::string> defect(name.substr(folder.size()), issue.rule);
      met.insert(defect);
      EXPECT_TRUE(guide.defects.contains(defect))
          << name << ": " << issue.rule << " at " << issue.expression << ": " << issue.message;
    }
  }
  EXPECT_EQ(met, guide.defects);
  EXPECT_GE(count, guide.least_examples);
}

INSTANTIATE_TEST_SUITE_P(Guides, GuideExamples,
                         testing::Values(Guide{"hl7.fhir.us.davinci-pas", "2.2.1", 47, {}},
                                         Guide{"hl7.fhir.us.davinci-pas", "2.0.1", 30, {}},
                                         Guide{"hl7.fhir.us.core",
                                               "3.1.1",
                                               50,
                                               {{"Bundle-uscore-mo3.json", "Bundle.entry.fullUrl"},
                                                {"DiagnosticReport-cardiology-report.json", "Attachment.hash"},
                                                {"Observation-satO2-fiO2.json", "Observation.component.value[x]"}}},
                                         Guide{"hl7.fhir.us.core", "6.1.0", 100, {}},
                                         Guide{"hl7.fhir.us.core", "7.0.0", 100, {}}),
                         [](const auto& guide) {
                           std::string name = std::string(guide.param.name).substr(12) + "_" + guide.param.version;
                           for (char& c : name) {
                             if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
                           }
                           return name;
                         });

}  // namespace
}  // namespace pas
