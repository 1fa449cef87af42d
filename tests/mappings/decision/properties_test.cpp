// What must hold of every shipped policy whatever the inputs: random inputs from a fixed seed, of values that the cases
// give.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <stdexcept>
#include <vector>

#include "mappings/inputs/catalog.h"
#include "mappings/policy/compiled.h"
#include "tests/mappings/decision/shipped.h"

namespace pas {
namespace {

using base::Truth;
using inputs::Input;
using inputs::State;
using policy::AdverseDeterminations;
using policy::ConditionKind;

constexpr int kRounds = 600;

struct Subject {
  std::string_view payer;
  std::string_view revision;
  std::string_view request_date;
};

class Properties : public testing::TestWithParam<Subject> {
 protected:
  void SetUp() override {
    for (const decision::Case& each : support::cases_of(GetParam().payer)) {
      for (const Input& input : each.inputs.all()) {
        if (input.state == State::kKnown) values_[input.name].insert(input.value);
      }
    }
    ASSERT_FALSE(values_.empty());
  }

  static const policy::Policy& policy(std::optional<AdverseDeterminations> adverse = {}) {
    for (const auto& policy : support::payer(GetParam().payer, adverse).policies) {
      if (policy->revision == GetParam().revision) return *policy;
    }
    throw std::runtime_error("no such revision");
  }
  static base::Date request_date() { return *base::parse_date(GetParam().request_date); }
  static policy::Evaluation evaluate(const std::vector<Input>& all) {
    return policy::evaluate(policy(), inputs::InputSet(all, {}), request_date());
  }

  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }

  void learn(Input& input) {
    const auto& values = values_.at(input.name);
    input.state = State::kKnown;
    input.value = *std::next(values.begin(), static_cast<std::ptrdiff_t>(below(values.size())));
  }
  bool can_learn(const Input& input) const { return input.state != State::kKnown && values_.contains(input.name); }

  std::vector<Input> any_inputs() {
    std::vector<Input> all;
    for (const auto& definition : policy().catalog->inputs()) {
      Input input{definition.name, State::kUnknown, {}, {}, {}};
      const std::size_t chance = below(10);
      if (chance == 9) input.state = State::kConflict;
      if (chance < 6 && can_learn(input)) learn(input);
      all.push_back(std::move(input));
    }
    return all;
  }

  // Whether the condition asks if the input is known, itself or by a criterion: such a one may turn once it is (HUSKY
  // D.1 takes a route that is not known for a parenteral one).
  static bool asks_whether_known(policy::ConditionId id, const std::string& input) {  // NOLINT(misc-no-recursion)
    for (policy::ConditionId below = policy().conditions[id].first; below <= id; ++below) {
      const policy::Condition& condition = policy().conditions[below];
      const bool asks = condition.kind == ConditionKind::kUnknown || condition.kind == ConditionKind::kConflict;
      if (asks && condition.reads.front() == input) return true;
      if (condition.kind != ConditionKind::kCriterion) continue;
      if (asks_whether_known(policy().criteria[condition.criterion].met, input)) return true;
    }
    return false;
  }

  std::mt19937 random_{20240201};
  std::map<std::string, std::set<std::string>> values_;
};

INSTANTIATE_TEST_SUITE_P(Shipped, Properties,
                         testing::Values(Subject{support::kHusky, "2024-12", "2026-03-10"},
                                         Subject{support::kTidewater, "2025-01", "2025-06-02"},
                                         Subject{support::kTidewater, "2026-01", "2026-03-10"}),
                         [](const auto& tested) {
                           std::string name =
                               std::string(tested.param.payer) + '_' + std::string(tested.param.revision);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_P(Properties, MoreInformationNeverTurnsADecidedCriterion) {
  std::size_t decided = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Input> all = any_inputs();
    const auto before = evaluate(all);
    Input& chosen = all[below(all.size())];
    if (!can_learn(chosen)) continue;
    learn(chosen);
    const auto after = evaluate(all);
    for (const policy::Criterion& criterion : policy().criteria) {
      const Truth was = before.truth(criterion.met);
      if (was == Truth::kUnknown || asks_whether_known(criterion.met, chosen.name)) continue;
      ++decided;
      EXPECT_EQ(after.truth(criterion.met), was)
          << criterion.id << " turned when " << chosen.name << " became " << chosen.value;
    }
  }
  EXPECT_GT(decided, 300U);
}

// A denial stands on what is known: whatever the unknown inputs turn out to be, what denies stays as it is. Rows before
// it may still take the item to a person (a pump that does not suit, a limited benefit).
TEST_P(Properties, NoDenialRestsOnWhatIsUnknown) {
  const policy::Policy& automated = policy(AdverseDeterminations::kAutomated);
  std::set<std::string> denying;
  for (int round = 0; round < 4 * kRounds; ++round) {
    std::vector<Input> all = any_inputs();
    const auto first = decision::evaluate_and_decide(automated, inputs::InputSet(all, {}), request_date());
    if (first.decision.action != "A3") continue;
    denying.insert(first.decision.row);
    const auto row = std::find_if(automated.rows.begin(), automated.rows.end(),
                                  [&](const policy::Row& candidate) { return candidate.id == first.decision.row; });
    for (Input& input : all) {
      if (can_learn(input)) learn(input);
    }
    const auto known = policy::evaluate(automated, inputs::InputSet(all, {}), request_date());
    EXPECT_EQ(known.truth(row->when), Truth::kTrue) << "row " << row->id;
  }
  const auto denies = [](const policy::Row& row) { return row.action == "A3"; };
  EXPECT_EQ(static_cast<std::ptrdiff_t>(denying.size()),
            std::count_if(automated.rows.begin(), automated.rows.end(), denies));
}

TEST_P(Properties, NothingKnownNeverDenies) {
  std::vector<Input> all;
  for (const auto& definition : policy().catalog->inputs()) {
    all.push_back({definition.name, State::kUnknown, {}, {}, {}});
  }
  const auto action = [&] {
    return decision::evaluate_and_decide(policy(AdverseDeterminations::kAutomated), inputs::InputSet(all, {}),
                                         request_date())
        .decision.action;
  };
  EXPECT_EQ(action(), "A4");
  for (Input& input : all) {
    if (input.name != support::payer(GetParam().payer).code_input) continue;
    for (const std::string& code : values_.at(input.name)) {
      input.state = State::kKnown;
      input.value = code;
      EXPECT_EQ(action(), "A4") << code;
    }
  }
}

// Inputs that are not among the missing never change an unknown criterion, and each smallest set is of missing ones.
TEST_P(Properties, OnlyMissingInputsChangeAnUnknownCriterion) {
  std::size_t tried = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Input> all = any_inputs();
    const inputs::InputSet before(all, {});
    const auto evaluation = policy::evaluate(policy(), before, request_date());
    const policy::ConditionId clinical = policy().find_criterion("CLINICAL")->met;
    if (evaluation.truth(clinical) != Truth::kUnknown) continue;
    const auto missing = policy::missing_inputs(evaluation, clinical, before);
    EXPECT_FALSE(missing.empty());
    const auto sets = policy::sets_to_meet(evaluation, clinical, before);
    EXPECT_FALSE(sets.empty());
    for (const auto& set : sets) {
      for (const std::string& name : set) EXPECT_NE(std::find(missing.begin(), missing.end(), name), missing.end());
    }
    for (Input& input : all) {
      const bool counts = std::find(missing.begin(), missing.end(), input.name) != missing.end();
      if (!counts && can_learn(input) && !asks_whether_known(clinical, input.name)) learn(input);
    }
    EXPECT_EQ(evaluate(all).truth(clinical), Truth::kUnknown);
    ++tried;
  }
  EXPECT_GT(tried, 30U);
}

// A limit certifies less than was asked for, of an item that the table certifies in total, and nothing else.
TEST_P(Properties, LimitsOnlyModifyWhatIsCertified) {
  for (int round = 0; round < kRounds; ++round) {
    const inputs::InputSet inputs(any_inputs(), {});
    const auto decision = decision::evaluate_and_decide(policy(), inputs, request_date()).decision;
    EXPECT_EQ(decision.action == "A6", !decision.limits.empty());
    for (const decision::AppliedLimit& limit : decision.limits) {
      EXPECT_GT(std::stod(limit.requested), limit.most);
    }
  }
}

}  // namespace
}  // namespace pas
