// What must hold of the HUSKY policy whatever the inputs: random inputs from a fixed seed.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "tests/mappings/decision/husky.h"

namespace pas {
namespace {

using base::Truth;
using inputs::Input;
using inputs::State;

constexpr int kRounds = 1500;

class Properties : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(husky().loaded());
    // The values that the cases give each input.
    const auto collect = [this](json::Node inputs) {
      for (const json::Node value : inputs) {
        if (value && !value.is_null() && !value["conflict"]) values_[std::string(value.key())].insert(value.to_json());
      }
    };
    for (const char* name : {"iron", "chemotherapy", "pain", "prolonged", "intermittent", "not-met"}) {
      collect(husky().situation(name));
    }
    husky().each_case([&](const std::string&, json::Node node) { collect(node["inputs"]); });
  }

  static const support::Husky& husky() {
    static const support::Husky policies;
    return policies;
  }

  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }

  std::string any_value(const std::string& name) {
    const auto& values = values_.at(name);
    return *std::next(values.begin(), static_cast<std::ptrdiff_t>(below(values.size())));
  }

  std::vector<Input> any_inputs() {
    std::vector<Input> all;
    for (const auto& definition : husky().catalog().inputs()) {
      Input input{definition.name, State::kUnknown, {}, {}, {}};
      const std::size_t chance = below(10);
      if (chance == 9) input.state = State::kConflict;
      if (chance < 6 && values_.contains(definition.name)) {
        input.state = State::kKnown;
        input.value = any_value(definition.name);
      }
      all.push_back(std::move(input));
    }
    return all;
  }

  std::mt19937 random_{20240201};
  std::map<std::string, std::set<std::string>> values_;
};

const base::Date kRequest = *base::parse_date("2026-03-10");

// Criteria that a newly known input may still turn, though it was unknown: D.1 takes a route that is not known for a
// parenteral one (policy page §2), and D and CLINICAL build on D.1.
bool may_turn(const std::string& input, const std::string& criterion) {
  return input == "drug.route" && (criterion == "D.1" || criterion == "D" || criterion == "CLINICAL");
}

TEST_F(Properties, MoreInformationNeverTurnsADecidedCriterion) {
  std::size_t decided = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Input> all = any_inputs();
    const policy::Policy& policy = husky().policy();
    const auto before = policy::evaluate(policy, inputs::InputSet(all, {}), kRequest);
    const std::size_t chosen = below(all.size());
    if (all[chosen].state == State::kKnown || !values_.contains(all[chosen].name)) continue;
    all[chosen].state = State::kKnown;
    all[chosen].value = any_value(all[chosen].name);
    const auto after = policy::evaluate(policy, inputs::InputSet(all, {}), kRequest);
    for (const policy::Criterion& criterion : policy.criteria) {
      const Truth was = before.truth(criterion.met);
      if (was == Truth::kUnknown || may_turn(all[chosen].name, criterion.id)) continue;
      ++decided;
      EXPECT_EQ(after.truth(criterion.met), was)
          << criterion.id << " turned when " << all[chosen].name << " became " << all[chosen].value;
    }
  }
  EXPECT_GT(decided, 1000U);
}

// A denial stands on what is known: whatever the unknown inputs turn out to be, the criterion that denies stays as it
// is. Rows before it may still take the item to a person (a pump that does not suit, a limited benefit).
TEST_F(Properties, NoDenialRestsOnWhatIsUnknown) {
  std::size_t denials = 0;
  for (int round = 0; round < 4 * kRounds; ++round) {
    std::vector<Input> all = any_inputs();
    const policy::Policy& policy = husky().policy(true);
    const auto first = support::decide(policy, inputs::InputSet(all, {}), kRequest);
    if (first.decision.action != "A3") continue;
    ++denials;
    if (first.decision.row == "1") {
      const auto covered =
          std::find_if(all.begin(), all.end(), [](const Input& input) { return input.name == "coverage.inForce"; });
      ASSERT_NE(covered, all.end());
      EXPECT_EQ(covered->value, "false");
      continue;
    }
    EXPECT_EQ(first.decision.row, "14");
    EXPECT_EQ(first.evaluation.truth_of_criterion("CLINICAL"), Truth::kFalse);
    for (Input& input : all) {
      if (input.state == State::kKnown || !values_.contains(input.name)) continue;
      input.state = State::kKnown;
      input.value = any_value(input.name);
    }
    const auto known = policy::evaluate(policy, inputs::InputSet(all, {}), kRequest);
    EXPECT_EQ(known.truth_of_criterion("CLINICAL"), Truth::kFalse);
  }
  EXPECT_GT(denials, 100U);
}

TEST_F(Properties, NothingKnownNeverDenies) {
  std::vector<Input> all;
  for (const auto& definition : husky().catalog().inputs())
    all.push_back({definition.name, State::kUnknown, {}, {}, {}});
  EXPECT_EQ(support::decide(husky().policy(true), inputs::InputSet(all, {}), kRequest).decision.row, "3");
  for (const std::string& code : values_.at("device.code")) {
    for (Input& input : all) {
      if (input.name != "device.code") continue;
      input.state = State::kKnown;
      input.value = code;
    }
    const auto decided = support::decide(husky().policy(true), inputs::InputSet(all, {}), kRequest);
    EXPECT_EQ(decided.decision.action, "A4") << code;
  }
}

// Answering all of one of the smallest sets in some way meets the criterion; inputs outside `missing` never change it.
TEST_F(Properties, OnlyMissingInputsChangeAnUnknownCriterion) {
  std::size_t tried = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<Input> all = any_inputs();
    const policy::Policy& policy = husky().policy();
    const inputs::InputSet before(all, {});
    const auto evaluation = policy::evaluate(policy, before, kRequest);
    const policy::ConditionId clinical = policy.find_criterion("CLINICAL")->met;
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
      if (input.state == State::kKnown || counts || may_turn(input.name, "CLINICAL")) continue;
      if (!values_.contains(input.name)) continue;
      input.state = State::kKnown;
      input.value = any_value(input.name);
    }
    EXPECT_EQ(policy::evaluate(policy, inputs::InputSet(all, {}), kRequest).truth(clinical), Truth::kUnknown);
    ++tried;
  }
  EXPECT_GT(tried, 100U);
}

TEST_F(Properties, TheSameInputsGiveTheSameRecord) {
  for (int round = 0; round < 100; ++round) {
    const inputs::InputSet inputs(any_inputs(), {});
    const auto first = support::decide(husky().policy(), inputs, kRequest);
    const auto second = support::decide(husky().policy(), inputs, kRequest);
    EXPECT_EQ(decision::to_json(first.evaluation, inputs, first.decision),
              decision::to_json(second.evaluation, inputs, second.decision));
  }
}

}  // namespace
}  // namespace pas
