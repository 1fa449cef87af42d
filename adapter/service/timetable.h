#pragma once
// When a pended case must be decided (CMS-0057-F: seven calendar days, expedited 72 hours), and the messages that
// remind of it. Values; any thread.

#include <chrono>
#include <string_view>
#include <vector>

#include "adapter/store/outbox.h"

namespace pas::service {

inline constexpr std::string_view kDeadlineAlarm = "deadline-alarm";  // some time before it
inline constexpr std::string_view kDeadline = "deadline";             // it has come

struct Timetable {
  std::chrono::seconds standard = std::chrono::days{7};
  std::chrono::seconds expedited = std::chrono::hours{72};
  std::chrono::seconds alarm_before = std::chrono::hours{24};

  // `priority` is Claim.priority's code: "stat" is expedited.
  std::int64_t due_ms(std::string_view priority, std::int64_t received_at_ms) const;
  // For the outbox, with the case: the alarm and the deadline itself.
  std::vector<store::OutboxMessage> reminders(std::int64_t due_ms) const;
};

}  // namespace pas::service
