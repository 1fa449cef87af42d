#pragma once
// Time and identifiers are handed in, never reached for, so that a test or a replay fixes them.

#include <chrono>
#include <cstdint>
#include <string>

namespace pas::base {

// Both are called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::system_clock::time_point now() const = 0;
};

class IdSource {
 public:
  virtual ~IdSource() = default;
  // A random UUID (RFC 4122 version 4), lower case.
  virtual std::string uuid() = 0;
};

class SystemClock final : public Clock {
 public:
  std::chrono::system_clock::time_point now() const override { return std::chrono::system_clock::now(); }
};

// From OpenSSL's generator.
class RandomIds final : public IdSource {
 public:
  std::string uuid() override;
};

// Milliseconds since the epoch.
inline std::int64_t to_ms(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}
inline std::chrono::system_clock::time_point from_ms(std::int64_t ms) {
  return std::chrono::system_clock::time_point(std::chrono::milliseconds(ms));
}

}  // namespace pas::base
