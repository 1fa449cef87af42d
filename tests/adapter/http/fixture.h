#pragma once
// A server on a free loopback port, its log and its counters.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/http/server.h"
#include "adapter/observe/log.h"
#include "fhir/base/clock.h"

namespace pas::support {

// Answers 200 with the request's body, and its method and path as headers.
http::Response echo(http::Request&& request);

// A gate at which handlers wait until it is opened.
class Gate {
 public:
  void open();
  void wait();

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

class RunningServer {
 public:
  explicit RunningServer(const http::Options& options = {}, http::Handler handler = echo);

  std::uint16_t port() const { return port_; }
  http::Server& server() { return server_; }
  // Lines of the log that hold `text`.
  std::vector<std::string> log_lines(std::string_view text = {}) const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
  base::SystemClock clock_;
  base::RandomIds ids_;
  observe::Log log_;
  http::Server server_;
  std::uint16_t port_ = 0;
};

// Asks again until it is true; false after 20 seconds.
bool becomes_true(const std::function<bool()>& condition);

}  // namespace pas::support
