#include "adapter/notify/backoff.h"

#include <algorithm>
#include <array>
#include <random>

namespace pas::notify {

Backoff Backoff::with_random_jitter() {
  return Backoff([] {
    thread_local std::mt19937 random{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(random);
  });
}

std::optional<std::int64_t> Backoff::delay_ms(int attempt) const {
  constexpr std::array<int, 6> kSeconds = {1, 2, 5, 15, 60, 300};
  if (attempt >= kMostAttempts) return std::nullopt;
  const auto place = static_cast<std::size_t>(std::max(attempt, 1) - 1);
  const int seconds = kSeconds[std::min(place, kSeconds.size() - 1)];
  return static_cast<std::int64_t>(seconds * 1000 * (0.8 + 0.4 * random_()));
}

}  // namespace pas::notify
