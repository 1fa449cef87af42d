// The UCUM codes that R4 names are read: its common units, and every quantity in its and the guides' examples.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "fhir/fhirpath/ucum.h"
#include "fhir/json/document.h"
#include "tests/support/archive.h"
#include "tests/support/files.h"

namespace pas {
namespace {

constexpr std::string_view kUcum = "http://unitsofmeasure.org";

void collect(json::Node node, std::set<std::string, std::less<>>& codes) {
  if (node["system"].text() == kUcum) {
    if (node["code"].is_string()) codes.emplace(node["code"].text());
    for (const json::Node concept_node : node["concept"]) codes.emplace(concept_node["code"].text());
  }
  for (const json::Node child : node) collect(child, codes);
}

std::set<std::string> unread(const std::filesystem::path& package, const std::string& prefix, std::size_t least) {
  std::set<std::string, std::less<>> codes;
  for (const auto& [name, text] : support::read_archive(package, prefix, ".json")) {
    const auto document = json::Document::parse(text);
    if (document) collect(document->root(), codes);
  }
  EXPECT_GE(codes.size(), least) << package << " " << prefix;
  std::set<std::string> result;
  for (const std::string& code : codes) {
    if (!fhirpath::ucum::parse(code)) result.insert(code);
  }
  return result;
}

TEST(Ucum, ReadsTheCodesInUse) {
  PAS_SHARED_OR_SKIP(packages, "conformance/packages");
  const std::set<std::string> none;
  EXPECT_EQ(unread(packages / "hl7.fhir.r4.core-4.0.1.tgz", "package/ValueSet-", 1000), none);
  EXPECT_EQ(unread(packages / "hl7.fhir.us.core-7.0.0.tgz", "package/", 10), none);
  EXPECT_EQ(unread(packages / "hl7.fhir.us.davinci-pas-2.2.1.tgz", "package/", 1), none);
  EXPECT_EQ(unread(packages / "hl7.fhir.us.davinci-pas-2.0.1.tgz", "package/", 1), none);
}

}  // namespace
}  // namespace pas
