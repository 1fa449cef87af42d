#include "fhir/base/truth.h"

#include <gtest/gtest.h>

namespace pas {
namespace {

using base::Truth;
constexpr Truth F = Truth::kFalse;
constexpr Truth U = Truth::kUnknown;
constexpr Truth T = Truth::kTrue;

TEST(Truth, NineCellTables) {
  constexpr Truth values[] = {F, U, T};
  constexpr Truth conjunction[3][3] = {{F, F, F}, {F, U, U}, {F, U, T}};
  constexpr Truth disjunction[3][3] = {{F, U, T}, {U, U, T}, {T, T, T}};
  for (int a = 0; a < 3; ++a) {
    for (int b = 0; b < 3; ++b) {
      EXPECT_EQ(values[a] & values[b], conjunction[a][b]);
      EXPECT_EQ(values[a] | values[b], disjunction[a][b]);
    }
  }
  EXPECT_EQ(!F, T);
  EXPECT_EQ(!U, U);
  EXPECT_EQ(!T, F);
}

}  // namespace
}  // namespace pas
