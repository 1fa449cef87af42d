#pragma once
// One POST to a subscriber, by the adapter's HTTP client: no private address but those allowed, bounded in time and in
// what is read of the answer.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/notify/endpoint_policy.h"

namespace pas::notify {

struct Post {
  Endpoint endpoint;
  std::vector<std::string> headers;  // whole lines, Content-Type too; checked before (is_header_allowed)
  std::string body;
};

struct Sent {
  int status = 0;        // of HTTP; 0: no answer
  std::string error;     // why there is none, for an operator
  bool refused = false;  // the host's address is not public: trying again is no use
  bool ok() const { return status >= 200 && status < 300; }
};

class Sender {
 public:
  virtual ~Sender() = default;
  // Blocks. Any thread.
  virtual Sent post(const Post& post) = 0;
};

struct SenderOptions {
  long connect_timeout_ms = 5'000;
  long total_timeout_ms = 30'000;
  std::size_t answer_limit_bytes = 64U << 10U;  // what comes after is not read
  std::string certificates;                     // a file of trusted certificates (PEM); empty: the system's
};

std::unique_ptr<Sender> make_http_sender(const SenderOptions& options);

}  // namespace pas::notify
