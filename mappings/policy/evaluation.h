#pragma once
// A policy's answer to one item's inputs: Kleene truth of every condition, and what an unknown one still lacks.
//
// evaluate() decides nothing by itself (mappings/decision does): it fills in the truth of every node of the policy's
// condition trees. An Evaluation points at its Policy and owns the rest. Any number of threads may evaluate.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fhir/base/calendar.h"
#include "fhir/base/truth.h"
#include "mappings/policy/policy.h"

namespace pas::policy {

// The truth of one child of a `some` condition on one element of the list.
struct ElementTruth {
  ConditionId condition;  // the child
  std::uint32_t element;  // index in the list input
  base::Truth truth;
};

struct Evaluation {
  const Policy* policy = nullptr;
  base::Date request_date;
  std::vector<base::Truth> truths;     // by ConditionId
  std::vector<ElementTruth> elements;  // ordered by condition, then element

  base::Truth truth(ConditionId condition) const { return truths[condition]; }
  base::Truth truth_of_criterion(std::size_t index) const;
  base::Truth truth_of_criterion(std::string_view id) const;  // unknown for an id that the policy does not have
  std::span<const ElementTruth> elements_of(ConditionId condition) const;
};

Evaluation evaluate(const Policy& policy, const inputs::InputSet& inputs, base::Date request_date);

// What an unknown condition still lacks. Names are those of the catalog; a member of a list's elements follows the
// list's name (prescription.prescriber.enrolled).
struct Missing {
  std::vector<std::string> inputs;  // each can still change the result, in the order of the policy
  // The smallest sets of inputs that, known and favourable, make the condition met (at most 32 sets).
  std::vector<std::vector<std::string>> sets_to_meet;
};
// Empty for a condition that is not unknown. What stands below an AND that is already false, or an OR that is already
// true, does not count.
Missing missing(const Evaluation& evaluation, ConditionId condition, const inputs::InputSet& inputs);

}  // namespace pas::policy
