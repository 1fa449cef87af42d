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

  // An error at the element, within it, or at the element that holds it.
  static bool has_error_at(const validation::Report& report, const std::string& path) {
    const auto is_within = [](const std::string& inner, const std::string& outer) {
      return inner.starts_with(outer) &&
             (inner.size() == outer.size() || inner[outer.size()] == '.' || inner[outer.size()] == '[');
    };
    return std::ranges::any_of(report.issues(), [&](const validation::Issue& issue) {
      if (issue.severity != validation::Severity::kError) return false;
      return is_within(issue.expression, path) || issue.expression == holder_of(path);
    });
  }

  // "Claim.item[0]" of "Claim.item[0].quantity", "Claim.item" of "Claim.item[0]".
  static std::string holder_of(std::string path) {
    if (path.ends_with(']')) return path.substr(0, path.rfind('['));
    if (path.ends_with(')')) path.resize(path.rfind(".ofType("));
    return path.substr(0, path.rfind('.'));
  }

  void expect_found(const std::string& name, const std::vector<support::Mutation>& faults) {
    for (const support::Mutation& fault : faults) {
      const auto document = json::Document::parse(fault.text);
      ASSERT_TRUE(document) << fault.kind << " at " << fault.path << ": " << document.error().message;
      EXPECT_TRUE(has_error_at(validate(*document), fault.path)) << name << ": " << fault.kind << " at " << fault.path;
      ++kinds_[fault.kind];
      ++count_;
    }
  }

  std::map<std::string, std::size_t> kinds_;
  std::size_t count_ = 0;
  std::shared_ptr<const definitions::DefinitionSet> set_ = definitions::builtin_definitions({}).value();
};

TEST_F(Mutations, EachFaultIsFoundAtItsPlace) {
  const std::string name = "multi-item-four-outcomes.json";
  const json::Document valid = sample(name);
  ASSERT_FALSE(validate(valid).has_errors());
  expect_found(name, support::faults_of(valid.root(), *set_));
  EXPECT_GT(count_, 300U);
  EXPECT_GT(kinds_.size(), 12U);
}

TEST_F(Mutations, EachFaultByAProfileIsFoundAtItsPlace) {
  const auto set = definitions::builtin_definitions({"hl7.fhir.us.davinci-pas#2.2.1"}).value();
  for (const char* name : {"row-09-a1-deferoxamine-overload.json", "row-09-a1-signed-order.json",
                           "criterion-d3b-controlled-rate.json", "criterion-a-chronic-iron-overload.json"}) {
    const json::Document valid = sample(name);
    ASSERT_FALSE(validate(valid).has_errors()) << name;
    expect_found(name, support::profile_faults_of(valid.root(), *set));
  }
  EXPECT_GT(count_, 100U);
  EXPECT_EQ(kinds_.size(), 5U);
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
