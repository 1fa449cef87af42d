// docs/conformance.md has a row for each SHALL of the PAS packages that is a payer's, and names what there is.

#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/document.h"
#include "tests/architecture/named_tests.h"
#include "tests/support/archive.h"
#include "tests/support/files.h"

namespace pas {
namespace {

// Each row's id and the rest of its line.
std::map<std::string, std::string> table_rows() {
  std::map<std::string, std::string> rows;
  std::istringstream lines(support::read_file(support::repo_path("docs/conformance.md")));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| ") || line.starts_with("| id |")) continue;
    const auto end = line.find(" |", 2);
    const std::string id = line.substr(2, end - 2);
    EXPECT_TRUE(rows.emplace(id, line.substr(end)).second) << "twice: " << id;
  }
  return rows;
}

json::Document member(const std::filesystem::path& package, const std::string& path) {
  const auto found = support::read_archive(package, path, ".json");
  return json::Document::parse(found.at(path)).value();
}

json::Node value_of(json::Node statement, std::string_view url_end) {
  for (const json::Node extension : statement["extension"]) {
    if (!extension["url"].text().ends_with(url_end)) continue;
    for (const json::Node each : extension) {
      if (each.key().starts_with("value")) return each;
    }
  }
  return {};
}

// Of the narrative: SHALL and SHALL NOT of a payer. A statement without an actor is anybody's.
std::vector<std::string> required_of_payers(json::Node narrative) {
  std::vector<std::string> ids;
  for (const json::Node statement : narrative["extension"]) {
    const json::Node key = value_of(statement, "Requirements.statement.key");
    bool is_must = value_of(statement, "requirements-statementshallnot").is_true();
    bool is_payers = false;
    bool has_actor = false;
    for (const json::Node extension : statement["extension"]) {
      const std::string all = extension.to_json();
      is_must = is_must ||
                (all.find("statement.conformance") != std::string::npos && all.find("\"SHALL\"") != std::string::npos);
      if (!extension["url"].text().ends_with("requirements-statementactor")) continue;
      has_actor = true;
      is_payers = is_payers || all.find("\"payer\"") != std::string::npos;
    }
    if (key && is_must && (is_payers || !has_actor)) ids.emplace_back(key.text());
  }
  return ids;
}

std::string last_part(std::string_view url) {
  url = url.substr(0, url.find('|'));
  return std::string(url.substr(url.rfind('/') + 1));
}

std::vector<std::string> capabilities(json::Node statement) {
  std::vector<std::string> ids;
  for (const json::Node format : statement["format"]) ids.push_back("format." + std::string(format.text()));
  for (const json::Node imported : statement["imports"]) ids.push_back("imports." + last_part(imported.text()));
  for (const json::Node resource : statement["rest"].at(0)["resource"]) {
    const std::string type(resource["type"].text());
    for (const json::Node each : resource["operation"]) {
      ids.push_back(type + "." + last_part(each["definition"].text()));
    }
    for (const json::Node each : resource["interaction"]) ids.push_back(type + "." + std::string(each["code"].text()));
    if (value_of(resource, "subscriptiontopic-canonical")) ids.push_back(type + ".topic");
  }
  return ids;
}

TEST(ConformanceTable, HasARowForEachThatAPayerMust) {
  PAS_SHARED_OR_SKIP(packages, "conformance/packages");
  const auto rows = table_rows();
  std::set<std::string> wanted;
  for (const char* version : {"2.2.1", "2.0.1"}) {
    const auto package = packages / ("hl7.fhir.us.davinci-pas-" + std::string(version) + ".tgz");
    const json::Document statement = member(package, "package/CapabilityStatement-IntermediaryCapabilities.json");
    for (const std::string& id : capabilities(statement.root())) wanted.insert(id);
  }
  const std::string newest = "hl7.fhir.us.davinci-pas-2.2.1.tgz";
  const json::Document narrative = member(packages / newest, "package/Basic-fromNarrative.json");
  for (const std::string& id : required_of_payers(narrative.root())) wanted.insert(id);
  std::set<std::string> ids;
  for (const auto& [id, rest] : rows) ids.insert(id);
  EXPECT_THAT(ids, testing::ContainerEq(wanted));
  EXPECT_GT(wanted.size(), 70U);
}

TEST(ConformanceTable, NamesProofsThatThereAre) {
  const std::set<std::string> tests = support::test_names();
  for (const auto& [id, rest] : table_rows()) {
    SCOPED_TRACE(id);
    bool has_proof = rest.find("**none**: ") != std::string::npos;
    std::string cases;
    for (const std::string& name : support::between(rest, '`')) {
      if (name.find('/') != std::string::npos) {
        const auto path = support::repo_path("tests/cases/" + name);
        ASSERT_TRUE(std::filesystem::is_regular_file(path)) << name;
        cases += support::read_file(path);
        has_proof = true;
      } else if (const auto dot = name.find('.'); std::isupper(static_cast<unsigned char>(name[0])) != 0) {
        ASSERT_NE(dot, std::string::npos) << name;
        EXPECT_TRUE(tests.contains(name)) << name;
        has_proof = true;
      }
    }
    for (const std::string& name : support::between(rest, '"')) {
      EXPECT_NE(cases.find("\"" + name + "\""), std::string::npos) << name;
    }
    EXPECT_TRUE(has_proof) << rest;
  }
}

}  // namespace
}  // namespace pas
