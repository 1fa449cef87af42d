#pragma once
// Requests that the adapter makes itself, over libcurl: no redirects, bounded in time and in what is read. Connections
// are kept for the next request to the same origin, and never shared between requests with and without `may_connect`.
// Any thread; each call blocks.

#include <sys/socket.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pas::outbound {

struct Request {
  std::string url;                       // http or https
  std::vector<std::string> headers;      // whole lines
  std::optional<std::string_view> body;  // a POST; nothing: a GET. It lives as long as the call
  std::string method = {};               // empty: as the body says
  long connect_timeout_ms = 5'000;
  long total_timeout_ms = 30'000;
  std::size_t answer_limit_bytes = std::size_t{64} << 10U;
  // Asked of each address before it is connected to; without it any may be.
  std::function<bool(const sockaddr&)> may_connect = {};
};

struct Answer {
  int status = 0;           // of HTTP; 0: no answer
  std::string body;         // as far as the limit allows
  bool is_cut = false;      // there was more
  std::string error;        // why there is no answer, for an operator
  bool is_refused = false;  // by may_connect
  bool was_sent = true;     // false: surely no byte of the request left
  bool ok() const { return status >= 200 && status < 300; }
};

struct ClientOptions {
  std::string certificates;     // a file of trusted certificates (PEM); empty: the system's
  std::string certificate;      // the client's own (PEM), for mutual TLS; empty: none
  std::string certificate_key;  // its private key (PEM)
  // Of the environment (https_proxy): for commands of a person; a server goes straight.
  bool takes_proxy = false;
};

class HttpClient {
 public:
  explicit HttpClient(ClientOptions options = {});
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  Answer send(const Request& request);

 private:
  class Handles;
  const ClientOptions options_;
  std::unique_ptr<Handles> handles_;
};

}  // namespace pas::outbound
