#include "fhir/fhirpath/temporal.h"

#include <algorithm>

namespace pas::fhirpath {
namespace {

constexpr std::int64_t kSecondsOfMinute = 60;
constexpr std::int64_t kSecondsOfHour = 3600;
constexpr std::int64_t kSecondsOfDay = 86'400;

void append_padded(std::string& text, int value, int width) {
  const std::string digits = std::to_string(value);
  text.append(static_cast<std::size_t>(std::max(0, width - static_cast<int>(digits.size()))), '0');
  text += digits;
}

std::chrono::year_month_day civil(int year, int month, int day) {
  return std::chrono::year(year) / std::chrono::month(static_cast<unsigned>(month)) /
         std::chrono::day(static_cast<unsigned>(day));
}

int last_day(int year, int month) {
  return static_cast<int>(static_cast<unsigned>(
      (std::chrono::year(year) / std::chrono::month(static_cast<unsigned>(month)) / std::chrono::last).day()));
}

}  // namespace

// Reads fixed-width numbers from the front of a text.
class TemporalReader {
 public:
  explicit TemporalReader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool skip(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool number(int width, int low, int high, int& value) {
    if (rest_.size() < static_cast<std::size_t>(width)) return false;
    value = 0;
    for (int i = 0; i < width; ++i) {
      const char c = rest_[static_cast<std::size_t>(i)];
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(static_cast<std::size_t>(width));
    return value >= low && value <= high;
  }

  bool date(Temporal& to) {
    int value = 0;
    if (!number(4, 1, 9999, value)) return false;
    to.year_ = static_cast<std::int16_t>(value);
    to.precision_ = Temporal::Precision::kYear;
    if (!skip('-')) return true;
    if (!number(2, 1, 12, value)) return false;
    to.month_ = static_cast<std::uint8_t>(value);
    to.precision_ = Temporal::Precision::kMonth;
    if (!skip('-')) return true;
    if (!number(2, 1, last_day(to.year_, to.month_), value)) return false;
    to.day_ = static_cast<std::uint8_t>(value);
    to.precision_ = Temporal::Precision::kDay;
    return true;
  }

  bool time(Temporal& to) {
    int value = 0;
    if (!number(2, 0, 23, value)) return false;
    to.hour_ = static_cast<std::uint8_t>(value);
    to.precision_ = Temporal::Precision::kHour;
    if (!skip(':')) return true;
    if (!number(2, 0, 59, value)) return false;
    to.minute_ = static_cast<std::uint8_t>(value);
    to.precision_ = Temporal::Precision::kMinute;
    if (!skip(':')) return true;
    if (!number(2, 0, 60, value)) return false;  // 60: FHIR's leap second
    to.second_ = static_cast<std::uint8_t>(value);
    to.precision_ = Temporal::Precision::kSecond;
    if (!skip('.')) return true;
    std::int32_t unit = kNanosOfSecond;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      if (to.fraction_digits_ == 9) return false;
      unit /= 10;
      to.nanosecond_ += unit * (rest_.front() - '0');
      ++to.fraction_digits_;
      rest_.remove_prefix(1);
    }
    return to.fraction_digits_ > 0;
  }

  bool offset(Temporal& to) {
    if (skip('Z')) {
      to.offset_ = 0;
      return true;
    }
    const bool west = !rest_.empty() && rest_.front() == '-';
    if (!skip('+') && !skip('-')) return true;
    int hours = 0;
    int minutes = 0;
    if (!number(2, 0, 14, hours) || !skip(':') || !number(2, 0, 59, minutes)) return false;
    to.offset_ = static_cast<std::int16_t>((west ? -1 : 1) * (hours * 60 + minutes));
    return true;
  }

 private:
  std::string_view rest_;
};

std::optional<Temporal> Temporal::parse_date(std::string_view text) {
  Temporal value;
  TemporalReader reader(text);
  if (!reader.date(value) || !reader.at_end()) return std::nullopt;
  return value;
}

std::optional<Temporal> Temporal::parse_date_time(std::string_view text, bool allow_bare_t) {
  Temporal value;
  value.type_ = Type::kDateTime;
  TemporalReader reader(text);
  if (!reader.date(value)) return std::nullopt;
  if (reader.at_end()) return value;
  if (!reader.skip('T')) return std::nullopt;
  if (reader.at_end()) return allow_bare_t ? std::optional(value) : std::nullopt;
  if (value.precision_ != Precision::kDay || !reader.time(value) || !reader.offset(value) || !reader.at_end()) {
    return std::nullopt;
  }
  return value;
}

std::optional<Temporal> Temporal::parse_time(std::string_view text) {
  Temporal value;
  value.type_ = Type::kTime;
  TemporalReader reader(text);
  if (!reader.time(value) || !reader.at_end()) return std::nullopt;
  return value;
}

Temporal Temporal::of(base::Date day) {
  Temporal value;
  value.year_ = static_cast<std::int16_t>(static_cast<int>(day.year()));
  value.month_ = static_cast<std::uint8_t>(static_cast<unsigned>(day.month()));
  value.day_ = static_cast<std::uint8_t>(static_cast<unsigned>(day.day()));
  value.precision_ = Precision::kDay;
  return value;
}

Temporal Temporal::date_time(std::chrono::system_clock::time_point instant) {
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(instant.time_since_epoch()).count();
  const std::int64_t seconds = millis >= 0 ? millis / 1000 : (millis - 999) / 1000;
  Temporal value;
  value.type_ = Type::kDateTime;
  value.precision_ = Precision::kSecond;
  value.offset_ = 0;
  value.fraction_digits_ = 3;
  value.set_local_seconds(seconds);
  value.nanosecond_ = static_cast<std::int32_t>((millis - seconds * 1000) * kNanosOfMilli);
  return value;
}

std::optional<int> Temporal::offset_minutes() const {
  return offset_ == kNoOffset ? std::nullopt : std::optional<int>(offset_);
}

std::string Temporal::to_string() const {
  std::string text;
  if (type_ != Type::kTime) {
    append_padded(text, year_, 4);
    if (precision_ >= Precision::kMonth) append_padded(text += '-', month_, 2);
    if (precision_ >= Precision::kDay) append_padded(text += '-', day_, 2);
    if (has_time()) text += 'T';
  }
  if (!has_time()) return text;
  append_padded(text, hour_, 2);
  if (precision_ >= Precision::kMinute) append_padded(text += ':', minute_, 2);
  if (precision_ >= Precision::kSecond) append_padded(text += ':', second_, 2);
  if (fraction_digits_ > 0) {
    std::string digits;
    append_padded(digits, nanosecond_, 9);
    text += '.' + digits.substr(0, fraction_digits_);
  }
  if (offset_ == 0) return text + 'Z';
  if (offset_ != kNoOffset) {
    const int minutes = std::abs(offset_);
    append_padded(text += offset_ < 0 ? '-' : '+', minutes / 60, 2);
    append_padded(text += ':', minutes % 60, 2);
  }
  return text;
}

Temporal Temporal::date_part() const {
  Temporal value;
  value.year_ = year_;
  value.month_ = month_;
  value.day_ = day_;
  value.precision_ = std::min(precision_, Precision::kDay);
  return value;
}

Temporal Temporal::as_date_time() const {
  Temporal value = *this;
  value.type_ = Type::kDateTime;
  return value;
}

Temporal Temporal::time_part() const {
  Temporal value = *this;
  value.type_ = Type::kTime;
  value.year_ = 1;
  value.month_ = value.day_ = 1;
  value.offset_ = kNoOffset;
  return value;
}

std::int64_t Temporal::local_seconds() const {
  const auto days = std::chrono::sys_days(civil(year_, month_, day_)).time_since_epoch().count();
  return std::int64_t{days} * kSecondsOfDay + hour_ * kSecondsOfHour + minute_ * kSecondsOfMinute + second_;
}

void Temporal::set_local_seconds(std::int64_t seconds) {
  std::int64_t days = seconds / kSecondsOfDay;
  std::int64_t rest = seconds % kSecondsOfDay;
  if (rest < 0) {
    rest += kSecondsOfDay;
    --days;
  }
  const std::chrono::year_month_day day{std::chrono::sys_days(std::chrono::days(days))};
  year_ = static_cast<std::int16_t>(static_cast<int>(day.year()));
  month_ = static_cast<std::uint8_t>(static_cast<unsigned>(day.month()));
  day_ = static_cast<std::uint8_t>(static_cast<unsigned>(day.day()));
  hour_ = static_cast<std::uint8_t>(rest / kSecondsOfHour);
  minute_ = static_cast<std::uint8_t>(rest / kSecondsOfMinute % 60);
  second_ = static_cast<std::uint8_t>(rest % 60);
}

std::optional<int> compare(const Temporal& left, const Temporal& right) {
  using Precision = Temporal::Precision;
  const auto sign = [](auto a, auto b) { return a < b ? -1 : (a > b ? 1 : 0); };
  Temporal a = left;
  Temporal b = right;
  if (a.has_time() && b.has_time() && a.type_ != Temporal::Type::kTime) {
    const bool a_zoned = a.offset_ != Temporal::kNoOffset;
    const bool b_zoned = b.offset_ != Temporal::kNoOffset;
    if (a_zoned && b_zoned) {
      if (a.offset_ != b.offset_) {
        a.set_local_seconds(a.local_seconds() - a.offset_ * kSecondsOfMinute);
        b.set_local_seconds(b.local_seconds() - b.offset_ * kSecondsOfMinute);
      }
    } else if (a_zoned != b_zoned) {
      // The one without a zone may be meant anywhere from +14:00 to -12:00, and an hour may be meant to its end.
      const Temporal& zoned = a_zoned ? a : b;
      const Temporal& local = a_zoned ? b : a;
      const std::int64_t instant = zoned.local_seconds() - zoned.offset_ * kSecondsOfMinute;
      const std::int64_t earliest = local.local_seconds() - 15 * kSecondsOfHour;
      const std::int64_t latest = local.local_seconds() + 13 * kSecondsOfHour;
      if (instant >= earliest && instant <= latest) return std::nullopt;
      return (instant < earliest) == a_zoned ? -1 : 1;
    }
  }
  const auto common = std::min(a.precision_, b.precision_);
  const auto differ = [&](Precision at, int x, int y) { return common >= at ? sign(x, y) : 0; };
  int order = 0;
  if (a.type_ != Temporal::Type::kTime) {
    order = sign(a.year_, b.year_);
    if (order == 0) order = differ(Precision::kMonth, a.month_, b.month_);
    if (order == 0) order = differ(Precision::kDay, a.day_, b.day_);
  }
  if (order == 0) order = differ(Precision::kHour, a.hour_, b.hour_);
  if (order == 0) order = differ(Precision::kMinute, a.minute_, b.minute_);
  if (order == 0) order = differ(Precision::kSecond, a.second_, b.second_);
  if (order == 0) order = differ(Precision::kSecond, a.nanosecond_, b.nanosecond_);
  if (order == 0 && a.precision_ != b.precision_) return std::nullopt;
  return order;
}

bool equivalent(const Temporal& left, const Temporal& right) {
  return left.precision_ == right.precision_ && compare(left, right) == 0;
}

std::size_t Temporal::hash() const {
  std::int64_t seconds = local_seconds();
  if (has_time() && offset_ != kNoOffset) seconds -= offset_ * kSecondsOfMinute;
  const auto mixed = static_cast<std::uint64_t>(seconds) * 31 + static_cast<std::uint64_t>(nanosecond_);
  return (mixed * 8 + static_cast<std::uint64_t>(precision_)) * 0x9E3779B97F4A7C15ULL;
}

}  // namespace pas::fhirpath
