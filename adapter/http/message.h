#pragma once
// A request as a handler sees it, and the answer that it gives back. Plain values: no socket, no parser.

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pas::http {

enum class Method { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };

// By its exact, upper-case name (methods are case-sensitive, RFC 9110 §9.1).
Method method_of(std::string_view text);
// That name; "other" for kOther.
std::string_view name_of(Method method);

// The phrase of a status line; empty for a status that is never answered here.
std::string_view reason_of(int status);

// Equal without regard to ASCII case, as header names and codings are compared.
bool equal_fold(std::string_view left, std::string_view right);

struct Header {
  std::string name;
  std::string value;  // without white space around it
};

// In the order of the message; look-up without regard to case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Header> headers) : headers_(headers) {}

  void add(std::string name, std::string value) { headers_.push_back({std::move(name), std::move(value)}); }
  // The first of that name.
  std::optional<std::string_view> find(std::string_view name) const;
  std::size_t count(std::string_view name) const;

  std::size_t size() const { return headers_.size(); }
  auto begin() const { return headers_.begin(); }
  auto end() const { return headers_.end(); }

 private:
  std::vector<Header> headers_;
};

// Decoded (percent, and + as a space); a name without '=' has an empty value.
struct Parameter {
  std::string name;
  std::string value;
  friend bool operator==(const Parameter&, const Parameter&) = default;
};

struct Request {
  Method method = Method::kOther;
  std::string method_text;
  std::string target;  // as sent, with its query: not for logs
  // Percent-decoded once. Begins with '/'; valid UTF-8; no segment is "." or "..", holds '/' or '\' that was encoded,
  // or a control character. "*" for OPTIONS *.
  std::string path;
  std::vector<Parameter> query;  // in the order sent
  Headers headers;               // Content-Encoding and Transfer-Encoding tell how the body came, not how it is here
  std::string body;              // without chunks and decompressed
  std::string request_id;        // 1 to 64 of [A-Za-z0-9._-]
  std::string traceparent;       // of the span that this request is here (observe/trace.h)
  std::string remote_address;    // 192.0.2.7 or 2001:db8::7, without the port
  std::chrono::system_clock::time_point received_at;  // when its head was complete, by the injected clock
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();  // when its first byte came
  std::chrono::steady_clock::time_point deadline;  // after this the client has been answered 503

  // The first value of that query parameter.
  std::optional<std::string_view> parameter(std::string_view name) const;
};

struct Response {
  int status = 200;          // 200 to 599
  std::string content_type;  // no such header when empty
  // The server itself writes Content-Length, Content-Type, Connection, Transfer-Encoding and X-Request-Id; one of
  // these here, or a name or value with a forbidden character, is a bug that the client gets as 500.
  Headers headers;
  std::string body;
  std::shared_ptr<const std::string> shared_body;  // when set, sent instead of `body`, without a copy
  bool drop = false;  // the connection is closed without an answer (a tester's fault injection)
  // The matched pattern ("/fhir/Claim/{id}") for the access log; a path as sent is never logged.
  std::string route;

  std::string_view content() const { return shared_body ? std::string_view(*shared_body) : std::string_view(body); }
};

}  // namespace pas::http
