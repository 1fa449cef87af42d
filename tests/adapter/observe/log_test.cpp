#include "adapter/observe/log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "adapter/observe/phi.h"
#include "fhir/base/calendar.h"
#include "fhir/json/document.h"

namespace pas {
namespace {

using observe::Field;
using observe::Log;
using observe::Phi;
using observe::Severity;

// What holds patient data has no way into a log line, a stream or a plain value.
template <class T>
concept Streamed = requires(std::ostream& out, const T& value) {
  out << value;
};
static_assert(Streamed<std::string>);
static_assert(!Streamed<Phi<std::string>>);
static_assert(!Streamed<Phi<int>>);
static_assert(std::is_constructible_v<Field, const char*, std::string>);
static_assert(!std::is_constructible_v<Field, const char*, Phi<std::string>>);
static_assert(!std::is_constructible_v<Field, const char*, Phi<bool>>);
static_assert(!std::is_constructible_v<Field, const char*, Phi<double>>);
static_assert(!std::is_constructible_v<Field, Phi<std::string>, int>);
static_assert(!std::is_convertible_v<Phi<std::string>, std::string>);
static_assert(!std::is_convertible_v<Phi<bool>, bool>);
static_assert(!std::is_convertible_v<std::string, Phi<std::string>>);

class FixedClock final : public base::Clock {
 public:
  std::chrono::system_clock::time_point now() const override {
    return std::chrono::sys_days{*base::parse_date("2026-03-10")} + std::chrono::milliseconds{7};
  }
};

class LogTest : public testing::Test {
 protected:
  FixedClock clock_;
  std::vector<std::string> lines_;
  Log log_ = Log::to_sink(Severity::kInfo, clock_, [this](std::string_view line) { lines_.emplace_back(line); });
};

TEST_F(LogTest, OneLineWithTypedFields) {
  const std::string text = "b";
  log_.write(Severity::kInfo, "http.access", "r-1",
             {{"status", 200},
              {"bytes", std::size_t{18446744073709551615U}},
              {"ms", 1.5},
              {"late", false},
              {"route", "/a"},
              {"text", text},
              {"nan", std::numeric_limits<double>::quiet_NaN()}});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(lines_[0],
            R"({"time":"2026-03-10T00:00:00.007Z","level":"info","event":"http.access","request":"r-1","status":200,)"
            R"("bytes":18446744073709551615,"ms":1.5,"late":false,"route":"/a","text":"b","nan":null})");
}

TEST_F(LogTest, BelowTheLeastIsNotWritten) {
  log_.write(Severity::kDebug, "a.b", {});
  EXPECT_TRUE(lines_.empty());
  EXPECT_FALSE(log_.enabled(Severity::kDebug));
  log_.write(Severity::kError, "a.b", {});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(lines_[0], R"({"time":"2026-03-10T00:00:00.007Z","level":"error","event":"a.b"})");
}

TEST_F(LogTest, TextFromOutsideStaysOneLineOfJson) {
  const std::string hostile = "a\"}\n{\"event\":\"forged\r\t\x01\x7F\\ \xC3\xA9 \xFF\xFE \xE2\x82";
  log_.write(Severity::kWarning, "a.b", hostile, {{"text", hostile}, {"long", std::string(5000, 'x')}});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(lines_[0].find('\n'), std::string::npos);
  const auto parsed = json::Document::parse(lines_[0]);
  ASSERT_TRUE(parsed) << lines_[0];
  EXPECT_EQ(parsed->root()["text"].text(), "a\"}\n{\"event\":\"forged\r\t\x01\x7F\\ \xC3\xA9 ?? ??");
  EXPECT_EQ(parsed->root()["event"].text(), "a.b");
  EXPECT_EQ(parsed->root()["long"].text().size(), observe::kTextLimit);
}

TEST(LogToStderr, WritesWhatWaitsWhenItEnds) {
  const FixedClock clock;
  testing::internal::CaptureStderr();
  {
    Log log = Log::to_stderr(Severity::kInfo, clock);
    for (int i = 0; i < 100; ++i) log.write(Severity::kInfo, "a.b", {}, {{"n", i}});
    EXPECT_EQ(log.dropped(), 0U);
  }
  const std::string written = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), 100);
  EXPECT_NE(written.find(R"("event":"a.b","n":99})"), std::string::npos);
}

TEST(Phi, IsComparedAndRevealed) {
  const Phi<std::string> name("x");
  EXPECT_TRUE(name == Phi<std::string>("x"));
  EXPECT_FALSE(name == Phi<std::string>("y"));
  EXPECT_EQ(name.reveal(), "x");
}

}  // namespace
}  // namespace pas
