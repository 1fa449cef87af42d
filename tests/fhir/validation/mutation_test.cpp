// Faults and harmless variants made by rule from the guides' request bundles and from our samples.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "fhir/definitions/builtin.h"
#include "fhir/validation/validator.h"
#include "tests/fhir/validation/mutations.h"
#include "tests/support/files.h"

namespace pas {
namespace {

class Mutations : public testing::Test {
 protected:
  static validation::Report validate(const json::Document& document) {
    static const validation::Validator validator(
        definitions::builtin_definitions({"hl7.fhir.us.davinci-pas#2.2.1"}).value());
    validation::Options options;
    options.profiles = {"http://hl7.org/fhir/us/davinci-pas/StructureDefinition/profile-pas-request-bundle"};
    return validator.validate(json::BundleIndex(document.root()), options);
  }

  static json::Document sample(const std::string& name) {
    return json::Document::parse(support::read_file(support::repo_path("samples/bundles/" + name))).value();
  }

  // An error at the place, or at something within it or just around it.
  static bool has_error_at(const validation::Report& report, const std::string& path) {
    return std::ranges::any_of(report.issues(), [&](const validation::Issue& issue) {
      if (issue.severity != validation::Severity::kError) return false;
      return issue.expression.starts_with(path) ||
             (path.starts_with(issue.expression) && path.size() - issue.expression.size() < 40);
    });
  }

  std::shared_ptr<const definitions::DefinitionSet> set_ = definitions::builtin_definitions({}).value();
};

TEST_F(Mutations, EachFaultIsFoundAtItsPlace) {
  std::map<std::string, std::size_t> kinds;
  std::size_t count = 0;
  for (const char* name : {"multi-item-four-outcomes.json"}) {
    const json::Document valid = sample(name);
    ASSERT_FALSE(validate(valid).has_errors()) << name;
    for (const support::Mutation& fault : support::faults_of(valid.root(), *set_)) {
      const auto document = json::Document::parse(fault.text);
      ASSERT_TRUE(document) << fault.kind << " at " << fault.path << ": " << document.error().message;
      EXPECT_TRUE(has_error_at(validate(*document), fault.path)) << name << ": " << fault.kind << " at " << fault.path;
      ++kinds[fault.kind];
      ++count;
    }
  }
  EXPECT_GT(count, 300U);
  EXPECT_GT(kinds.size(), 12U);
}

TEST_F(Mutations, HarmlessVariantsAreNotRefused) {
  std::size_t count = 0;
  const json::Document valid = sample("multi-item-four-outcomes.json");
  for (const support::Mutation& variant : support::harmless_variants_of(valid.root(), *set_)) {
    const auto document = json::Document::parse(variant.text).value();
    const auto report = validate(document);
    EXPECT_FALSE(report.has_errors()) << variant.kind << " at " << variant.path << ": " << report.issues()[0].rule
                                      << " " << report.issues()[0].message;
    ++count;
  }
  EXPECT_GT(count, 100U);
}

}  // namespace
}  // namespace pas
