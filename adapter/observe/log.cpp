#include "adapter/observe/log.h"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <charconv>
#include <cmath>
#include <mutex>
#include <utility>

#include "fhir/base/calendar.h"
#include "fhir/base/utf8.h"

namespace pas::observe {
namespace {

constexpr std::size_t kQueueLines = 8192;

const char* level_name(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return "debug";
    case Severity::kInfo:
      return "info";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      break;
  }
  return "error";
}

spdlog::level::level_enum spdlog_level(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return spdlog::level::debug;
    case Severity::kInfo:
      return spdlog::level::info;
    case Severity::kWarning:
      return spdlog::level::warn;
    case Severity::kError:
      break;
  }
  return spdlog::level::err;
}

// As a JSON string. A byte that is not UTF-8 becomes '?'.
void append_string(std::string& line, std::string_view text) {
  constexpr const char* kHex = "0123456789abcdef";
  text = text.substr(0, kTextLimit);
  auto invalid = base::invalid_utf8_at(text);
  line += '"';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (invalid && i == *invalid) {
      line += '?';
      invalid = base::invalid_utf8_at(text.substr(i + 1));
      if (invalid) *invalid += i + 1;
    } else if (byte == '"' || byte == '\\') {
      line += '\\';
      line += text[i];
    } else if (byte < 0x20U || byte == 0x7FU) {
      line += "\\u00";
      line += kHex[byte >> 4U];
      line += kHex[byte & 0x0FU];
    } else {
      line += text[i];
    }
  }
  line += '"';
}

template <class Number>
void append_number(std::string& line, Number number) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  line.append(digits.data(), end);
}

struct AppendValue {
  std::string& line;
  void operator()(bool value) const { line += value ? "true" : "false"; }
  void operator()(std::int64_t value) const { append_number(line, value); }
  void operator()(std::uint64_t value) const { append_number(line, value); }
  void operator()(double value) const {
    if (std::isfinite(value)) {
      append_number(line, value);
    } else {
      line += "null";
    }
  }
  void operator()(std::string_view value) const { append_string(line, value); }
};

}  // namespace

struct Log::State {
  Severity least;
  const base::Clock& clock;
  // One of the two ways out: the caller's sink, or spdlog's queue and its thread.
  Sink sink;
  std::mutex sink_mutex;
  std::shared_ptr<spdlog::async_logger> logger;
  std::shared_ptr<spdlog::details::thread_pool> pool;  // ends first: its thread uses the logger

  State(Severity least_severity, const base::Clock& line_clock) : least(least_severity), clock(line_clock) {}
};

Log::Log(std::unique_ptr<State> state) : state_(std::move(state)) {}
Log::Log(Log&&) noexcept = default;
Log& Log::operator=(Log&&) noexcept = default;
Log::~Log() = default;

Log Log::to_stderr(Severity least, const base::Clock& clock) {
  auto state = std::make_unique<State>(least, clock);
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  sink->set_pattern("%v");
  state->pool = std::make_shared<spdlog::details::thread_pool>(kQueueLines, 1);
  state->logger = std::make_shared<spdlog::async_logger>("pas", std::move(sink), state->pool,
                                                         spdlog::async_overflow_policy::overrun_oldest);
  state->logger->set_level(spdlog::level::trace);
  return Log(std::move(state));
}

Log Log::to_sink(Severity least, const base::Clock& clock, Sink sink) {
  auto state = std::make_unique<State>(least, clock);
  state->sink = std::move(sink);
  return Log(std::move(state));
}

bool Log::enabled(Severity severity) const {
  return severity >= state_->least;
}

std::uint64_t Log::dropped() const {
  return state_->pool ? state_->pool->overrun_counter() : 0;
}

void Log::write(Severity severity, std::string_view event, std::string_view request_id,
                std::initializer_list<Field> fields) {
  if (!enabled(severity)) return;
  std::string line;
  line.reserve(256);
  line += R"({"time":")";
  line += base::to_instant(state_->clock.now());
  line += R"(","level":")";
  line += level_name(severity);
  line += R"(","event":)";
  append_string(line, event);
  if (!request_id.empty()) {
    line += R"(,"request":)";
    append_string(line, request_id);
  }
  for (const Field& field : fields) {
    line += ',';
    append_string(line, field.name());
    line += ':';
    std::visit(AppendValue{line}, field.value());
  }
  line += '}';
  if (state_->sink) {
    const std::lock_guard lock(state_->sink_mutex);
    state_->sink(line);
  } else {
    state_->logger->log(spdlog_level(severity), spdlog::string_view_t(line));
  }
}

}  // namespace pas::observe
