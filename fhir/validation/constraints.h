#pragma once
// Invariants (ElementDefinition.constraint). Equal expressions on one type are one rule; the commonest are decided
// without FHIRPath, the others are compiled at first use.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <tuple>

#include "fhir/definitions/definition_set.h"
#include "fhir/fhirpath/program.h"
#include "fhir/json/document.h"

namespace pas::validation {

class ConstraintRule {
 public:
  ConstraintRule(const definitions::Constraint& constraint, std::string_view type);

  std::string_view key() const { return key_; }  // ext-1
  std::string_view expression() const { return expression_; }
  bool is_error() const { return is_error_; }
  // Whether it is R4's dom-3, which looks at all of a resource for each that it contains: the walk sees to it.
  bool is_about_contained() const { return is_about_contained_; }

  // The answer where it can be had without FHIRPath.
  std::optional<bool> decide(json::Node focus) const;
  // For the others; null when the expression is not valid. Compiled at the first call, by any thread.
  const fhirpath::Program* program(const fhirpath::Model& model) const;

 private:
  std::string_view key_;
  std::string_view expression_;
  std::string_view type_;  // of the focus, as the model names it
  bool is_error_;
  bool is_about_contained_;
  bool (*decide_)(json::Node focus);
  mutable std::once_flag compiled_;
  mutable std::optional<fhirpath::Program> program_;
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
