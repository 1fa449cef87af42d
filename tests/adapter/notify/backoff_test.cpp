#include "adapter/notify/backoff.h"

#include <gtest/gtest.h>

namespace pas {
namespace {

TEST(Backoff, GrowsAndEndsAfterHours) {
  const notify::Backoff middle([] { return 0.5; });
  std::int64_t total = 0;
  int attempt = 1;
  for (; const auto delay = middle.delay_ms(attempt); ++attempt) total += *delay;
  EXPECT_EQ(middle.delay_ms(1), 1'000);
  EXPECT_EQ(middle.delay_ms(2), 2'000);
  EXPECT_EQ(middle.delay_ms(3), 5'000);
  EXPECT_EQ(middle.delay_ms(4), 15'000);
  EXPECT_EQ(middle.delay_ms(5), 60'000);
  EXPECT_EQ(middle.delay_ms(6), 300'000);
  EXPECT_EQ(attempt, notify::kMostAttempts);
  EXPECT_GT(total, 3 * 3'600'000);
  EXPECT_LT(total, 5 * 3'600'000);
}

TEST(Backoff, JitterIsAFifthEitherWay) {
  EXPECT_EQ(notify::Backoff([] { return 0.0; }).delay_ms(1), 800);
  EXPECT_EQ(notify::Backoff([] { return 0.999999; }).delay_ms(1), 1'199);
  const auto delay = notify::Backoff::with_random_jitter().delay_ms(6);
  ASSERT_TRUE(delay);
  EXPECT_GE(*delay, 240'000);
  EXPECT_LE(*delay, 360'000);
}

}  // namespace
}  // namespace pas
