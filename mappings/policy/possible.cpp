#include "mappings/policy/possible.h"

#include <algorithm>
#include <map>

#include "mappings/inputs/catalog.h"
#include "mappings/policy/compiled.h"
#include "mappings/policy/runner.h"

namespace pas::policy {
namespace {

// Two to this power combinations of known and unknown are tried.
constexpr std::size_t kMostSlots = 8;

class Search {
 public:
  explicit Search(const Policy& policy) : policy_(policy) {}

  Possible run(ConditionId id) {
    for (ConditionId below = policy_.conditions[id].first; below <= id; ++below) {
      const Condition& condition = policy_.conditions[below];
      if (condition.kind == ConditionKind::kUnknown) known_.emplace(condition.slots.front(), false);
    }
    if (known_.size() > kMostSlots) return kAnything;
    Possible all = 0;
    for (std::size_t combination = 0; combination < std::size_t{1} << known_.size(); ++combination) {
      std::size_t bit = 0;
      for (auto& [slot, known] : known_) known = (combination >> bit++ & 1U) != 0;
      all |= possible(id);
    }
    return all;
  }

 private:
  enum class Knowledge { kUnknown, kKnown, kOpen };
  Knowledge knowledge_of(std::uint32_t slot) const {
    const auto found = known_.find(slot);
    if (found == known_.end()) return Knowledge::kOpen;
    return found->second ? Knowledge::kKnown : Knowledge::kUnknown;
  }

  Possible possible(ConditionId id) const {  // NOLINT(misc-no-recursion): bounded by the policy file's depth
    const Condition& condition = policy_.conditions[id];
    switch (condition.kind) {
      case ConditionKind::kAlways:
        return kTrueBit;
      case ConditionKind::kUnknown:
        return knowledge_of(condition.slots.front()) == Knowledge::kKnown ? kFalseBit : kTrueBit;
      case ConditionKind::kConflict:
        return knowledge_of(condition.slots.front()) == Knowledge::kKnown ? kFalseBit : kTwoValued;
      case ConditionKind::kInForce:
      case ConditionKind::kAdverseDeterminations:
        return kTwoValued;
      case ConditionKind::kCriterion:
        return condition.is ? kTwoValued : kAnything;
      case ConditionKind::kExpression:
        return of_expression(condition);
      case ConditionKind::kSome:
        return kAnything;
      case ConditionKind::kNot:
        return negated(possible(condition.children.front()));
      default:
        break;
    }
    std::vector<Possible> children;
    for (const ConditionId child : condition.children) children.push_back(possible(child));
    std::size_t n = condition.at_least;
    if (condition.kind == ConditionKind::kAll) n = children.size();
    if (condition.kind == ConditionKind::kAny) n = 1;
    return at_least(n, children);
  }

  Possible of_expression(const Condition& condition) const {
    if (condition.on_element) return kAnything;
    bool settled = true;  // every input is known, and its value has no parts that may be absent
    for (const std::uint32_t slot : condition.slots) {
      const inputs::Type type = policy_.catalog->inputs()[slot].type;
      if (knowledge_of(slot) == Knowledge::kUnknown) return kUnknownBit;
      const bool is_list = type == inputs::Type::kCodes || type == inputs::Type::kDocuments;
      settled = settled && knowledge_of(slot) == Knowledge::kKnown && !is_list;
    }
    if (is_existence(condition)) return kTrueBit | kUnknownBit;
    return settled ? kTwoValued : kAnything;
  }

  // Whether there are codes at all: known codes are never none.
  bool is_existence(const Condition& condition) const {
    if (condition.slots.size() != 1) return false;
    const inputs::InputDefinition& input = policy_.catalog->inputs()[condition.slots.front()];
    if (input.type != inputs::Type::kCodes) return false;
    std::string expression;
    for (const std::string& part : path_of(*policy_.catalog, input.name)) expression.append(part).append(1, '.');
    return policy_.expressions[condition.expression].program.expression() == expression + "exists()";
  }

  const Policy& policy_;
  std::map<std::uint32_t, bool> known_;  // inputs whose being known is asked for
};

}  // namespace

Possible at_least(std::size_t n, std::span<const Possible> children) {
  std::size_t can_be_true = 0;
  std::size_t must_be_true = 0;
  std::size_t can_be_unfalse = 0;
  std::size_t must_be_unfalse = 0;
  bool can_be_unknown = false;
  for (const Possible value : children) {
    can_be_true += (value & kTrueBit) != 0 ? 1 : 0;
    must_be_true += value == kTrueBit ? 1 : 0;
    can_be_unfalse += value != kFalseBit ? 1 : 0;
    must_be_unfalse += (value & kFalseBit) == 0 ? 1 : 0;
    can_be_unknown = can_be_unknown || (value & kUnknownBit) != 0;
  }
  return (can_be_true >= n ? kTrueBit : 0U) | (must_be_unfalse < n ? kFalseBit : 0U) |
         (can_be_unknown && must_be_true < n && can_be_unfalse >= n ? kUnknownBit : 0U);
}

Possible possible_truths(const Policy& policy, ConditionId id) {
  return Search(policy).run(id);
}

}  // namespace pas::policy
