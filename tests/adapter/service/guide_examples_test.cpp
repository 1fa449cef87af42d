// Every Bundle example of the PAS packages goes through $submit: requests are decided and stored, the others are
// refused at the element that is not what $submit takes. What each gets is data:
// tests/cases/service/guide-examples.json.

#include <gtest/gtest.h>

#include <string>

#include "mappings/pas/v2_2_1/version.h"
#include "tests/adapter/service/fixture.h"
#include "tests/support/archive.h"
#include "tests/support/files.h"

namespace pas {
namespace {

// "1 A4 0V, 2 A4 0V" of the stored case, or the first error's element.
std::string what_came_of(const service_test::Adapter& adapter, const service::SubmitOutcome& outcome) {
  if (const auto* refused = std::get_if<service::Refused>(&outcome)) {
    for (const validation::Issue& issue : refused->report.issues()) {
      if (issue.severity == validation::Severity::kError) return "refused: " + issue.expression;
    }
    return "refused without an error";
  }
  const auto* answered = std::get_if<service::Answered>(&outcome);
  if (answered == nullptr) return "error";
  const auto kept = adapter.store->find_case(answered->id);
  if (!kept || !*kept) return "not stored";
  std::string items;
  for (const store::Item& item : (*kept)->items) {
    if (!items.empty()) items += ", ";
    items += std::to_string(item.sequence) + " " + item.action;
    if (!item.reason.empty()) items += " " + item.reason;
  }
  return items;
}

TEST(GuideExamples, AreDecidedOrRefused) {
  PAS_SHARED_OR_SKIP(packages, "conformance/packages");
  const auto document =
      json::Document::parse(support::read_file(support::repo_path("tests/cases/service/guide-examples.json"))).value();
  for (const json::Node version : document.root()) {
    const std::string package = "hl7.fhir.us.davinci-pas-" + std::string(version.key()) + ".tgz";
    const auto bundles = support::read_archive(packages / package, "package/example/Bundle-", ".json");
    EXPECT_EQ(bundles.size(), version.size()) << package;
    pas::Version asked = v2_2_1::kVersion;
    asked.name = version.key();
    service_test::Adapter adapter;
    ASSERT_NE(adapter.service, nullptr);
    for (const auto& [path, body] : bundles) {
      const std::string name = path.substr(path.rfind('/') + 1);
      SCOPED_TRACE(package + " " + name);
      EXPECT_EQ(what_came_of(adapter, adapter.submit(body, "ehr-1", &asked)), version[name].text());
    }
  }
}

}  // namespace
}  // namespace pas
