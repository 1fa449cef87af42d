#include "mappings/policy/table_check.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "mappings/policy/compiled.h"
#include "mappings/policy/possible.h"

namespace pas::policy {
namespace {

constexpr std::size_t kMostSteps = 200'000;

class TableSearch {
 public:
  explicit TableSearch(const Policy& policy) : policy_(policy), atom_of_(policy.conditions.size(), 0) {
    for (std::size_t i = policy.rows.size(); i-- > 0;) name_atoms(policy.rows[i].when);
  }

  enum class Outcome { kFound, kNone, kTooMany };

  // Is there an item for which row `target` is the first that is met (or, for rows.size(), no row is)?
  Outcome search(std::size_t target) {
    target_ = target;
    steps_ = 0;
    order_.clear();
    for (std::size_t i = std::min(target + 1, policy_.rows.size()); i-- > 0;) order_atoms(policy_.rows[i].when);
    for (Atom& atom : atoms_) atom.value = atom.domain;
    return step(0);
  }

  // The values found, in words.
  std::string example() const {
    std::string text;
    for (const std::size_t index : order_) {
      const Atom& atom = atoms_[index];
      if (atom.value == atom.domain) continue;
      if (!text.empty()) text += ", ";
      text += atom.name + (atom.value == kTrueBit    ? atom.when_true
                           : atom.value == kFalseBit ? atom.when_false
                                                     : " is unknown");
    }
    return text;
  }

 private:
  struct Atom {
    Possible domain = kAnything;
    Possible value = kAnything;
    std::string name;
    std::string when_true;
    std::string when_false;
  };

  void name_atoms(ConditionId id) {  // NOLINT(misc-no-recursion): bounded by the policy file's depth
    const Condition& condition = policy_.conditions[id];
    switch (condition.kind) {
      case ConditionKind::kExpression:
        return name_atom(id, condition.expression, {}, {kAnything, 0, condition.text, " is true", " is false"});
      case ConditionKind::kSome:
        return name_atom(id, id, {}, {kAnything, 0, condition.text, " is met", " is not met"});
      case ConditionKind::kCriterion:
        return name_atom(id, condition.criterion, {},
                         {kAnything, 0, policy_.criteria[condition.criterion].id, " is met", " is not met"});
      case ConditionKind::kUnknown:
        return name_atom(id, 0, condition.reads.front(),
                         {kTwoValued, 0, condition.reads.front(), " is unknown", " is known"});
      case ConditionKind::kConflict:
        return name_atom(id, 0, condition.reads.front(),
                         {kTwoValued, 0, condition.reads.front(), " is in conflict", " is not in conflict"});
      case ConditionKind::kInForce:
        return name_atom(id, 0, {}, {kTwoValued, 0, "the policy", " is in force", " is not in force"});
      case ConditionKind::kAdverseDeterminations:
        return name_atom(id, 0, {}, {kTwoValued, 0, "adverseDeterminations", " is automated", " is clinician"});
      default:
        for (const ConditionId child : condition.children) name_atoms(child);
    }
  }

  void name_atom(ConditionId id, std::uint32_t number, const std::string& name, Atom atom) {
    const auto [found, is_new] = known_.emplace(std::tuple(policy_.conditions[id].kind, number, name), atoms_.size());
    if (is_new) atoms_.push_back(std::move(atom));
    atom_of_[id] = found->second;
  }

  void order_atoms(ConditionId id) {  // NOLINT(misc-no-recursion)
    const Condition& condition = policy_.conditions[id];
    if (is_atom(condition)) {
      if (std::find(order_.begin(), order_.end(), atom_of_[id]) == order_.end()) order_.push_back(atom_of_[id]);
      return;
    }
    for (const ConditionId child : condition.children) order_atoms(child);
  }

  static bool is_atom(const Condition& condition) {
    switch (condition.kind) {
      case ConditionKind::kAll:
      case ConditionKind::kAny:
      case ConditionKind::kNot:
      case ConditionKind::kAtLeast:
      case ConditionKind::kAlways:
        return false;
      default:
        return true;
    }
  }

  Possible possible(ConditionId id) const {  // NOLINT(misc-no-recursion)
    const Condition& condition = policy_.conditions[id];
    switch (condition.kind) {
      case ConditionKind::kAlways:
        return kTrueBit;
      case ConditionKind::kNot:
        return negated(possible(condition.children.front()));
      case ConditionKind::kAll:
        return counted(condition, condition.children.size());
      case ConditionKind::kAny:
        return counted(condition, 1);
      case ConditionKind::kAtLeast:
        return counted(condition, condition.at_least);
      case ConditionKind::kInForce:
        return condition.expected ? atoms_[atom_of_[id]].value : negated(atoms_[atom_of_[id]].value);
      case ConditionKind::kAdverseDeterminations:
        return condition.adverse == AdverseDeterminations::kAutomated ? atoms_[atom_of_[id]].value
                                                                      : negated(atoms_[atom_of_[id]].value);
      case ConditionKind::kCriterion: {
        const Possible value = atoms_[atom_of_[id]].value;
        if (!condition.is) return value;
        const Possible asked = bit_of(*condition.is);
        return ((value & asked) != 0 ? kTrueBit : 0U) | ((value & ~asked) != 0 ? kFalseBit : 0U);
      }
      default:
        return atoms_[atom_of_[id]].value;
    }
  }

  // At least `n` of the children.
  Possible counted(const Condition& condition, std::size_t n) const {  // NOLINT(misc-no-recursion)
    std::vector<Possible> children;
    children.reserve(condition.children.size());
    for (const ConditionId child : condition.children) children.push_back(possible(child));
    return at_least(n, children);
  }

  Outcome step(std::size_t depth) {  // NOLINT(misc-no-recursion): bounded by the number of atoms
    if (++steps_ > kMostSteps) return Outcome::kTooMany;
    const bool is_gap = target_ == policy_.rows.size();
    const Possible wanted = is_gap ? kTrueBit : possible(policy_.rows[target_].when);
    if ((wanted & kTrueBit) == 0) return Outcome::kNone;
    bool settled = wanted == kTrueBit;
    for (std::size_t i = 0; i < target_; ++i) {
      const Possible earlier = possible(policy_.rows[i].when);
      if (earlier == kTrueBit) return Outcome::kNone;
      settled = settled && (earlier & kTrueBit) == 0;
    }
    if (settled) return Outcome::kFound;
    if (depth == order_.size()) return Outcome::kNone;
    Atom& atom = atoms_[order_[depth]];
    for (const Possible value : {kFalseBit, kTrueBit, kUnknownBit}) {
      if ((atom.domain & value) == 0) continue;
      atom.value = value;
      const Outcome outcome = step(depth + 1);
      if (outcome != Outcome::kNone) return outcome;
    }
    atom.value = atom.domain;
    return Outcome::kNone;
  }

  const Policy& policy_;
  std::vector<Atom> atoms_;
  std::vector<std::size_t> atom_of_;  // by ConditionId
  std::map<std::tuple<ConditionKind, std::uint32_t, std::string>, std::size_t> known_;
  std::vector<std::size_t> order_;  // of atoms in this search
  std::size_t target_ = 0;
  std::size_t steps_ = 0;
};

bool rests_on_unknown(const Policy& policy, ConditionId id, bool negated) {  // NOLINT(misc-no-recursion)
  const Condition& condition = policy.conditions[id];
  switch (condition.kind) {
    case ConditionKind::kUnknown:
    case ConditionKind::kConflict:
    case ConditionKind::kAlways:
      return !negated;
    case ConditionKind::kCriterion:
      return condition.is && (negated || *condition.is == base::Truth::kUnknown);
    default:
      break;
  }
  const bool below = negated != (condition.kind == ConditionKind::kNot);
  return std::any_of(condition.children.begin(), condition.children.end(),
                     [&](ConditionId child) { return rests_on_unknown(policy, child, below); });
}

}  // namespace

bool rests_on_unknown(const Policy& policy, const Row& row) {
  return rests_on_unknown(policy, row.when, false);
}

std::optional<TableFault> check_table(const Policy& policy) {
  TableSearch search(policy);
  for (std::size_t i = 0; i <= policy.rows.size(); ++i) {
    const bool is_gap = i == policy.rows.size();
    const auto outcome = search.search(i);
    if (outcome == TableSearch::Outcome::kTooMany) {
      return TableFault{i, "the table is too tangled to check: simplify the conditions up to here"};
    }
    if (is_gap && outcome == TableSearch::Outcome::kFound) {
      return TableFault{i, "no row is met when " + search.example()};
    }
    if (!is_gap && outcome == TableSearch::Outcome::kNone) {
      return TableFault{
          i, "row \"" + policy.rows[i].id + "\" can never be reached: whatever meets it meets an earlier row first"};
    }
  }
  return std::nullopt;
}

}  // namespace pas::policy
