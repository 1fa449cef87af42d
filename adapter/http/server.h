#pragma once
// An HTTP/1.1 server (RFC 9110, RFC 9112): keep-alive, pipelining, chunked, gzip and deflate bodies, Expect:
// 100-continue. It knows nothing of routes or FHIR: a Handler answers every well-formed request, of any method.
//
// What the server refuses itself it answers through ErrorBody: 400, 408, 413, 414, 415, 417, 431 and 503. Of these
// only 503 (busy) and a 413 or 400 found while decompressing leave the connection open. Every answer carries
// X-Request-Id: the client's own when it is 1 to 64 of [A-Za-z0-9._-], else a new UUID.
//
// Threads: sockets are served by `io_threads`; handlers run on `workers` threads of a bounded pool and may block until
// Request::deadline. A connection has one request in hand at a time, so pipelined answers keep their order.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "adapter/http/message.h"
#include "adapter/http/options.h"
#include "adapter/observe/log.h"
#include "fhir/base/clock.h"
#include "fhir/base/result.h"

namespace pas::http {

// Called on several workers at once. An exception is a bug: logged by its what(), which must hold no patient data,
// and answered with an empty 500.
using Handler = std::function<Response(Request&&)>;

// The body for a refusal. `code` is a FHIR IssueType (structure, too-long, not-supported, timeout, throttled);
// `message` is for the client's developer and repeats nothing of the request. Called on any thread; quick. The status
// of what it returns is ignored.
using ErrorBody = std::function<Response(int status, std::string_view code, std::string_view message)>;

// For metrics; each figure is exact, the four are not taken at one instant.
struct Load {
  std::size_t connections = 0;
  std::size_t queued = 0;   // requests that wait for a worker
  std::size_t running = 0;  // handlers
  std::size_t buffered_bytes = 0;
};

class Server {
 public:
  // `log`, `clock` and `ids` outlive the server.
  Server(Options options, Handler handler, ErrorBody error_body, observe::Log& log, const base::Clock& clock,
         base::IdSource& ids);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  // stop(0).
  ~Server();

  // Binds, listens and serves; the port that is listened on. kUnavailable when the address cannot be had. Once only.
  base::Result<std::uint16_t> start();

  // Takes no more connections, closes the idle ones, lets requests that have begun end within `grace` and answers
  // them with Connection: close; then cuts what is left. Returns when the last handler has returned: true when
  // nothing was cut. May be called again.
  bool stop(std::chrono::milliseconds grace);

  Load load() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pas::http
