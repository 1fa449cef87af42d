#pragma once
// Invariants (ElementDefinition.constraint). Equal expressions on one type are one rule; the commonest are decided
// without FHIRPath, the others are compiled at first use.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>

#include "fhir/definitions/definition_set.h"
#include "fhir/json/document.h"

namespace pas::validation {

struct ConstraintRule {
  std::string_view key;  // ext-1
  std::string_view expression;
  std::string_view type;  // of the focus, as FHIRPath's model names it
  bool is_error = true;
  // Decides without FHIRPath; null when FHIRPath is needed.
  bool (*decide)(json::Node focus) = nullptr;
};

// Any thread may add; rules stay where they are.
class ConstraintPool {
 public:
  const ConstraintRule* add(const definitions::Constraint& constraint, std::string_view type);

 private:
  std::mutex mutex_;
  std::map<std::tuple<std::string_view, std::string_view, std::string_view>, std::unique_ptr<ConstraintRule>> rules_;
};

}  // namespace pas::validation
