#pragma once
// Reads requests from bytes as they come, in pieces of any size; no socket. Stricter than RFC 9112 where leniency lets
// two readers of one stream disagree on where a request ends (request smuggling): a bare LF, a folded header line, any
// Transfer-Encoding but "chunked", a length beside it, two lengths, a missing or repeated Host are all 400.
//
// One thread at a time. Internal to adapter/http; hides Boost.Beast's parser.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapter/http/content_coding.h"
#include "adapter/http/message.h"
#include "adapter/http/options.h"

namespace pas::http {

// Why the server answers instead of the handler. The text repeats nothing of the request.
struct Refusal {
  int status = 400;
  std::string_view code = "structure";  // FHIR IssueType
  std::string_view message;
};

class RequestReader {
 public:
  enum class State {
    kHead,      // waits for the rest of a head
    kBody,      // the head was accepted: head() is filled
    kComplete,  // take() the request, then reset()
    kRefused,   // refusal() says why; head() holds what was understood
  };

  explicit RequestReader(const Limits& limits);
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;
  ~RequestReader();

  // How many of `bytes` were used. Unused ones are given again, first, with what came after them. Stops at the end of
  // the head and at the end of the request.
  std::size_t feed(std::string_view bytes);

  State state() const;
  const Refusal& refusal() const;
  // Method, target, path, query and headers.
  const Request& head() const;
  // Of the body, as sent.
  std::size_t body_received() const;
  Coding coding() const;
  // The client waits for 100 Continue before it sends the body.
  bool expects_continue() const;
  // What the client wants for the connection, by its version and Connection header.
  bool keep_alive() const;
  bool http_1_0() const;

  Request take();
  void reset();

 private:
  struct Parser;
  // The length of the head that `bytes` begin with, when all of it is there.
  std::optional<std::size_t> find_head(std::string_view bytes);
  std::size_t feed_head(std::string_view bytes);
  std::size_t feed_body(std::string_view bytes);
  void accept_head();
  void refuse(int status, std::string_view code, std::string_view message);

  Limits limits_;
  std::unique_ptr<Parser> parser_;
  State state_ = State::kHead;
  Refusal refusal_;
  Coding coding_ = Coding::kIdentity;
  // Of find_head, so that a head that comes byte by byte is looked at once.
  std::size_t scanned_ = 0;
  std::size_t line_start_ = 0;
  std::size_t lines_ = 0;
  std::size_t empty_lines_ = 0;
};

}  // namespace pas::http
