#pragma once
// The keys that seal TLS session tickets. A key seals for an hour and opens for an hour more, so that who takes one
// from memory can read an hour or two of resumed TLS 1.2 sessions at most. Any thread.

#include <array>
#include <chrono>
#include <mutex>
#include <optional>

namespace pas::http {

inline constexpr std::chrono::seconds kTicketLifetime{3600};

struct TicketKey {
  std::array<unsigned char, 16> name{};
  std::array<unsigned char, 32> cipher{};  // AES-256
  std::array<unsigned char, 32> mac{};     // HMAC-SHA-256
};

class TicketKeys {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // The key to seal with; nothing without randomness.
  std::optional<TicketKey> sealing(TimePoint now);

  struct Opening {
    TicketKey key;
    bool is_old;  // the client should get a new ticket
  };
  std::optional<Opening> opening(const std::array<unsigned char, 16>& name, TimePoint now);

 private:
  struct Held {
    TicketKey key;
    TimePoint since;
  };
  std::mutex mutex_;
  std::optional<Held> current_;
  std::optional<Held> previous_;
};

}  // namespace pas::http
