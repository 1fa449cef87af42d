// The part of HL7's validator suite in ../shared/conformance: our verdict (valid or not) is that of the Java validator,
// but for the cases of tests/cases/validation-official/exceptions.json: {"out of scope": {name: reason}, "differs":
// {name: reason}}.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>

#include "fhir/definitions/builtin.h"
#include "fhir/definitions/compiler.h"
#include "fhir/validation/validator.h"
#include "tests/support/files.h"

namespace pas {
namespace {

class OfficialSuite : public testing::Test {
 protected:
  struct Outcome {
    bool is_valid = false;
    std::string words;
  };

  Outcome run(const std::filesystem::path& folder, json::Node test) {
    std::vector<json::Document> loaded;
    std::vector<std::string> profiles;
    for (const char* list : {"supporting", "profiles"}) {
      for (const json::Node file : test[list]) {
        if (std::filesystem::exists(folder / file.text())) add(folder / file.text(), loaded);
      }
    }
    if (const std::string profile(test["profile"].text()); profile.starts_with("http")) {
      profiles.push_back(profile);
    } else if (!profile.empty()) {
      profiles.emplace_back(add(folder / profile, loaded));
    }
    auto document = json::Document::parse(support::read_file(folder / test["file"].text()));
    if (!document) return {false, document.error().message};
    validation::Options options;
    std::vector<json::Document> questionnaires;
    std::vector<json::Document> others;
    for (json::Document& resource : loaded) {
      const bool is_questionnaire = resource.root()["resourceType"].text() == "Questionnaire";
      (is_questionnaire ? questionnaires : others).push_back(std::move(resource));
    }
    for (const json::Document& questionnaire : questionnaires) options.questionnaires.push_back(questionnaire.root());
    const auto validator = make(std::move(others), words);
    options.profiles = profiles;
    options.now = std::chrono::system_clock::now();
    const auto report = validator.validate(json::BundleIndex(document->root()), options);
    std::string words_of_issues = std::exchange(words, {});
    for (const auto& issue : report.issues()) {
      if (issue.severity == validation::Severity::kInformation) continue;
      words_of_issues += "\n    " + std::string(to_string(issue.severity)) + " " + issue.rule + " at " +
                         issue.expression + ": " + issue.message.substr(0, 250);
    }
    return {!report.has_errors(), words_of_issues};
  }

  // The canonical of a definition, which is kept for the set.
  std::string add(const std::filesystem::path& path, std::vector<json::Document>& loaded) {
    auto document = json::Document::parse(support::read_file(path));
    if (!document) return {};
    std::string url(document->root()["url"].text());
    loaded.push_back(std::move(*document));
    return url;
  }

  validation::Validator make(std::vector<json::Document> loaded, std::string& remarks) {
    const auto package = definitions::loose_package({"test", "1.0.0"}, std::move(loaded));
    auto compiled = definitions::compile(package, base_.get());
    for (const std::string& remark : compiled.remarks) remarks += "\n    not compiled: " + remark;
    std::vector<std::shared_ptr<const definitions::table::Table>> tables{
        definitions::table::Table::open(std::move(compiled.table)).value()};
    tables.insert(tables.end(), base_->tables().begin(), base_->tables().end());
    return validation::Validator(definitions::DefinitionSet::link(std::move(tables)));
  }

  std::string words;
  std::shared_ptr<const definitions::DefinitionSet> base_ =
      definitions::builtin_definitions({"hl7.fhir.us.core#7.0.0", "hl7.fhir.uv.extensions.r4#5.2.0"}).value();
};

TEST_F(OfficialSuite, VerdictsAgree) {
  PAS_SHARED_OR_SKIP(folder, "conformance/validator");
  const auto cases = json::Document::parse(support::read_file(folder / "cases.json")).value();
  const auto exceptions =
      json::Document::parse(support::read_file(support::repo_path("tests/cases/validation-official/exceptions.json")))
          .value();
  const json::Node out_of_scope = exceptions.root()["out of scope"];
  const json::Node differs = exceptions.root()["differs"];
  std::size_t in_scope = 0;
  std::size_t agreed = 0;
  for (const json::Node test : cases.root()) {
    const std::string name(test["name"].text());
    if (out_of_scope[name]) continue;
    ++in_scope;
    const Outcome outcome = run(folder / "input", test);
    const bool agrees = outcome.is_valid == test["expect_valid"].is_true();
    agreed += agrees ? 1U : 0U;
    EXPECT_TRUE(agrees == !differs[name])
        << name << ": expected " << (test["expect_valid"].is_true() ? "valid" : "invalid") << outcome.words
        << "\n    Java: " << test["errors"].to_json();
  }
  std::cout << agreed << " of " << in_scope << " in scope agree\n";
  EXPECT_GE(agreed * 100, in_scope * 95);
}

}  // namespace
}  // namespace pas
