#include "adapter/cli/deadlines.h"

#include <chrono>

#include "adapter/cli/durations.h"

namespace pas::cli {
namespace {

constexpr DurationRange kRange{std::chrono::seconds{1}, std::chrono::days{365}};

}  // namespace

void add_deadline_options(CLI::App& command, DeadlineOptions& options) {
  const auto add_time = [&command](const char* name, std::string& time, const char* description) {
    command.add_option(name, time, description)->check(duration_check(kRange))->capture_default_str();
  };
  add_time("--decide-within", options.standard, "Deadline of a pended request: a number of s, m, h or d");
  add_time("--decide-expedited-within", options.expedited, "The same, of a request whose priority is stat");
  add_time("--alarm-before-deadline", options.alarm_before, "When before the deadline the log warns of it");
  command
      .add_flag("--deny-at-deadline", options.deny,
                "At its deadline, deny what waits for information; else it stays pended, and late")
      ->default_str("false");
}

service::Timetable timetable_of(const DeadlineOptions& options) {
  return {.standard = *parse_duration(options.standard, kRange),
          .expedited = *parse_duration(options.expedited, kRange),
          .alarm_before = *parse_duration(options.alarm_before, kRange)};
}

void register_case_messages(notify::OutboxWorker& worker, const service::CaseService& cases, const store::Store& store,
                            observe::Log& log) {
  worker.register_handler(std::string(service::kDeadlineAlarm), [&store, &log](const store::OutboxMessage& message) {
    const auto found = store.find_case(message.case_id);
    if (!found) return notify::Handled{.outcome = store::Outcome::kRetry, .result = found.error().message};
    const bool waits = *found && (*found)->status == store::Status::kPended && (*found)->replaced_by.empty();
    if (waits) log.write(observe::Severity::kWarning, "service.deadline_near", {}, {{"case", message.case_id}});
    return notify::Handled{};
  });
  worker.register_handler(std::string(service::kDeadline), [&cases, &log](const store::OutboxMessage& message) {
    const auto outcome = cases.pass_deadline(message.case_id, std::stoll(message.payload), message.origin);
    if (const auto* error = std::get_if<base::Error>(&outcome)) {
      return notify::Handled{.outcome = store::Outcome::kRetry, .result = error->message};
    }
    const auto& record = std::get<service::Revised>(outcome).record;
    if (record.status == store::Status::kPended && record.replaced_by.empty()) {
      log.write(observe::Severity::kError, "service.deadline_passed", {}, {{"case", message.case_id}});
    }
    return notify::Handled{};
  });
  worker.register_handler(std::string(service::kScriptedMessage), [&cases](const store::OutboxMessage& message) {
    const auto outcome = cases.follow_script(message.case_id, message.payload, message.origin);
    const auto* error = std::get_if<base::Error>(&outcome);
    return error == nullptr ? notify::Handled{}
                            : notify::Handled{.outcome = store::Outcome::kRetry, .result = error->message};
  });
}

}  // namespace pas::cli
