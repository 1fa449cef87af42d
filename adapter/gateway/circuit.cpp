#include "adapter/gateway/circuit.h"

namespace pas::gateway {

bool Circuit::may_try(TimePoint now) {
  const std::scoped_lock lock(mutex_);
  if (failures_ < kMostFailures) return true;
  if (now < closed_until_ || is_on_trial_) return false;
  is_on_trial_ = true;
  return true;
}

void Circuit::note(bool succeeded, TimePoint now) {
  const std::scoped_lock lock(mutex_);
  is_on_trial_ = false;
  failures_ = succeeded ? 0 : failures_ + 1;
  if (failures_ >= kMostFailures) closed_until_ = now + kRest;
}

bool Circuit::is_open() const {
  const std::scoped_lock lock(mutex_);
  return failures_ >= kMostFailures;
}

}  // namespace pas::gateway
