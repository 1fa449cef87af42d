#pragma once
// What the server takes at most, how long it waits, and how wide it runs. Bytes unless said.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace pas::http {

class Tls;

// An answer on its way out, or cut off there.
struct Answer {
  std::string_view method;  // "GET"; "other"; empty when the head was not understood
  std::string_view route;   // Response::route; empty: the server refused by itself
  int status = 0;
  double seconds = 0;  // since the request's first byte
};
// Called on any thread; quick.
using AnswerObserver = std::function<void(const Answer&)>;

struct Limits {
  std::size_t head_bytes = std::size_t{16} << 10U;     // request line and headers, else 431
  std::size_t headers = 100;                           // header lines, else 431
  std::size_t target_bytes = std::size_t{8} << 10U;    // else 414
  std::size_t body_bytes = std::size_t{64} << 20U;     // as sent, and again when decompressed; else 413
  std::size_t buffered_bytes = std::size_t{1} << 30U;  // bodies of all requests together; else 503
  // Leaves room for the store below the usual 1024 descriptors. Connections beyond get 503 and are closed
  // (over TLS just closed).
  std::size_t connections = 768;
};

// Of one client address at once; 0: no limit beside those of all. Beyond: 429.
struct AddressLimits {
  std::size_t connections = 0;  // over TLS just closed
  std::size_t body_bytes = 0;   // of bodies in memory
};

struct Timeouts {
  std::chrono::milliseconds head{10'000};     // from a request's first byte (or the connection's start) to its last;
                                              // for a TLS handshake too
  std::chrono::milliseconds idle{60'000};     // between requests
  std::chrono::milliseconds handler{30'000};  // in the queue and in the handler, else 503
  // A body, and an answer on its way out, may take `pace` plus the time that its bytes need at the lowest rate.
  std::chrono::milliseconds pace{10'000};
  std::size_t bytes_per_second = 4096;
  std::chrono::milliseconds linger{2'000};  // what a refused client still sends is read and dropped that long
};

struct Options {
  std::string host = "127.0.0.1";  // an address or a name; 127.0.0.1, ::1, 0.0.0.0, ::, localhost
  std::uint16_t port = 0;          // 0: one that is free
  unsigned io_threads = 1;
  unsigned workers = 8;     // handlers that run at once
  std::size_t queue = 256;  // requests that wait for a worker; beyond: 503
  // Big bodies take at most a quarter of the workers and of the queue, at least one, so that small requests are not
  // stuck behind them. A compressed body counts eight times.
  std::size_t big_body_bytes = std::size_t{1} << 20U;
  std::chrono::seconds retry_after{1};
  Limits limits;
  AddressLimits address_limits;
  Timeouts timeouts;
  std::shared_ptr<Tls> tls;  // plain HTTP without
  AnswerObserver on_answer;  // may be empty
};

}  // namespace pas::http
