// Validates any JSON by R4, US Core and PAS, and by a definition that comes with it: no crash, no endless run, no
// reading outside, a report within its limit, and the same report twice. The input is a resource, optionally followed
// by a line with four dashes and a StructureDefinition, ValueSet or CodeSystem that is compiled and asked for.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fhir/definitions/builtin.h"
#include "fhir/definitions/compiler.h"
#include "fhir/validation/operation_outcome.h"
#include "fhir/validation/validator.h"

namespace pas {
namespace {

constexpr std::string_view kSeparator = "\n----\n";
constexpr std::size_t kIssues = 50;

std::shared_ptr<const definitions::DefinitionSet> builtin() {
  static const auto set = definitions::builtin_definitions({"hl7.fhir.us.davinci-pas#2.2.1"}).value();
  return set;
}

void validate(const validation::Validator& validator, json::Node root, const std::string& source,
              validation::Options options) {
  options.issue_limit = kIssues;
  options.now = std::chrono::sys_days(std::chrono::year(2026) / 3 / 10);
  const json::BundleIndex index(root);
  validation::Report report = validator.validate(index, options);
  if (report.issues().size() > kIssues) std::abort();
  if (report.has_errors() && report.issues().empty()) std::abort();
  report.locate(source);
  const std::string outcome = validation::to_operation_outcome(report);
  if (!json::Document::parse(outcome)) std::abort();
  validation::Report again = validator.validate(index, options);
  again.locate(source);
  if (validation::to_operation_outcome(again) != outcome) std::abort();
}

void validate_with(std::string_view definition, json::Node root, const std::string& source) {
  std::vector<json::Document> resources;
  auto parsed = json::Document::parse(std::string(definition));
  if (!parsed) return;
  const std::string url(parsed->root()["url"].text());
  resources.push_back(*std::move(parsed));
  const auto package = definitions::loose_package({"fuzz", "1"}, std::move(resources));
  auto compiled = definitions::compile(package, builtin().get());
  const auto table = definitions::table::Table::open(std::move(compiled.table));
  if (!table) std::abort();
  std::vector<std::shared_ptr<const definitions::table::Table>> tables{*table};
  tables.insert(tables.end(), builtin()->tables().begin(), builtin()->tables().end());
  const validation::Validator validator(definitions::DefinitionSet::link(std::move(tables)));
  validation::Options options;
  options.profiles = {url};
  validate(validator, root, source, options);
}

}  // namespace
}  // namespace pas

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const pas::validation::Validator validator(pas::builtin());
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t separator = std::min(input.find(pas::kSeparator), input.size());
  const std::string source(input.substr(0, separator));
  const auto document = pas::json::Document::parse(source);
  if (!document) return 0;
  pas::validation::Options options;
  options.profiles = {"http://hl7.org/fhir/us/davinci-pas/StructureDefinition/profile-pas-request-bundle"};
  options.derived_profile_fault = pas::validation::Severity::kWarning;
  pas::validate(validator, document->root(), source, options);
  if (separator < input.size()) {
    pas::validate_with(input.substr(separator + pas::kSeparator.size()), document->root(), source);
  }
  return 0;
}
