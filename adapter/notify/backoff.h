#pragma once
// How long to wait before the next try: 1, 2, 5, 15, 60 seconds, then every five minutes, each a fifth more or less so
// that many do not come at once. After kMostAttempts, about four hours, there is none. Any thread, if `random` may be.

#include <cstdint>
#include <functional>
#include <optional>

namespace pas::notify {

inline constexpr int kMostAttempts = 52;

class Backoff {
 public:
  // `random` gives numbers of [0, 1).
  explicit Backoff(std::function<double()> random) : random_(std::move(random)) {}
  static Backoff with_random_jitter();

  // After `attempt` failed, the first being 1.
  std::optional<std::int64_t> delay_ms(int attempt) const;

 private:
  std::function<double()> random_;
};

}  // namespace pas::notify
