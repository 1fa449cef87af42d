#pragma once
// A policy's answer to one item's inputs: Kleene truth of every condition, and what an unknown one still lacks.
//
// evaluate() decides nothing by itself (mappings/decision does): it fills in the truth of every node of the policy's
// condition trees. An Evaluation points at its Policy and owns the rest. Any number of threads may evaluate.

#include <cstdint>
#include <string>
#include <vector>

#include "fhir/base/calendar.h"
#include "fhir/base/truth.h"
#include "mappings/policy/policy.h"

namespace pas::policy {

// What a `some` condition found: the truth of each node below it on each element of its list.
struct ElementTruths {
  ConditionId condition = 0;        // the `some`
  ConditionId first = 0;            // of the nodes below it; the last is condition - 1
  std::uint32_t count = 0;          // elements
  std::vector<base::Truth> truths;  // by element, then by node

  base::Truth truth(std::uint32_t element, ConditionId node) const {
    return truths[element * (condition - first) + (node - first)];
  }
};

struct Evaluation {
  const Policy* policy = nullptr;
  base::Date request_date;
  std::vector<base::Truth> truths;      // by ConditionId
  std::vector<ElementTruths> elements;  // by condition; none for a list that is unknown or in conflict

  base::Truth truth(ConditionId condition) const { return truths[condition]; }
  base::Truth truth_of_criterion(std::size_t index) const { return truths[policy->criteria[index].met]; }
  base::Truth truth_of_criterion(std::string_view id) const;  // unknown for an id that the policy does not have
  const ElementTruths* elements_of(ConditionId some) const;
};

Evaluation evaluate(const Policy& policy, const inputs::InputSet& inputs, base::Date request_date);

// The inputs that can still change an unknown condition, in the order of the policy; none for one that is decided.
// What stands below an AND that is already false, or an OR that is already true, does not count. A member of a list's
// elements follows the list's name (prescription.prescriber.enrolled).
std::vector<std::string> missing_inputs(const Evaluation& evaluation, ConditionId condition,
                                        const inputs::InputSet& inputs);
// The smallest sets of those that, once known and favourable, make the condition met: at most 32, each sorted.
std::vector<std::vector<std::string>> sets_to_meet(const Evaluation& evaluation, ConditionId condition,
                                                   const inputs::InputSet& inputs);

}  // namespace pas::policy
