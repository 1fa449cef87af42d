#include "adapter/cli/retention_options.h"

#include "adapter/cli/durations.h"

namespace pas::cli {
namespace {

// No shorter than an idempotency key is remembered.
constexpr DurationRange kAge{std::chrono::days{1}, std::chrono::days{36'500}};

}  // namespace

CLI::Option* add_retention_option(CLI::App& command, const char* name, std::string& age, const char* description) {
  return command.add_option(name, age, description)->check(duration_check(kAge));
}

std::chrono::seconds retention_age(const std::string& age) {
  return *parse_duration(age, kAge);
}

}  // namespace pas::cli
