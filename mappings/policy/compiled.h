#pragma once
// The compiled form of a policy's conditions: what evaluate(), missing() and the explanation walk.
//
// A condition's children stand before it, and everything below it directly before them, so that one pass in the order
// of the array evaluates all, and [first, self) is a subtree.

#include <cstdint>
#include <string>
#include <vector>

#include "fhir/base/truth.h"
#include "fhir/fhirpath/fhirpath.h"
#include "mappings/policy/policy.h"

namespace pas::policy {

struct Condition {
  ConditionKind kind = ConditionKind::kAlways;
  bool on_element = false;  // below a `some`: evaluated on each element of its list
  ConditionId first = 0;    // of the subtree; itself for a leaf
  std::vector<ConditionId> children;
  std::uint32_t expression = 0;      // kExpression: index in Policy::expressions
  std::vector<std::string> reads;    // inputs; below a `some`, members of the list's elements (prescription.signed)
  std::vector<std::uint32_t> slots;  // of the inputs in the catalog, except below a `some`
  std::vector<std::string> path;     // kSome: where the list stands in the inputs document
  std::uint32_t criterion = 0;       // kCriterion: index in Policy::criteria
  std::optional<base::Truth> is;     // kCriterion: the truth asked for; without it the criterion's own
  std::size_t at_least = 0;          // kAtLeast
  bool expected = true;              // kInForce
  AdverseDeterminations adverse = AdverseDeterminations::kClinician;  // kAdverseDeterminations
  std::uint32_t line = 0;  // in the policy file; 0 for one that the file leaves out (a note that always holds)
  std::string text;        // as a reader sees it: the expression, or what the policy's author calls it
};

// As a reader sees it: its text, or what its children must be.
std::string label_of(const Condition& condition);

// Compiled once, shared by every condition of the policy that is written the same way.
struct Expression {
  fhirpath::Program program;
};

}  // namespace pas::policy
