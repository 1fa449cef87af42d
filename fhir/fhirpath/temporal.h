#pragma once
// Partial dates, dateTimes and times (FHIRPath 2.0.0, Literals and Date/Time Arithmetic): a value with the precision
// and the time zone that it was written with. Comparison answers nothing where precision or zone leaves it open.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/calendar.h"

namespace pas::fhirpath {

inline constexpr std::int64_t kNanosOfMilli = 1'000'000;
inline constexpr std::int64_t kNanosOfSecond = 1'000'000'000;

class Temporal {
 public:
  enum class Type : std::uint8_t { kDate, kDateTime, kTime };
  // Seconds and their decimals are one precision, as the specification has it.
  enum class Precision : std::uint8_t { kYear, kMonth, kDay, kHour, kMinute, kSecond };

  // 2015, 2015-02, 2015-02-04. Nothing for another form or a day that the calendar does not have.
  static std::optional<Temporal> parse_date(std::string_view text);
  // A date, optionally with 'T' and a time down to any precision and an offset (Z, +10:00) after it. A 'T' at the end
  // of a date is for literals (`allow_bare_t`). Digits below the nanosecond are refused.
  static std::optional<Temporal> parse_date_time(std::string_view text, bool allow_bare_t = false);
  // 14, 14:34, 14:34:28, 14:34:28.123.
  static std::optional<Temporal> parse_time(std::string_view text);

  static Temporal of(base::Date day);
  static Temporal date_time(std::chrono::system_clock::time_point instant);  // UTC, to the millisecond

  Type type() const { return type_; }
  Precision precision() const { return precision_; }
  int fraction_digits() const { return fraction_digits_; }
  std::optional<int> offset_minutes() const;

  int year() const { return year_; }
  int month() const { return month_; }
  int day() const { return day_; }
  int hour() const { return hour_; }
  int minute() const { return minute_; }
  int second() const { return second_; }
  std::int32_t nanosecond() const { return nanosecond_; }

  std::string to_string() const;  // without '@' and the literal's 'T'

  Temporal date_part() const;     // of a date or dateTime: the date, to the day at most
  Temporal as_date_time() const;  // of a date
  Temporal time_part() const;     // of a dateTime with a time

  // Digits of the precision: 4, 6, 8 for dates, to 17 for milliseconds; 2 to 9 for a time (FHIRPath 3.0.0 precision()).
  int precision_digits() const;
  // The earliest or latest value at that many digits; nothing when the digits name no precision of the type.
  std::optional<Temporal> low_boundary(int digits) const;
  std::optional<Temporal> high_boundary(int digits) const;

  enum class Unit : std::uint8_t { kYear, kMonth, kWeek, kDay, kHour, kMinute, kSecond, kMillisecond };
  // `amount` whole units later (or earlier). A unit finer than the precision is first turned into the precision's own,
  // with 12 months, 365 or 30 days, 24 hours… and only whole ones counted. A time wraps at midnight. Nothing when the
  // year leaves 1…9999, or a time is to move by days or more.
  std::optional<Temporal> plus(std::int64_t amount, Unit unit) const;

  // -1, 0, 1; nothing when the answer depends on what the values do not say. Types that cannot be compared (a time with
  // a date) are the caller's to refuse.
  friend std::optional<int> compare(const Temporal& left, const Temporal& right);
  // Same precision and same value (FHIRPath ~).
  friend bool equivalent(const Temporal& left, const Temporal& right);

  // Equal values have equal hashes.
  std::size_t hash() const;

 private:
  friend class TemporalReader;
  static constexpr std::int16_t kNoOffset = INT16_MIN;

  bool has_time() const { return precision_ > Precision::kDay; }
  std::int64_t local_seconds() const;
  void set_local_seconds(std::int64_t seconds);
  std::optional<Temporal> boundary(int digits, bool high) const;

  std::int16_t year_ = 1;
  std::uint8_t month_ = 1;
  std::uint8_t day_ = 1;
  std::uint8_t hour_ = 0;
  std::uint8_t minute_ = 0;
  std::uint8_t second_ = 0;
  Type type_ = Type::kDate;
  std::int32_t nanosecond_ = 0;
  std::int16_t offset_ = kNoOffset;  // minutes east of UTC
  Precision precision_ = Precision::kYear;
  std::uint8_t fraction_digits_ = 0;
};

static_assert(sizeof(Temporal) == 16);

std::optional<int> compare(const Temporal& left, const Temporal& right);
bool equivalent(const Temporal& left, const Temporal& right);

}  // namespace pas::fhirpath
