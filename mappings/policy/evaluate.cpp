#include <algorithm>

#include "fhir/json/document.h"
#include "mappings/inputs/input_set.h"
#include "mappings/policy/compiled.h"
#include "mappings/policy/evaluation.h"
#include "mappings/policy/runner.h"

namespace pas::policy {
namespace {

using base::Truth;

// extract() keeps the catalog's order; inputs of a stored record may be fewer, and then stand where their names say.
std::vector<inputs::State> states_of(const Policy& policy, const inputs::InputSet& inputs) {
  std::vector<inputs::State> states;
  states.reserve(policy.catalog->inputs().size());
  for (const inputs::InputDefinition& definition : policy.catalog->inputs()) {
    const std::size_t i = states.size();
    const bool in_place = i < inputs.all().size() && inputs.all()[i].name == definition.name;
    const inputs::Input* input = in_place ? &inputs.all()[i] : inputs.find(definition.name);
    states.push_back(input == nullptr ? inputs::State::kUnknown : input->state);
  }
  return states;
}

class Evaluator {
 public:
  Evaluator(const Policy& policy, const inputs::InputSet& inputs, base::Date request_date)
      : policy_(policy),
        states_(states_of(policy, inputs)),
        document_(json::Document::parse(inputs.to_json()).value()),
        runner_(*policy.catalog, request_date),
        answers_(policy.expressions.size(), kNotRun) {
    result_.policy = &policy;
    result_.request_date = request_date;
    result_.truths.resize(policy.conditions.size(), Truth::kUnknown);
  }

  Evaluation run() && {
    for (ConditionId id = 0; id < policy_.conditions.size(); ++id) {
      const Condition& condition = policy_.conditions[id];
      if (!condition.on_element) result_.truths[id] = truth_of(id, condition);
    }
    return std::move(result_);
  }

 private:
  static constexpr std::uint8_t kNotRun = 0xFF;

  bool is_known(const Condition& condition) const {
    return std::all_of(condition.slots.begin(), condition.slots.end(),
                       [this](std::uint32_t slot) { return states_[slot] == inputs::State::kKnown; });
  }

  Truth truth_of(ConditionId id, const Condition& condition) {
    switch (condition.kind) {
      case ConditionKind::kExpression:
        return is_known(condition) ? answer(condition.expression) : Truth::kUnknown;
      case ConditionKind::kSome:
        return is_known(condition) ? some(id, condition) : Truth::kUnknown;
      case ConditionKind::kCriterion: {
        const Truth truth = result_.truth_of_criterion(condition.criterion);
        return condition.is ? base::truth_of(truth == *condition.is) : truth;
      }
      case ConditionKind::kUnknown:
        return base::truth_of(!is_known(condition));
      case ConditionKind::kConflict:
        return base::truth_of(states_[condition.slots.front()] == inputs::State::kConflict);
      case ConditionKind::kInForce:
        return base::truth_of(policy_.in_force(result_.request_date) == condition.expected);
      case ConditionKind::kAdverseDeterminations:
        return base::truth_of(policy_.adverse == condition.adverse);
      case ConditionKind::kAlways:
        return Truth::kTrue;
      default:
        return combined(condition, [this](ConditionId child) { return result_.truths[child]; });
    }
  }

  template <class TruthOf>
  static Truth combined(const Condition& condition, TruthOf truth_of_child) {
    if (condition.kind == ConditionKind::kNot) return !truth_of_child(condition.children.front());
    std::size_t met = 0;
    std::size_t unknown = 0;
    for (const ConditionId child : condition.children) {
      const Truth truth = truth_of_child(child);
      met += truth == Truth::kTrue ? 1 : 0;
      unknown += truth == Truth::kUnknown ? 1 : 0;
    }
    std::size_t needed = condition.at_least;
    if (condition.kind == ConditionKind::kAll) needed = condition.children.size();
    if (condition.kind == ConditionKind::kAny) needed = 1;
    if (met >= needed) return Truth::kTrue;
    return met + unknown >= needed ? Truth::kUnknown : Truth::kFalse;
  }

  // Each expression once, however many conditions are written that way.
  Truth answer(std::uint32_t expression) {
    std::uint8_t& known = answers_[expression];
    if (known == kNotRun) {
      known = static_cast<std::uint8_t>(runner_.test(policy_.expressions[expression].program, document_.root()));
    }
    return static_cast<Truth>(known);
  }

  Truth some(ConditionId id, const Condition& condition) {
    ElementTruths found{id, condition.first, 0, {}};
    const std::size_t width = id - condition.first;
    Truth any = Truth::kFalse;
    for (const json::Node element : at_path(document_.root(), condition.path)) {
      const std::size_t start = found.truths.size();
      found.truths.resize(start + width, Truth::kUnknown);
      for (ConditionId below = condition.first; below < id; ++below) {
        const Condition& node = policy_.conditions[below];
        const auto of = [&](ConditionId child) { return found.truths[start + (child - condition.first)]; };
        found.truths[start + (below - condition.first)] =
            node.kind == ConditionKind::kExpression
                ? runner_.test(policy_.expressions[node.expression].program, element)
                : combined(node, of);
      }
      any = any | found.truths.back();
      ++found.count;
    }
    // For a reader, a node below has the truth of its best element.
    for (std::size_t i = 0; i < found.truths.size(); ++i) {
      Truth& best = result_.truths[condition.first + i % width];
      best = i < width ? found.truths[i] : best | found.truths[i];
    }
    result_.elements.push_back(std::move(found));
    return any;
  }

  const Policy& policy_;
  std::vector<inputs::State> states_;  // by the catalog's order
  json::Document document_;
  Runner runner_;
  std::vector<std::uint8_t> answers_;  // by expression: a Truth, or kNotRun
  Evaluation result_;
};

}  // namespace

Truth Evaluation::truth_of_criterion(std::string_view id) const {
  const Criterion* criterion = policy->find_criterion(id);
  return criterion == nullptr ? Truth::kUnknown : truths[criterion->met];
}

const ElementTruths* Evaluation::elements_of(ConditionId some) const {
  for (const ElementTruths& found : elements) {
    if (found.condition == some) return &found;
  }
  return nullptr;
}

Evaluation evaluate(const Policy& policy, const inputs::InputSet& inputs, base::Date request_date) {
  return Evaluator(policy, inputs, request_date).run();
}

}  // namespace pas::policy
