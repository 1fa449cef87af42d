#include "mappings/decision/coverage.h"

#include <algorithm>

#include "mappings/policy/compiled.h"

namespace pas::decision {
namespace {

using base::Truth;
using policy::ConditionId;
using policy::Policy;

// NOLINTNEXTLINE(misc-no-recursion): bounded by the policy file's depth
void list_conditions(const Policy& policy, ConditionId id, std::size_t depth, std::optional<ConditionId> some,
                     std::vector<CoveredCondition>& list) {
  const policy::Condition& condition = policy.conditions[id];
  // The AND that a `some` puts over its conditions has no place of its own, and the truth of the `some`.
  const bool has_place = condition.line != 0;
  if (has_place) {
    CoveredCondition covered;
    covered.id = id;
    covered.line = condition.line;
    covered.depth = depth;
    covered.text = label_of(condition);
    covered.possible = policy::possible_truths(policy, id);
    covered.some = some;
    list.push_back(std::move(covered));
  }
  if (condition.kind == policy::ConditionKind::kSome) some = id;
  for (const ConditionId child : condition.children) {
    list_conditions(policy, child, depth + (has_place ? 1 : 0), some, list);
  }
}

PolicyCoverage nothing_seen(const Policy& policy) {
  PolicyCoverage coverage;
  coverage.policy = &policy;
  for (const policy::Criterion& criterion : policy.criteria) {
    CoveredCriterion covered{&criterion, {}};
    list_conditions(policy, criterion.met, 0, std::nullopt, covered.conditions);
    coverage.criteria.push_back(std::move(covered));
  }
  coverage.rows.resize(policy.rows.size());
  coverage.limits.resize(policy.limits.size());
  return coverage;
}

}  // namespace

void CoveredCondition::add(const policy::Evaluation& evaluation) {
  if (!some) return seen.add(evaluation.truth(id));
  const policy::ElementTruths* elements = evaluation.elements_of(*some);
  if (elements == nullptr) return;
  for (std::uint32_t i = 0; i < elements->count; ++i) seen.add(elements->truth(i, id));
}

std::size_t PolicyCoverage::seen() const {
  const auto nonzero = [](const std::vector<std::size_t>& counts) {
    return static_cast<std::size_t>(std::count_if(counts.begin(), counts.end(), [](std::size_t n) { return n > 0; }));
  };
  std::size_t count = nonzero(rows) + nonzero(limits);
  for (const CoveredCriterion& criterion : criteria) {
    for (const CoveredCondition& condition : criterion.conditions) {
      for (const Truth truth : kAllTruths) count += condition.asks_for(truth) && condition.seen.of(truth) > 0 ? 1 : 0;
    }
  }
  return count;
}

std::size_t PolicyCoverage::total() const {
  std::size_t count = rows.size() + limits.size();
  for (const CoveredCriterion& criterion : criteria) {
    for (const CoveredCondition& condition : criterion.conditions) {
      for (const Truth truth : kAllTruths) count += condition.asks_for(truth) ? 1 : 0;
    }
  }
  return count;
}

void PolicyCoverage::add(const Decided& decided) {
  ++cases;
  for (CoveredCriterion& criterion : criteria) {
    for (CoveredCondition& condition : criterion.conditions) condition.add(decided.evaluation);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] += policy->rows[i].id == decided.decision.row ? 1 : 0;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const auto& applied = decided.decision.limits;
    limits[i] += std::any_of(applied.begin(), applied.end(),
                             [&](const AppliedLimit& limit) { return limit.title == policy->limits[i].title; });
  }
}

Coverage::Coverage(const policy::PolicySet& policies) {
  for (std::size_t i = 0; i < policies.payers().size(); ++i) {
    for (const auto& policy : policies.payers()[i].policies) {
      policies_.push_back(nothing_seen(*policy));
      payer_of_.push_back(i);
    }
  }
}

void Coverage::add(const Decided& decided) {
  for (PolicyCoverage& coverage : policies_) {
    if (coverage.policy->id != decided.decision.policy_id) continue;
    if (coverage.policy->revision == decided.decision.policy_revision) coverage.add(decided);
  }
}

std::vector<const PolicyCoverage*> Coverage::policies() const {
  std::vector<const PolicyCoverage*> all;
  for (std::size_t i = 0; i < policies_.size(); ++i) {
    for (std::size_t other = 0; other < policies_.size(); ++other) {
      if (payer_of_[other] != payer_of_[i] || policies_[other].cases == 0) continue;
      all.push_back(&policies_[i]);
      break;
    }
  }
  return all;
}

bool Coverage::is_complete() const {
  const auto all = policies();
  return std::all_of(all.begin(), all.end(), [](const PolicyCoverage* one) { return one->seen() == one->total(); });
}

}  // namespace pas::decision
