#pragma once
// A blocking HTTP/1.1 client over a plain socket (over TLS: tests/adapter/http/tls_client.h) that sends exactly the
// bytes it is given, malformed ones too. Every wait ends after 20 seconds, so that a test fails rather than hangs.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pas::support {

struct HttpAnswer {
  int status = 0;
  std::string head;  // status line and headers, with the empty line
  std::string body;
  // The value of a header, by its name in any case; nothing when it is not there.
  std::optional<std::string> header(std::string_view name) const;
};

class HttpClient {
 public:
  // To 127.0.0.1 or, with `ipv6`, ::1.
  explicit HttpClient(std::uint16_t port, bool ipv6 = false);
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  virtual ~HttpClient();

  // False when the server has closed or does not read.
  bool send(std::string_view bytes);
  // Tells the server that nothing more comes; answers can still be received.
  void finish_sending();
  // The next answer by its Content-Length (without a body for `head_only`); nothing when the connection ends first.
  std::optional<HttpAnswer> receive(bool head_only = false);
  // Sends and receives.
  std::optional<HttpAnswer> exchange(std::string_view bytes) { return send(bytes) ? receive() : std::nullopt; }
  // The server has closed, and sent nothing beyond what was received.
  bool ended();
  // Ends the connection with a reset, as a host that disappears.
  void reset();

 protected:
  int socket() const { return socket_; }
  // Bytes moved; zero or less at the end or an error.
  virtual long write_some(std::string_view bytes);
  virtual long read_some(char* bytes, std::size_t size);

 private:
  bool fill();

  int socket_ = -1;
  std::string buffer_;
};

// A request with Host and, unless the method is GET, HEAD or OPTIONS, Content-Length. `headers` are whole lines.
std::string http_request(std::string_view method, std::string_view target, std::string_view body = {},
                         std::string_view headers = {});

}  // namespace pas::support
