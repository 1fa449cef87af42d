#pragma once
// A person's requests to another server (outbound/http_client.h), timed, through the proxy of the environment if it has
// one. One thread at a time.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "adapter/outbound/http_client.h"

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

  Answer ask(const Call& call);

 private:
  ClientOptions options_;
  std::unique_ptr<outbound::HttpClient> http_;
};

}  // namespace pas::conformance
