// Requests in the other version of PAS: tests/cases/pas/translated.json (a sample with patch, to a version, what is
// true of it by FHIRPath), and every sample and example of the guides by the profiles of the version it is translated
// to.

#include "mappings/pas/translated_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fhir/fhirpath/fhirpath.h"
#include "mappings/pas/v2_0_1/version.h"
#include "mappings/pas/v2_2_1/version.h"
#include "tests/adapter/service/fixture.h"
#include "tests/mappings/pas/cases.h"
#include "tests/support/archive.h"
#include "tests/support/files.h"

namespace pas {
namespace {

const pas::Version& version_of(std::string_view name) {
  return name == v2_0_1::kVersion.name ? v2_0_1::kVersion : v2_2_1::kVersion;
}

class TranslatedRequest : public testing::Test {
 protected:
  // "element rule" of each error; none: it is a request of the version.
  std::vector<std::string> faults(const std::string& text, const pas::Version& version) const {
    const auto document = json::Document::parse(text);
    if (!document) return {"not JSON"};
    const json::BundleIndex index(pas::submitted_bundle(document->root()));
    const auto outcome = adapter_.validation->read_request(index, &version, adapter_.clock.now());
    std::vector<std::string> found;
    for (const validation::Issue& issue : outcome.report.issues()) {
      if (issue.severity == validation::Severity::kError) found.push_back(issue.expression + " " + issue.rule);
    }
    return found;
  }

  static std::string translated(const std::string& text, const pas::Version& version) {
    const auto document = json::Document::parse(text).value();
    return pas::translated_request(pas::submitted_bundle(document.root()), version);
  }

  const service_test::Adapter adapter_;
};

TEST_F(TranslatedRequest, HasWhatTheOtherVersionHas) {
  const auto cases = cases::parse(support::read_file(support::repo_path("tests/cases/pas/translated.json")));
  ASSERT_GT(cases.root().size(), 0U);
  for (const json::Node each : cases.root()) {
    SCOPED_TRACE(std::string(each["name"].text()));
    const pas::Version& version = version_of(each["to"].text());
    const std::string text = translated(cases::text_of(each), version);
    EXPECT_THAT(faults(text, version), testing::IsEmpty());
    const auto document = json::Document::parse(text).value();
    const json::BundleIndex index(document.root());
    fhirpath::Environment environment;
    environment.index = &index;
    fhirpath::Evaluation evaluation(environment);
    ASSERT_GT(each["true"].size(), 0U);
    for (const json::Node expression : each["true"]) {
      const auto program = fhirpath::Program::compile(expression.text());
      ASSERT_TRUE(program) << expression.text();
      const auto truth = evaluation.test(*program, document.root());
      EXPECT_TRUE(truth && *truth == true) << expression.text();
    }
  }
}

TEST_F(TranslatedRequest, OfASampleIsOneOfTheOlderVersionAndOfTheNewerAgain) {
  std::size_t count = 0;
  for (const auto& path : support::files_below(support::repo_path("samples/bundles"), ".json")) {
    const std::string text = support::read_file(path);
    if (!faults(text, v2_2_1::kVersion).empty()) continue;
    SCOPED_TRACE(path.filename().string());
    ++count;
    const std::string older = translated(text, v2_0_1::kVersion);
    EXPECT_THAT(faults(older, v2_0_1::kVersion), testing::IsEmpty());
    EXPECT_EQ(older.find("extension-TransmissionIdentifiers"), std::string::npos);
    EXPECT_EQ(older.find("extension-documentInformation"), std::string::npos);
    EXPECT_EQ(older.find("profile-documentreference"), std::string::npos);
    EXPECT_THAT(faults(translated(older, v2_2_1::kVersion), v2_2_1::kVersion), testing::IsEmpty());
  }
  EXPECT_GT(count, 20U);
}

// To 2.2.1 but for what that one wants, and only the sender can know.
TEST_F(TranslatedRequest, OfAGuideExampleIsOneOfTheOtherVersion) {
  PAS_SHARED_OR_SKIP(packages, "conformance/packages");
  const std::set<std::string, std::less<>> unknowable = {"us-core-15",
                                                         "us-core-16",
                                                         "us-core-17",
                                                         "pd-1",
                                                         "self-beneficiary",
                                                         "Coverage.identifier",
                                                         "Coverage.identifier:memberid",
                                                         "Coverage.relationship",
                                                         "Claim.item.location[x]"};
  for (const auto& [from, to] :
       {std::pair(&v2_0_1::kVersion, &v2_2_1::kVersion), std::pair(&v2_2_1::kVersion, &v2_0_1::kVersion)}) {
    const std::string package = "hl7.fhir.us.davinci-pas-" + std::string(from->name) + ".tgz";
    std::size_t count = 0;
    for (const auto& [path, body] : support::read_archive(packages / package, "package/example/Bundle-", ".json")) {
      if (!faults(body, *from).empty()) continue;
      SCOPED_TRACE(package + " " + path);
      ++count;
      for (const std::string& fault : faults(translated(body, *to), *to)) {
        const std::string rule = fault.substr(fault.find(' ') + 1);
        EXPECT_TRUE(to == &v2_2_1::kVersion && unknowable.contains(rule)) << fault;
      }
    }
    EXPECT_GT(count, 3U) << package;
  }
}

}  // namespace
}  // namespace pas
