#pragma once
// The time until which a request's answer is waited for: the client has been told 503 by then.

#include <chrono>

#include "fhir/base/result.h"

namespace pas::service {

using Deadline = std::chrono::steady_clock::time_point;

inline constexpr Deadline kNoDeadline = Deadline::max();

// kTimeout once it has passed; asked before what lasts, and last before a commit, so that nothing is stored then.
inline base::Result<void> in_time(Deadline deadline) {
  if (std::chrono::steady_clock::now() < deadline) return {};
  return base::Error{base::ErrorCode::kTimeout, "the request's deadline has passed"};
}

}  // namespace pas::service
