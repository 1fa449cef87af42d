#pragma once
// The shipped HUSKY policy under both settings of adverseDeterminations, and its cases from
// tests/cases/policies/husky/*.json:
//
//   situations.json   {"name": {inputs}}: complete requests that the cases start from
//   the others        {"cases": [{"name", "situation", "inputs": {changes}, "requestDate", "adverseDeterminations",
//                                 "truths": {criterion: "met" | "not met" | "unknown"}, "row", "action", "reason",
//                                 "documents": [LOINC], "questions": [link id], "recommendation",
//                                 "missing": [input], "notes": [part of a note]}]}
// Absent: requestDate 2026-03-10, adverseDeterminations clinician; reason, documents, questions and recommendation
// must then be empty; truths, missing and notes are not looked at.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "mappings/decision/decision.h"
#include "tests/mappings/policy/case_inputs.h"

namespace pas::support {

class Husky {
 public:
  Husky();
  bool loaded() const { return clinician_ != nullptr && automated_ != nullptr; }
  const policy::Policy& policy(bool automated = false) const;
  const inputs::Catalog& catalog() const { return *policy().catalog; }
  json::Node situation(std::string_view name) const;
  // Each case with its file's name, in order.
  void each_case(const std::function<void(const std::string& file, json::Node)>& visit) const;
  inputs::InputSet inputs_of_case(json::Node node) const;

 private:
  PolicyCopy copy_;
  std::shared_ptr<const policy::PolicySet> clinician_;
  std::shared_ptr<const policy::PolicySet> automated_;
  json::Document situations_;
};

struct Decided {
  policy::Evaluation evaluation;
  decision::Decision decision;
};
Decided decide(const policy::Policy& policy, const inputs::InputSet& inputs, base::Date request_date);

// Of a case: its request date and its setting.
base::Date request_date_of(json::Node node);
bool is_automated(json::Node node);

}  // namespace pas::support
