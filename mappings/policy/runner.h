#pragma once
// FHIRPath as policies use it: over an inputs document without a model, with %requestDate, and memberOf() over the
// payer's value sets. One thread at a time.

#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/truth.h"
#include "fhir/fhirpath/fhirpath.h"
#include "mappings/inputs/catalog.h"

namespace pas::policy {

inline constexpr std::string_view kVariables[] = {"requestDate"};

class Runner {
 public:
  Runner(const inputs::Catalog& catalog, base::Date request_date);

  // Valid until the next run().
  fhirpath::Outcome<std::span<const fhirpath::Item>> run(const fhirpath::Program& program, json::Node focus);
  // As a condition: unknown for an empty answer, more than one item, one that is no boolean, and a failure.
  base::Truth test(const fhirpath::Program& program, json::Node focus);

 private:
  fhirpath::Evaluation evaluation_;
};

// Where an input's value stands in an inputs document: its name by dots, and "value" where other names of the catalog
// begin with it.
std::vector<std::string> path_of(const inputs::Catalog& catalog, std::string_view name);
bool is_prefix(const inputs::Catalog& catalog, std::string_view name);
json::Node at_path(json::Node document, const std::vector<std::string>& path);  // absent when it is not known

}  // namespace pas::policy
