#include <algorithm>

#include "mappings/inputs/input_set.h"
#include "mappings/policy/compiled.h"
#include "mappings/policy/evaluation.h"

namespace pas::policy {
namespace {

using base::Truth;

constexpr std::size_t kMostSets = 32;

using Names = std::vector<std::string>;  // sorted when it is a set
using Sets = std::vector<Names>;

Names joined(const Names& a, const Names& b) {
  Names both;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

// Drops every set that holds another, and all but the smallest kMostSets.
void reduce(Sets& sets) {
  std::sort(sets.begin(), sets.end(),
            [](const Names& a, const Names& b) { return a.size() != b.size() ? a.size() < b.size() : a < b; });
  Sets kept;
  for (Names& set : sets) {
    const bool holds_another = std::any_of(kept.begin(), kept.end(), [&set](const Names& smaller) {
      return std::includes(set.begin(), set.end(), smaller.begin(), smaller.end());
    });
    if (!holds_another && kept.size() < kMostSets) kept.push_back(std::move(set));
  }
  sets = std::move(kept);
}

class MissingInputs {
 public:
  MissingInputs(const Evaluation& evaluation, const inputs::InputSet& inputs)
      : evaluation_(evaluation), policy_(*evaluation.policy), inputs_(inputs) {}

  // Every input below unknown conditions only.
  void collect(ConditionId id, Names& found) {  // NOLINT(misc-no-recursion): bounded by the policy file's depth
    if (truth(id) != Truth::kUnknown) return;
    const Condition& condition = policy_.conditions[id];
    if (condition.kind == ConditionKind::kExpression) {
      append(leaf(condition), found);
    } else if (condition.kind == ConditionKind::kCriterion) {
      collect(policy_.criteria[condition.criterion].met, found);
    } else if (condition.kind == ConditionKind::kSome) {
      each_element(id, found, [&](ConditionId child) { collect(child, found); });
    } else {
      for (const ConditionId child : condition.children) collect(child, found);
    }
  }

  // The smallest sets of inputs that could make an unknown condition true (or false, for `wanted` false).
  Sets sets(ConditionId id, bool wanted) {  // NOLINT(misc-no-recursion)
    const Condition& condition = policy_.conditions[id];
    switch (condition.kind) {
      case ConditionKind::kExpression:
        return {leaf(condition)};
      case ConditionKind::kCriterion:
        return sets(policy_.criteria[condition.criterion].met, wanted);
      case ConditionKind::kNot:
        return sets(condition.children.front(), !wanted);
      case ConditionKind::kAll:
        return wanted ? every(unknown_children(condition), wanted) : any(unknown_children(condition), wanted);
      case ConditionKind::kAny:
        return wanted ? any(unknown_children(condition), wanted) : every(unknown_children(condition), wanted);
      case ConditionKind::kAtLeast:
        return at_least(condition, wanted);
      case ConditionKind::kSome:
        return some(id, wanted);
      default:
        return {};
    }
  }

 private:
  Truth truth(ConditionId id) const {
    if (elements_ != nullptr && id >= elements_->first && id < elements_->condition) {
      return elements_->truth(element_, id);
    }
    return evaluation_.truth(id);
  }

  // The inputs of an expression that are not known; all that it reads when each is, and only a part of one lacks.
  Names leaf(const Condition& condition) const {
    Names names;
    for (const std::string& name : condition.reads) {
      const inputs::Input* input = condition.on_element ? nullptr : inputs_.find(name);
      if (input == nullptr || input->state != inputs::State::kKnown) names.push_back(name);
    }
    if (names.empty()) names = condition.reads;
    std::sort(names.begin(), names.end());
    return names;
  }

  static void append(const Names& names, Names& found) {
    for (const std::string& name : names) {
      if (std::find(found.begin(), found.end(), name) == found.end()) found.push_back(name);
    }
  }

  std::vector<ConditionId> unknown_children(const Condition& condition) const {
    std::vector<ConditionId> unknown;
    for (const ConditionId child : condition.children) {
      if (truth(child) == Truth::kUnknown) unknown.push_back(child);
    }
    return unknown;
  }

  Sets any(const std::vector<ConditionId>& children, bool wanted) {  // NOLINT(misc-no-recursion)
    Sets all;
    for (const ConditionId child : children) {
      for (Names& set : sets(child, wanted)) all.push_back(std::move(set));
    }
    reduce(all);
    return all;
  }

  static Sets product(const Sets& a, const Sets& b) {
    Sets all;
    for (const Names& left : a) {
      for (const Names& right : b) all.push_back(joined(left, right));
    }
    reduce(all);
    return all;
  }

  Sets every(const std::vector<ConditionId>& children, bool wanted) {  // NOLINT(misc-no-recursion)
    Sets all = {{}};
    for (const ConditionId child : children) all = product(all, sets(child, wanted));
    return all;
  }

  // `needed` of the unknown children, each way to choose them: ways[k] has the sets for k of those seen so far.
  Sets at_least(const Condition& condition, bool wanted) {  // NOLINT(misc-no-recursion)
    const std::vector<ConditionId> unknown = unknown_children(condition);
    std::size_t settled = 0;  // children that are true
    for (const ConditionId child : condition.children) settled += truth(child) == Truth::kTrue ? 1 : 0;
    const std::size_t needed =
        wanted ? condition.at_least - settled : settled + unknown.size() - condition.at_least + 1;
    std::vector<Sets> ways(needed + 1);
    ways[0] = {{}};
    for (const ConditionId child : unknown) {
      const Sets more = sets(child, wanted);
      for (std::size_t k = needed; k > 0; --k) {
        for (Names& set : product(ways[k - 1], more)) ways[k].push_back(std::move(set));
        reduce(ways[k]);
      }
    }
    return ways[needed];
  }

  template <class Visit>
  void each_element(ConditionId some, Names& found, Visit visit) {
    const Condition& condition = policy_.conditions[some];
    const ElementTruths* elements = evaluation_.elements_of(some);
    if (elements == nullptr) {  // the list itself is not known
      append(condition.reads, found);
      return;
    }
    for (std::uint32_t i = 0; i < elements->count; ++i) {
      elements_ = elements;
      element_ = i;
      visit(condition.children.front());
    }
    elements_ = nullptr;
  }

  Sets some(ConditionId id, bool wanted) {  // NOLINT(misc-no-recursion)
    Sets all;
    if (!wanted) all.emplace_back();
    Names list;
    each_element(id, list, [&](ConditionId child) {
      if (truth(child) != Truth::kUnknown) return;
      const Sets of_element = sets(child, wanted);
      if (!wanted) {
        all = product(all, of_element);
      } else {
        all.insert(all.end(), of_element.begin(), of_element.end());
        reduce(all);
      }
    });
    if (!list.empty()) return {list};
    return all;
  }

  const Evaluation& evaluation_;
  const Policy& policy_;
  const inputs::InputSet& inputs_;
  const ElementTruths* elements_ = nullptr;  // while below a `some`: on which element
  std::uint32_t element_ = 0;
};

}  // namespace

Names missing_inputs(const Evaluation& evaluation, ConditionId condition, const inputs::InputSet& inputs) {
  Names found;
  MissingInputs(evaluation, inputs).collect(condition, found);
  return found;
}

std::vector<Names> sets_to_meet(const Evaluation& evaluation, ConditionId condition, const inputs::InputSet& inputs) {
  if (evaluation.truth(condition) != Truth::kUnknown) return {};
  return MissingInputs(evaluation, inputs).sets(condition, true);
}

}  // namespace pas::policy
