#include "adapter/cli/durations.h"

#include <charconv>
#include <string_view>

namespace pas::cli {
namespace {

std::optional<std::chrono::seconds> unit_of(std::string_view text) {
  if (text == "s") return std::chrono::seconds{1};
  if (text == "m") return std::chrono::minutes{1};
  if (text == "h") return std::chrono::hours{1};
  if (text == "d") return std::chrono::days{1};
  return std::nullopt;
}

std::string in_days_or_seconds(std::chrono::seconds time) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  return days == time ? std::to_string(days.count()) + "d" : std::to_string(time.count()) + "s";
}

}  // namespace

std::optional<std::chrono::seconds> parse_duration(const std::string& text, const DurationRange& range) {
  int count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const auto unit = unit_of(std::string_view(text).substr(static_cast<std::size_t>(end - text.data())));
  if (error != std::errc() || !unit || count < 1 || count > range.longest / *unit) return std::nullopt;
  const std::chrono::seconds time = count * *unit;
  return time < range.shortest ? std::nullopt : std::optional(time);
}

CLI::Validator duration_check(const DurationRange& range) {
  return {[range](const std::string& text) {
            return parse_duration(text, range)
                       ? std::string()
                       : "a number of s, m, h or d, from " + in_days_or_seconds(range.shortest) + " up to " +
                             in_days_or_seconds(range.longest) + ", is wanted (72h), not " + text;
          },
          ""};
}

}  // namespace pas::cli
