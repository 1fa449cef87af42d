#include "fhir/base/calendar.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace pas::base {
namespace {

std::optional<int> digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::optional<Date> parse_date(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  if (text.size() > 10 && text[10] != 'T') return std::nullopt;
  const auto year = digits(text.substr(0, 4));
  const auto month = digits(text.substr(5, 2));
  const auto day = digits(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const Date date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                  std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return date;
}

std::string to_string(Date date) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()) % 10000,
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text.data();
}

Date add_months(Date date, int months) {
  const Date moved = date + std::chrono::months{months};
  if (moved.ok()) return moved;
  return moved.year() / moved.month() / std::chrono::last;
}

Date add_days(Date date, int days) {
  return std::chrono::sys_days{date} + std::chrono::days{days};
}

int years_between(Date birth, Date on) {
  int years = static_cast<int>(on.year()) - static_cast<int>(birth.year());
  if (on.month() < birth.month() || (on.month() == birth.month() && on.day() < birth.day())) --years;
  return years;
}

int months_begun(Date first, Date last) {
  if (last < first) return 0;
  int months = (static_cast<int>(last.year()) - static_cast<int>(first.year())) * 12 +
               static_cast<int>(static_cast<unsigned>(last.month())) -
               static_cast<int>(static_cast<unsigned>(first.month()));
  // Month n+1 begins n months after the first day, so its first day is already inside it.
  while (months > 0 && add_months(first, months) > last) --months;
  return months + 1;
}

Date utc_date(std::chrono::system_clock::time_point instant) {
  return std::chrono::floor<std::chrono::days>(instant);
}

std::string to_instant(std::chrono::system_clock::time_point instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::milliseconds>(instant - day)};
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "T%02d:%02d:%02d.%03dZ", static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return to_string(Date{day}) + text.data();
}

std::optional<std::chrono::system_clock::time_point> parse_instant(std::string_view text) {
  using std::chrono::milliseconds;
  const auto date = parse_date(text);
  if (!date || text.size() < 20 || text[13] != ':' || text[16] != ':') return std::nullopt;
  const auto hour = digits(text.substr(11, 2));
  const auto minute = digits(text.substr(14, 2));
  const auto second = digits(text.substr(17, 2));
  if (!hour || *hour > 23 || !minute || *minute > 59 || !second || *second > 59) return std::nullopt;
  auto instant = std::chrono::sys_days{*date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
                 std::chrono::seconds{*second} + milliseconds{0};
  text.remove_prefix(19);
  if (text.front() == '.') {
    const auto end = std::min(text.find_first_not_of("0123456789", 1), text.size());
    if (end == 1) return std::nullopt;
    const std::string fraction = std::string(text.substr(1, end - 1)) + "00";
    instant += milliseconds{*digits(std::string_view(fraction).substr(0, 3))};
    text.remove_prefix(end);
  }
  if (text == "Z") return instant;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const auto hours = digits(text.substr(1, 2));
  const auto minutes = digits(text.substr(4, 2));
  if (!hours || *hours > 14 || !minutes || *minutes > 59) return std::nullopt;
  const auto offset = std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
  return text[0] == '+' ? instant - offset : instant + offset;
}

}  // namespace pas::base
