#pragma once
// The structured log: one event is one line of JSON with a stable event id, the id of the request that caused it and
// typed fields. Names and ids are constants of the code; values never hold patient data (see phi.h), bodies or query
// values. Text from outside is cut at kTextLimit bytes and escaped, so that it stays one line and valid JSON.
//
//   log.write(Severity::kInfo, "http.access", request_id, {{"status", 200}, {"ms", 1.5}});
//   {"time":"2026-03-10T08:00:00.007Z","level":"info","event":"http.access","request":"…","status":200,"ms":1.5}
//
// A Log is used from any thread; write() never waits for the reader of standard error (see to_stderr).

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "fhir/base/clock.h"

namespace pas::observe {

enum class Severity { kDebug, kInfo, kWarning, kError };

inline constexpr std::size_t kTextLimit = 1024;

// A name and a value of one of JSON's kinds. Views: for the call of write() only.
class Field {
 public:
  using Value = std::variant<bool, std::int64_t, std::uint64_t, double, std::string_view>;

  Field(std::string_view name, bool value) : name_(name), value_(value) {}
  Field(std::string_view name, double value) : name_(name), value_(value) {}
  Field(std::string_view name, const char* value) : name_(name), value_(std::string_view(value)) {}
  Field(std::string_view name, std::string_view value) : name_(name), value_(value) {}
  Field(std::string_view name, const std::string& value) : name_(name), value_(std::string_view(value)) {}
  template <std::signed_integral T>
  Field(std::string_view name, T value) : name_(name), value_(static_cast<std::int64_t>(value)) {}
  template <std::unsigned_integral T>
  Field(std::string_view name, T value) : name_(name), value_(static_cast<std::uint64_t>(value)) {}

  std::string_view name() const { return name_; }
  const Value& value() const { return value_; }

 private:
  std::string_view name_;
  Value value_;
};

class Log {
 public:
  // Takes each finished line, without its line end; called from any thread, one call at a time.
  using Sink = std::function<void(std::string_view line)>;

  // Lines wait in a queue of 8192 for a thread that writes them; when standard error is not read, the oldest are
  // dropped (dropped() counts them) rather than the server stopped. The destructor writes what waits.
  static Log to_stderr(Severity least, const base::Clock& clock);
  // Writes on the caller's thread.
  static Log to_sink(Severity least, const base::Clock& clock, Sink sink);

  Log(Log&&) noexcept;
  Log& operator=(Log&&) noexcept;
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  ~Log();

  // `event` is lower case with dots, its first part the folder: "http.access". `request_id` may be empty.
  void write(Severity severity, std::string_view event, std::string_view request_id,
             std::initializer_list<Field> fields = {});
  bool enabled(Severity severity) const;

  std::uint64_t dropped() const;

 private:
  struct State;
  explicit Log(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pas::observe
