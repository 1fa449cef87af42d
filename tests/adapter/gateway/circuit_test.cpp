#include "adapter/gateway/circuit.h"

#include <gtest/gtest.h>

#include "adapter/gateway/via.h"

namespace pas {
namespace {

using std::chrono::seconds;

TEST(Circuit, OpensAfterFiveFailuresInARowAndTriesOneAtATime) {
  gateway::Circuit circuit;
  const gateway::Circuit::TimePoint start{};
  const auto fail = [&](int times, seconds at) {
    for (int i = 0; i < times; ++i) {
      ASSERT_TRUE(circuit.may_try(start + at));
      circuit.note(false, start + at);
    }
  };
  fail(4, seconds(0));
  EXPECT_TRUE(circuit.may_try(start));
  circuit.note(true, start);  // the count begins again
  fail(4, seconds(0));
  EXPECT_FALSE(circuit.is_open());
  fail(1, seconds(0));
  EXPECT_TRUE(circuit.is_open());
  EXPECT_FALSE(circuit.may_try(start + seconds(9)));
  EXPECT_TRUE(circuit.may_try(start + seconds(10)));
  EXPECT_FALSE(circuit.may_try(start + seconds(10))) << "one trial at a time";
  circuit.note(false, start + seconds(10));
  EXPECT_TRUE(circuit.is_open());
  EXPECT_FALSE(circuit.may_try(start + seconds(19)));
  EXPECT_TRUE(circuit.may_try(start + seconds(20)));
  circuit.note(true, start + seconds(20));
  EXPECT_FALSE(circuit.is_open());
  EXPECT_TRUE(circuit.may_try(start + seconds(20)));
  EXPECT_TRUE(circuit.may_try(start + seconds(20)));
}

TEST(Via, KnowsACircle) {
  EXPECT_EQ(gateway::via_with("", "elm"), "1.1 elm");
  const std::string two = gateway::via_with("1.1 elm", "oak");
  EXPECT_EQ(two, "1.1 elm, 1.1 oak");
  EXPECT_TRUE(gateway::is_loop(two, "elm"));
  EXPECT_TRUE(gateway::is_loop("HTTP/1.1 oak (a comment)", "oak"));
  EXPECT_FALSE(gateway::is_loop(two, "ash"));
  EXPECT_FALSE(gateway::is_loop("1.1 elm-2", "elm"));
  EXPECT_FALSE(gateway::is_loop("", "elm"));
  std::string many;
  for (int i = 0; i < gateway::kMostHops; ++i) many = gateway::via_with(many, "p" + std::to_string(i));
  EXPECT_FALSE(gateway::is_loop(many, "elm"));
  EXPECT_TRUE(gateway::is_loop(gateway::via_with(many, "p"), "elm")) << "too many hops";
}

}  // namespace
}  // namespace pas
