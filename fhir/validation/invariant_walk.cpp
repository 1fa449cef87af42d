#include <algorithm>
#include <tuple>

#include "fhir/validation/invariant_words.h"
#include "fhir/validation/walk.h"
#include "fhir/validation/wording.h"

namespace pas::validation {
namespace {

constexpr std::uint32_t kDeepestConformance = 4;  // of conformsTo() within conformsTo()
constexpr std::size_t kLongestExpression = 300;   // in a message

// With the value that breaks it, where that is one: a primitive, or the value of an Identifier and the like.
std::string broken_rule_in_words(const ConstraintRule& rule, const Place& place) {
  std::string message(invariant_in_words(rule.key()));
  if (message.empty()) {
    message = "The rule " + std::string(rule.key()) +
              " is not met: " + std::string(rule.expression().substr(0, kLongestExpression)) + ".";
  }
  const json::Node value = place.value.is_object() ? place.value["value"] : place.value;
  if (value.is_string() || value.is_number()) message += " Found " + in_quotes(value.text()) + ".";
  return message;
}

}  // namespace

fhirpath::Environment Walk::environment() {
  fhirpath::Environment environment;
  environment.model = &schema_.definitions().model();
  environment.index = &index_;
  environment.now = options_.now;
  environment.member_of = [this](const fhirpath::Item& item, std::string_view url) -> std::optional<bool> {
    const definitions::ValueSet* set = schema_.value_set(url);
    if (set == nullptr) return std::nullopt;
    return is_member(*set, item.node());
  };
  environment.conforms_to = [this](const fhirpath::Item& item, std::string_view url) -> std::optional<bool> {
    const json::Node node = item.node();
    const TypeRule* type = resource_type(node);
    ProfileRef* profile = profiles_.find(url);
    if (profile != nullptr && type != nullptr && nesting_ < kDeepestConformance) {
      // With an evaluation of its own: this one is at work.
      Report unused;
      Walk inner(profiles_, index_, options_, unused);
      inner.nesting_ = nesting_ + 1;
      return inner.meets(*profile, {node, {}, type});
    }
    const definitions::Structure base = schema_.definitions().find_structure(url);
    if (profile != nullptr || type == nullptr || !base) return std::nullopt;
    return type->is_a(base.type());
  };
  return environment;
}

void Walk::check_constraints(const std::vector<const ConstraintRule*>& constraints, const Place& place) {
  for (const ConstraintRule* rule : constraints) {
    if (holds(*rule, place).value_or(true)) continue;
    // dom-6, a narrative, is good practice (its extension says so) and nothing to warn of.
    const Severity severity = rule->is_error()         ? Severity::kError
                              : rule->key() == "dom-6" ? Severity::kInformation
                                                       : Severity::kWarning;
    fault(severity, IssueType::kInvariant, rule->key(), place.node(),
          [&] { return broken_rule_in_words(*rule, place); });
  }
}

void Walk::report_costly() {
  if (!costly_place_) return;
  fault(Severity::kWarning, IssueType::kTooCostly, costly_rule_, costly_place_, [&] {
    return "The rule " + std::string(costly_rule_) +
           " was not checked here, and others may not have been: that would take too long. The resource is too large.";
  });
}

std::optional<bool> Walk::holds(const ConstraintRule& rule, const Place& place) {
  if (const auto decided = rule.decide(place.node())) return decided;
  if (rule.is_about_contained()) return contained_are_referenced(place.value);
  const fhirpath::Program* program = rule.program(schema_.definitions().model());
  if (program == nullptr || place.type == nullptr) return std::nullopt;
  const auto leave = [&] {
    if (!costly_place_) std::tie(costly_rule_, costly_place_) = std::pair(rule.key(), place.node());
    return std::nullopt;
  };
  if (steps_left_ == 0) return leave();
  const auto result = evaluation_.test(*program, fhirpath::Item::element(place.node(), place.type->id));
  const std::size_t steps = evaluation_.steps();
  steps_left_ -= std::min(steps_left_, steps);
  if (!result) {
    evaluation_.reset();
    if (steps == fhirpath::EvaluationLimits().steps) return leave();
    return std::nullopt;
  }
  const bool met = result->value_or(false);  // an invariant that gives nothing is not met
  evaluation_.reset();
  return met;
}

}  // namespace pas::validation
