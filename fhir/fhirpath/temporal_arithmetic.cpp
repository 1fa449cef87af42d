// Date/Time Arithmetic (FHIRPath 2.0.0) and boundaries (3.0.0).

#include <algorithm>
#include <array>

#include "fhir/fhirpath/temporal.h"

namespace pas::fhirpath {
namespace {

constexpr std::int64_t kNanosOfDay = 86'400 * kNanosOfSecond;
// Beyond this many of any unit, even of milliseconds, the year leaves its range.
constexpr std::int64_t kMostUnits = 400'000'000'000'000;
constexpr std::int64_t kMostDays = 4'000'000;

struct Amount {
  std::int64_t value;
  Temporal::Unit unit;
};

// In the precision's own unit when the unit is finer: 12 months, 365 or 30 days, 24 hours, 60 minutes, 60 seconds.
Amount at_precision(Amount amount, Temporal::Precision precision) {
  using Unit = Temporal::Unit;
  using Precision = Temporal::Precision;
  if (amount.unit == Unit::kWeek) amount = {amount.value * 7, Unit::kDay};
  if (precision == Precision::kSecond) return amount;
  const auto coarser = [&](Unit from, std::int64_t size, Unit to) {
    if (amount.unit == from) amount = {amount.value / size, to};
  };
  coarser(Unit::kMillisecond, 1000, Unit::kSecond);
  coarser(Unit::kSecond, 60, Unit::kMinute);
  if (precision < Precision::kMinute) coarser(Unit::kMinute, 60, Unit::kHour);
  if (precision < Precision::kHour) coarser(Unit::kHour, 24, Unit::kDay);
  if (precision == Precision::kMonth) coarser(Unit::kDay, 30, Unit::kMonth);
  if (precision == Precision::kYear) {
    coarser(Unit::kDay, 365, Unit::kYear);
    coarser(Unit::kMonth, 12, Unit::kYear);
  }
  return amount;
}

std::int64_t nanoseconds(Temporal::Unit unit) {
  switch (unit) {
    case Temporal::Unit::kHour:
      return 3600 * kNanosOfSecond;
    case Temporal::Unit::kMinute:
      return 60 * kNanosOfSecond;
    case Temporal::Unit::kSecond:
      return kNanosOfSecond;
    default:
      return kNanosOfMilli;
  }
}

constexpr std::array<int, 6> kDigits{4, 6, 8, 10, 12, 14};  // of a dateTime, by precision

}  // namespace

std::optional<Temporal> Temporal::plus(std::int64_t amount, Unit unit) const {
  if (amount > kMostUnits || amount < -kMostUnits) return std::nullopt;
  Temporal result = *this;
  const Amount step = at_precision({amount, unit}, precision_);
  if (step.unit == Unit::kMillisecond && step.value % 1000 != 0) {
    result.fraction_digits_ = std::max<std::uint8_t>(fraction_digits_, 3);
  }
  if (type_ == Type::kTime) {
    if (step.unit < Unit::kHour) return std::nullopt;
    const std::int64_t size = nanoseconds(step.unit);
    const std::int64_t moved = (step.value % (kNanosOfDay / size)) * size;
    const std::int64_t now = (hour_ * 3600 + minute_ * 60 + second_) * kNanosOfSecond + nanosecond_;
    const std::int64_t then = ((now + moved) % kNanosOfDay + kNanosOfDay) % kNanosOfDay;
    result.nanosecond_ = static_cast<std::int32_t>(then % kNanosOfSecond);
    const std::int64_t seconds = then / kNanosOfSecond;
    result.hour_ = static_cast<std::uint8_t>(seconds / 3600);
    result.minute_ = static_cast<std::uint8_t>(seconds / 60 % 60);
    result.second_ = static_cast<std::uint8_t>(seconds % 60);
    return result;
  }
  if (step.unit == Unit::kYear || step.unit == Unit::kMonth) {
    const std::int64_t months =
        (std::int64_t{year_} * 12 + month_ - 1) + step.value * (step.unit == Unit::kYear ? 12 : 1);
    if (months < 12 || months >= 120'000) return std::nullopt;
    result.year_ = static_cast<std::int16_t>(months / 12);
    result.month_ = static_cast<std::uint8_t>(months % 12 + 1);
    const std::chrono::year_month_day_last last{std::chrono::year(result.year_),
                                                std::chrono::month_day_last(std::chrono::month(result.month_))};
    result.day_ = std::min(day_, static_cast<std::uint8_t>(static_cast<unsigned>(last.day())));
    return result;
  }
  std::int64_t seconds = local_seconds();
  if (step.unit == Unit::kDay) {
    if (step.value > kMostDays || step.value < -kMostDays) return std::nullopt;
    seconds += step.value * 86'400;
  } else if (step.unit == Unit::kMillisecond) {
    std::int64_t millis = step.value % 1000;
    seconds += step.value / 1000;
    std::int64_t nanos = nanosecond_ + millis * kNanosOfMilli;
    if (nanos < 0) {
      nanos += kNanosOfSecond;
      --seconds;
    }
    seconds += nanos / kNanosOfSecond;
    result.nanosecond_ = static_cast<std::int32_t>(nanos % kNanosOfSecond);
  } else {
    seconds += step.value * (nanoseconds(step.unit) / kNanosOfSecond);
  }
  constexpr std::int64_t kFirst = -62'135'596'800;  // 0001-01-01
  constexpr std::int64_t kEnd = 253'402'300'800;    // 10000-01-01
  if (seconds < kFirst || seconds >= kEnd) return std::nullopt;
  result.set_local_seconds(seconds);
  return result;
}

int Temporal::precision_digits() const {
  const int digits = kDigits[static_cast<std::size_t>(precision_)] + fraction_digits_;
  return type_ == Type::kTime ? digits - 8 : digits;
}

std::optional<Temporal> Temporal::low_boundary(int digits) const {
  return boundary(digits, false);
}

std::optional<Temporal> Temporal::high_boundary(int digits) const {
  return boundary(digits, true);
}

std::optional<Temporal> Temporal::boundary(int digits, bool high) const {
  const bool to_millis = digits == (type_ == Type::kTime ? 9 : 17);
  const int place = to_millis ? 14 : (type_ == Type::kTime ? digits + 8 : digits);
  const auto* const found = std::ranges::find(kDigits, place);
  if (found == kDigits.end()) return std::nullopt;
  const auto wanted = static_cast<Precision>(found - kDigits.begin());
  if (type_ == Type::kTime ? wanted < Precision::kHour : (type_ == Type::kDate && wanted > Precision::kDay)) {
    return std::nullopt;
  }
  Temporal result = *this;
  // A dateTime to the hour stands for its minute 00, as the example of 3.0.0 has it (FHIR requires the minutes).
  if (type_ == Type::kDateTime && precision_ == Precision::kHour) result.precision_ = Precision::kMinute;
  const Precision known = result.precision_;
  if (known < Precision::kMonth) result.month_ = high ? 12 : 1;
  if (known < Precision::kDay) {
    const std::chrono::year_month_day_last last{std::chrono::year(result.year_),
                                                std::chrono::month_day_last(std::chrono::month(result.month_))};
    result.day_ = high ? static_cast<std::uint8_t>(static_cast<unsigned>(last.day())) : std::uint8_t{1};
  }
  if (known < Precision::kHour) result.hour_ = high ? 23 : 0;
  if (known < Precision::kMinute) result.minute_ = high ? 59 : 0;
  if (known < Precision::kSecond) result.second_ = high ? 59 : 0;
  if (fraction_digits_ == 0 && high) result.nanosecond_ = 999'000'000;
  result.precision_ = wanted;
  result.fraction_digits_ = to_millis ? 3 : 0;
  if (!to_millis) {
    result.nanosecond_ = 0;
  } else {
    result.nanosecond_ -= result.nanosecond_ % static_cast<std::int32_t>(kNanosOfMilli);
  }
  if (wanted < Precision::kSecond) result.second_ = 0;
  if (wanted < Precision::kMinute) result.minute_ = 0;
  if (wanted < Precision::kHour) result.hour_ = 0;
  if (type_ == Type::kDateTime && wanted >= Precision::kHour) {
    if (offset_ == kNoOffset) result.offset_ = high ? -12 * 60 : 14 * 60;
  } else {
    result.offset_ = kNoOffset;
  }
  if (wanted < Precision::kDay) result.day_ = 1;
  if (wanted < Precision::kMonth) result.month_ = 1;
  return result;
}

}  // namespace pas::fhirpath
