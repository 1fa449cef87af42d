#include "fhir/base/calendar.h"

#include <gtest/gtest.h>

namespace pas {
namespace {

using base::Date;

Date day(std::string_view text) {
  return base::parse_date(text).value();
}

TEST(Calendar, ReadsDaysOnly) {
  EXPECT_EQ(base::to_string(day("2026-03-10")), "2026-03-10");
  EXPECT_EQ(base::to_string(day("2026-03-10T23:59:59-05:00")), "2026-03-10");
  for (const char* bad : {"", "2026", "2026-03", "2026-02-29", "2026-13-01", "2026-00-10", "2026-3-10", "2026-03-10Z",
                          "2026-03-1x", "2026/03/10"}) {
    EXPECT_FALSE(base::parse_date(bad)) << bad;
  }
}

TEST(Calendar, MonthsKeepTheDayOrTakeTheLast) {
  EXPECT_EQ(base::to_string(base::add_months(day("2024-02-29"), -12)), "2023-02-28");
  EXPECT_EQ(base::to_string(base::add_months(day("2026-01-31"), 1)), "2026-02-28");
  EXPECT_EQ(base::to_string(base::add_months(day("2026-11-30"), 3)), "2027-02-28");
  EXPECT_EQ(base::to_string(base::add_months(day("2026-03-10"), -12)), "2025-03-10");
  EXPECT_EQ(base::to_string(base::add_days(day("2026-12-31"), 1)), "2027-01-01");
}

TEST(Calendar, Age) {
  EXPECT_EQ(base::years_between(day("2005-06-15"), day("2026-06-14")), 20);
  EXPECT_EQ(base::years_between(day("2005-06-15"), day("2026-06-15")), 21);
  EXPECT_EQ(base::years_between(day("2004-02-29"), day("2025-02-28")), 20);
  EXPECT_EQ(base::years_between(day("2004-02-29"), day("2025-03-01")), 21);
}

TEST(Calendar, MonthsBegun) {
  EXPECT_EQ(base::months_begun(day("2026-03-10"), day("2026-03-10")), 1);
  EXPECT_EQ(base::months_begun(day("2026-03-10"), day("2026-06-09")), 3);
  EXPECT_EQ(base::months_begun(day("2026-03-10"), day("2026-06-10")), 4);
  EXPECT_EQ(base::months_begun(day("2026-01-31"), day("2026-02-27")), 1);
  EXPECT_EQ(base::months_begun(day("2026-01-31"), day("2026-02-28")), 2);
  EXPECT_EQ(base::months_begun(day("2026-03-10"), day("2026-03-09")), 0);
}

TEST(Calendar, ReadsInstants) {
  const auto read = [](std::string_view text) {
    const auto instant = base::parse_instant(text);
    return instant ? base::to_instant(*instant) : std::string("none");
  };
  EXPECT_EQ(read("2026-03-10T08:15:30.123Z"), "2026-03-10T08:15:30.123Z");
  EXPECT_EQ(read("2026-03-10T08:15:30.5Z"), "2026-03-10T08:15:30.500Z");
  EXPECT_EQ(read("2026-03-10T08:15:30.123999+02:30"), "2026-03-10T05:45:30.123Z");
  EXPECT_EQ(read("2026-12-31T23:00:00-05:00"), "2027-01-01T04:00:00.000Z");
  for (const char* text : {"", "2026-03-10", "2026-03-10T08:15Z", "2026-03-10T08:15:30", "2026-03-10T24:15:30Z",
                           "2026-03-10T08:60:30Z", "2026-03-10T08:15:30.Z", "2026-03-10T08:15:30z",
                           "2026-03-10T08:15:30+1:00", "2026-03-10T08:15:30+15:00", "2026-02-30T08:15:30Z"}) {
    EXPECT_EQ(read(text), "none") << text;
  }
}

TEST(Calendar, Instants) {
  const auto instant = std::chrono::sys_days{day("2026-03-10")} + std::chrono::hours{8} + std::chrono::milliseconds{7};
  EXPECT_EQ(base::to_instant(instant), "2026-03-10T08:00:00.007Z");
  EXPECT_EQ(base::utc_date(instant), day("2026-03-10"));
}

}  // namespace
}  // namespace pas
