#pragma once
// Calendar days, for rules that count in days, months and years (policy page §2: the boundary day counts).
// FHIRPath's partial dates and times are another thing and live in fhir/fhirpath.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace pas::base {

using Date = std::chrono::year_month_day;  // always a valid day here

// The calendar day that a FHIR date, dateTime or instant names in its own offset; nothing when it is only a year or
// month, or not a real day. Reads the first ten characters and requires the end, 'T' after them.
std::optional<Date> parse_date(std::string_view text);

std::string to_string(Date date);  // YYYY-MM-DD

// The same day of the month `months` later (or earlier, if negative); the month's last day where there is no such day:
// 2024-02-29 less twelve months is 2023-02-28.
Date add_months(Date date, int months);
Date add_days(Date date, int days);

// Whole years from `birth` to `on`: the age. Someone born on 29 February turns a year older on 1 March of other years.
int years_between(Date birth, Date on);

// Months begun from `first` to `last`, both included: 2026-03-10 to 2026-06-09 is 3, to 2026-06-10 is 4.
// Zero when `last` is before `first`.
int months_begun(Date first, Date last);

// The UTC day of an instant, and the instant as FHIR writes it (2026-03-10T08:15:30.123Z).
Date utc_date(std::chrono::system_clock::time_point instant);
std::string to_instant(std::chrono::system_clock::time_point instant);

// A FHIR instant (seconds and an offset are there), to the millisecond; nothing when it is not one.
std::optional<std::chrono::system_clock::time_point> parse_instant(std::string_view text);

}  // namespace pas::base
