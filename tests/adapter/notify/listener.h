#pragma once
// A subscriber's endpoint on 127.0.0.1: keeps what it is sent and answers as it is told.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace pas::support {

struct Received {
  std::string head;  // the request line and headers
  std::string body;
};

class Listener {
 public:
  // The status for the request of this number, from 0. It may wait: each connection has a thread.
  using Answer = std::function<int(std::size_t number, const Received& request)>;
  explicit Listener(Answer answer);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook"; }
  std::vector<Received> received() const;  // each once it is complete
  // Waits until there are so many; false after a minute.
  bool has(std::size_t count) const;

 private:
  void accept_connections();
  void serve(int connection);

  const Answer answer_;
  int socket_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable more_;
  std::vector<Received> received_;
  std::vector<int> open_;
  std::vector<std::thread> connections_;
  std::atomic<bool> stopping_ = false;
  std::thread acceptor_;
};

}  // namespace pas::support
