#pragma once
// HTTP as a client of another server, over libcurl: no redirect, bounded in time and in what it reads, connections
// kept. One thread at a time.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace pas::conformance {

struct Call {
  std::string method = "POST";
  std::string url = {};
  std::string body = {};
  std::vector<std::string> headers = {};  // whole lines, Content-Type too
};

struct Answer {
  long status = 0;  // 0: no answer
  std::string body = {};
  std::string error = {};  // why there is none
  double ms = 0;
};

struct ClientOptions {
  long timeout_ms = 30'000;
  std::size_t answer_limit_bytes = std::size_t{64} << 20U;
};

class Client {
 public:
  explicit Client(const ClientOptions& options = {});
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  Answer ask(const Call& call);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pas::conformance
