#include "mappings/inputs/input_set.h"

#include <gtest/gtest.h>

namespace pas {
namespace {

using inputs::Input;
using inputs::State;

inputs::InputSet set_of(std::vector<Input> list) {
  return {std::move(list), {}};
}

TEST(InputSet, NestsNamesAndLeavesOutWhatIsNotKnown) {
  const auto set = set_of({{"device.code", State::kKnown, R"("E0781")", {}, ""},
                           {"device.rental.months", State::kUnknown, "", {}, ""},
                           {"member.age", State::kConflict, "", {}, "disagree"},
                           {"answers.pump-necessary", State::kKnown, "true", {}, ""}});
  EXPECT_EQ(set.to_json(), R"({"device":{"code":"E0781"},"answers":{"pump-necessary":true}})");
  EXPECT_EQ(set.find("member.age")->state, State::kConflict);
  EXPECT_EQ(set.find("member"), nullptr);
}

TEST(InputSet, PutsANameThatBeginsOthersUnderValue) {
  const auto drug = [](State own, State other) {
    return set_of({{"drug", own, own == State::kKnown ? "[1]" : "", {}, ""},
                   {"drug.class", other, other == State::kKnown ? R"("x")" : "", {}, ""}})
        .to_json();
  };
  EXPECT_EQ(drug(State::kKnown, State::kKnown), R"({"drug":{"value":[1],"class":"x"}})");
  EXPECT_EQ(drug(State::kKnown, State::kUnknown), R"({"drug":{"value":[1]}})");
  EXPECT_EQ(drug(State::kUnknown, State::kKnown), R"({"drug":{"class":"x"}})");
  EXPECT_EQ(drug(State::kUnknown, State::kUnknown), "{}");
}

TEST(InputSet, IsAnEmptyObjectWithoutInputs) {
  EXPECT_EQ(inputs::InputSet().to_json(), "{}");
}

}  // namespace
}  // namespace pas
