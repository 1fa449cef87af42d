#pragma once
// Reads a policy file's conditions, checks every name in them, and compiles them into Policy::conditions.
//
//   "infusion.hours >= 8"                      FHIRPath over the inputs document, with %requestDate
//   {"that": "…", "means": "…"}                the same, with words for a reader
//   {"all": [c, …]}  {"any": [c, …]}  {"not": c}  {"atLeast": 2, "of": [c, …]}
//   {"some": "prescription", "all": [c, …]}    one element of the list meets every c, a condition on the element
//   {"criterion": "D.1"}                       the criterion's own truth
//   {"criterion": "D.1", "is": "not met"}      never unknown itself; also "met", "unknown"
//   {"unknown": "device.code"}                 unknown or in conflict      {"conflict": "device.code"}
//   {"inForce": false}   {"adverseDeterminations": "clinician"}   {"always": true}
// Every object may have "means", words for a reader.

#include <map>
#include <string>
#include <string_view>

#include "fhir/json/document.h"
#include "mappings/inputs/catalog.h"
#include "mappings/policy/compiled.h"
#include "mappings/policy/reader.h"

namespace pas::policy {

// What the expressions may call and read, and a document in which every input is known, to try them on.
class Sample {
 public:
  explicit Sample(const inputs::Catalog& catalog);

  // Why a compiled expression cannot be a condition: it fails, or gives no boolean although all inputs are known.
  struct Fault {
    std::size_t position = 0;
    std::string message;
  };
  std::optional<Fault> try_out(const fhirpath::Program& program, const inputs::InputDefinition* list) const;

 private:
  const inputs::Catalog& catalog_;
  json::Document document_;
};

class ConditionCompiler {
 public:
  // The policy's criteria must have their ids already.
  ConditionCompiler(Reader& reader, Policy& policy, const inputs::Catalog& catalog)
      : reader_(reader), policy_(policy), catalog_(catalog), sample_(catalog) {}

  ConditionId compile(json::Node node) { return compile(node, nullptr); }
  ConditionId always();

 private:
  ConditionId compile(json::Node node, const inputs::InputDefinition* list);
  ConditionId condition(json::Node node, const inputs::InputDefinition* list);
  ConditionId add(Condition condition, ConditionId first);
  ConditionId expression(json::Node node, std::string_view means, const inputs::InputDefinition* list);
  ConditionId children(json::Node node, std::string_view member, Condition condition,
                       const inputs::InputDefinition* list);
  ConditionId some(json::Node node, const inputs::InputDefinition* list);
  ConditionId criterion(json::Node node);
  ConditionId input_state(json::Node node, ConditionKind kind, std::string_view member);
  ConditionId setting(json::Node node);
  // Notes what a path reads; false when it reads no input, which is then a mistake.
  bool read_path(json::Node node, const std::string& path, const inputs::InputDefinition* list, Condition& condition);

  Reader& reader_;
  Policy& policy_;
  const inputs::Catalog& catalog_;
  Sample sample_;
  std::map<std::string, std::uint32_t, std::less<>> expressions_;  // text to index in Policy::expressions
};

}  // namespace pas::policy
