#pragma once
// What the services count for a monitor: codes, rules and ids of policies, and nothing else of a request.

#include <span>
#include <string_view>

#include "adapter/observe/metrics.h"
#include "fhir/validation/report.h"

namespace pas::service {

struct Figures {
  observe::Counters& decisions;  // policy, action (X12 306), by: submit, review, information, deadline
  observe::Counters& faults;     // rule, severity

  void count_decision(std::string_view policy, std::string_view action, std::string_view by) const {
    decisions.at({policy.empty() ? std::string_view("(none)") : policy, action, by}).add();
  }
  // Rules are names of the code and of the definitions that were loaded.
  void count_faults(std::span<const validation::Issue> issues) const {
    for (const validation::Issue& issue : issues) {
      if (issue.severity == validation::Severity::kInformation) continue;
      faults.at({issue.rule, to_string(issue.severity)}).add();
    }
  }
};

}  // namespace pas::service
