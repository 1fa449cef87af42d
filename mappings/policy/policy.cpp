#include "mappings/policy/policy.h"

#include <algorithm>

#include "fhir/base/text.h"
#include "mappings/inputs/catalog.h"
#include "mappings/inputs/input_set.h"
#include "mappings/policy/compiled.h"

namespace pas::policy {
namespace {

bool answers(const Policy& policy, std::string_view code) {
  return std::find(policy.codes.begin(), policy.codes.end(), code) != policy.codes.end();
}

// Of policies that may apply: the one in force; else the next to come into force, else the last that was.
class Nearest {
 public:
  explicit Nearest(base::Date date) : date_(date) {}
  void consider(const Policy& policy) {
    const auto rank = [this](const Policy& p) { return p.in_force(date_) ? 2 : p.effective_from > date_ ? 1 : 0; };
    if (best_ == nullptr || rank(policy) > rank(*best_)) {
      best_ = &policy;
    } else if (rank(policy) == rank(*best_)) {
      const bool is_earlier = policy.effective_from < best_->effective_from;
      if (is_earlier == (rank(policy) == 1)) best_ = &policy;
    }
  }
  const Policy* best() const { return best_; }

 private:
  base::Date date_;
  const Policy* best_ = nullptr;
};

}  // namespace

Policy::Policy() = default;
Policy::~Policy() = default;

bool Policy::in_force(base::Date date) const {
  return effective_from <= date && (!effective_to || date <= *effective_to);
}

std::string label_of(const Condition& condition) {
  if (!condition.text.empty()) return condition.text;
  switch (condition.kind) {
    case ConditionKind::kAll:
      return "all of";
    case ConditionKind::kAny:
      return "any of";
    case ConditionKind::kAtLeast:
      return "at least " + std::to_string(condition.at_least) + " of";
    default:
      return "not";
  }
}

const Criterion* Policy::find_criterion(std::string_view criterion_id) const {
  for (const Criterion& criterion : criteria) {
    if (criterion.id == criterion_id) return &criterion;
  }
  return nullptr;
}

const Policy* Payer::choose(std::string_view code, base::Date date) const {
  Nearest named(date);
  Nearest others(date);
  for (const auto& policy : policies) {
    if (answers(*policy, code)) named.consider(*policy);
    if (policy->other_codes) others.consider(*policy);
  }
  return named.best() != nullptr ? named.best() : others.best();
}

const Policy* Payer::choose(const inputs::InputSet& inputs, base::Date date) const {
  const inputs::Input* input = inputs.find(code_input);
  std::string_view code;
  if (input != nullptr && input->state == inputs::State::kKnown) code = input->value;
  if (code.size() >= 2 && code.front() == '"') code = code.substr(1, code.size() - 2);
  return choose(code, date);
}

std::string folded_name(std::string_view name) {
  std::string folded;
  for (const char c : name) {
    if (c != ' ') folded += base::to_lower(c);
  }
  return folded;
}

const Payer* PolicySet::find_payer(std::span<const std::string_view> names_and_identifiers) const {
  for (const std::string_view wanted : names_and_identifiers) {
    const std::string key = folded_name(wanted);
    if (key.empty()) continue;
    for (const Payer& payer : payers_) {
      if (folded_name(payer.name) == key || folded_name(payer.id) == key) return &payer;
      for (const std::string& identifier : payer.identifiers) {
        if (folded_name(identifier) == key) return &payer;
      }
    }
  }
  for (const Payer& payer : payers_) {
    if (payer.answers_unknown_insurers) return &payer;
  }
  return nullptr;
}

const Payer* PolicySet::find_payer_by_id(std::string_view id) const {
  const auto found = std::find_if(payers_.begin(), payers_.end(), [id](const Payer& payer) { return payer.id == id; });
  return found == payers_.end() ? nullptr : &*found;
}

const Questionnaire* PolicySet::find_questionnaire(std::string_view id) const {
  for (const Payer& payer : payers_) {
    for (const Questionnaire& form : payer.questionnaires) {
      if (form.id == id) return &form;
    }
  }
  return nullptr;
}

const Policy* PolicySet::find_policy(std::string_view id, std::string_view revision) const {
  for (const Payer& payer : payers_) {
    for (const auto& policy : payer.policies) {
      if (policy->id == id && policy->revision == revision) return policy.get();
    }
  }
  return nullptr;
}

}  // namespace pas::policy
