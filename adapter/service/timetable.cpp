#include "adapter/service/timetable.h"

namespace pas::service {
std::int64_t Timetable::due_ms(std::string_view priority, std::int64_t received_at_ms) const {
  return received_at_ms + std::chrono::milliseconds(priority == "stat" ? expedited : standard).count();
}

std::vector<store::OutboxMessage> Timetable::reminders(std::int64_t due_ms) const {
  const auto message = [due_ms](std::string_view kind, std::int64_t at_ms) {
    store::OutboxMessage reminder;
    reminder.kind = kind;
    reminder.payload = std::to_string(due_ms);
    reminder.due_ms = at_ms;
    return reminder;
  };
  return {message(kDeadlineAlarm, due_ms - std::chrono::milliseconds(alarm_before).count()),
          message(kDeadline, due_ms)};
}

}  // namespace pas::service
