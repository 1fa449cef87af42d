#include "adapter/cli/deadlines.h"

#include <charconv>
#include <chrono>
#include <optional>

namespace pas::cli {
namespace {

constexpr std::chrono::seconds kLongest = std::chrono::days{365};

std::optional<std::chrono::seconds> unit_of(std::string_view text) {
  if (text == "s") return std::chrono::seconds{1};
  if (text == "m") return std::chrono::minutes{1};
  if (text == "h") return std::chrono::hours{1};
  if (text == "d") return std::chrono::days{1};
  return std::nullopt;
}

// "72h"; nothing for anything else, and for what is not between a second and a year.
std::optional<std::chrono::seconds> parse_time(const std::string& text) {
  int count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const auto unit = unit_of(std::string_view(text).substr(static_cast<std::size_t>(end - text.data())));
  if (error != std::errc() || !unit || count < 1 || count > kLongest / *unit) return std::nullopt;
  return count * *unit;
}

std::string check_time(const std::string& text) {
  return parse_time(text) ? "" : "a number of s, m, h or d, up to 365d, is wanted (72h), not " + text;
}

}  // namespace

void add_deadline_options(CLI::App& command, DeadlineOptions& options) {
  const auto add_time = [&command](const char* name, std::string& time, const char* description) {
    command.add_option(name, time, description)->check(CLI::Validator(check_time, ""))->capture_default_str();
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
  return {.standard = *parse_time(options.standard),
          .expedited = *parse_time(options.expedited),
          .alarm_before = *parse_time(options.alarm_before)};
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
    const auto outcome = cases.pass_deadline(message.case_id, std::stoll(message.payload));
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
    const auto outcome = cases.follow_script(message.case_id, message.payload);
    const auto* error = std::get_if<base::Error>(&outcome);
    return error == nullptr ? notify::Handled{}
                            : notify::Handled{.outcome = store::Outcome::kRetry, .result = error->message};
  });
}

}  // namespace pas::cli
