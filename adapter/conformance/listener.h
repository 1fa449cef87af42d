#pragma once
// The kit's own endpoint of a Subscription: keeps what it is sent, and answers 200.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "fhir/base/result.h"

namespace pas::conformance {

class Listener {
 public:
  // `address` is HOST:PORT; port 0 is one that is free. kUnavailable when it cannot be had.
  static base::Result<std::unique_ptr<Listener>> open(const std::string& address);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::string url() const;
  // The body of the notification of that number, from 0; nothing when it does not come in time.
  std::optional<std::string> hear(std::size_t number, std::chrono::milliseconds within);
  std::size_t heard() const;

 private:
  struct State;
  explicit Listener(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pas::conformance
