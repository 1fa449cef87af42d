#pragma once
// Spares a backend that fails: after so many failures in a row nobody is let through for a while, then one at a time
// until one succeeds. Any thread.

#include <chrono>
#include <mutex>

namespace pas::gateway {

class Circuit {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Whether to try now. Each true is followed by one note().
  bool may_try(TimePoint now);
  void note(bool succeeded, TimePoint now);
  // From the last of so many failures until one succeeds.
  bool is_open() const;

 private:
  static constexpr int kMostFailures = 5;
  static constexpr std::chrono::seconds kRest{10};

  mutable std::mutex mutex_;
  int failures_ = 0;  // in a row
  TimePoint closed_until_{};
  bool is_on_trial_ = false;
};

}  // namespace pas::gateway
