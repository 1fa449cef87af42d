#include "adapter/service/timetable.h"

namespace pas::service {
namespace {

std::int64_t to_ms(std::chrono::milliseconds duration) {
  return duration.count();
}

}  // namespace

std::int64_t Timetable::due_ms(std::string_view priority, std::int64_t received_at_ms) const {
  return received_at_ms + to_ms(priority == "stat" ? expedited : standard);
}

std::vector<store::OutboxMessage> Timetable::reminders(std::int64_t due_ms) const {
  const auto message = [due_ms](std::string_view kind, std::int64_t at_ms) {
    store::OutboxMessage reminder;
    reminder.kind = kind;
    reminder.payload = std::to_string(due_ms);
    reminder.due_ms = at_ms;
    return reminder;
  };
  return {message(kDeadlineAlarm, due_ms - to_ms(alarm_before)), message(kDeadline, due_ms)};
}

}  // namespace pas::service
