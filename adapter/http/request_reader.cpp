#include "adapter/http/request_reader.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <limits>
#include <utility>

#include "adapter/http/grammar.h"
#include "adapter/http/target.h"

namespace pas::http {
namespace {

namespace beast_http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

// "METHOD SP" and "SP HTTP/1.1 CR LF" beside the target.
constexpr std::size_t kRequestLineRest = 64;
// Empty lines before a request are skipped (RFC 9112 §2.2), but not for ever.
constexpr std::size_t kEmptyLines = 4;
constexpr std::size_t kChunkExtensionBytes = 256;
constexpr std::size_t kLastChunkBytes = std::string_view("0\r\n\r\n").size();
// Room that a declared length is trusted with before as many bytes have come.
constexpr std::size_t kTrustedBytes = std::size_t{1} << 20U;
// Beside the body, for a parser that works in place (json::kRoom).
constexpr std::size_t kRoom = 16;

// A name or address, and a port (RFC 3986 §3.2.2, without user information).
bool is_host(std::string_view host) {
  static constexpr std::string_view kMarks = "-._~%!$&'()*+,;=:[]";
  return std::all_of(host.begin(), host.end(),
                     [](char c) { return is_alphanumeric(c) || kMarks.find(c) != std::string_view::npos; });
}

}  // namespace

// Beast checks the grammar and the framing; this takes what it finds.
struct RequestReader::Parser final : beast_http::basic_parser<true> {
  Request request;
  std::uint64_t declared = 0;  // Content-Length
  std::size_t received = 0;
  int version = 11;
  bool head_done = false;

  explicit Parser(const Limits& limits) {
    // The head is measured before it comes here; this limit must only not be lower.
    header_limit(static_cast<std::uint32_t>(
        std::min<std::size_t>(limits.head_bytes + kRequestLineRest, std::numeric_limits<std::uint32_t>::max())));
    body_limit(limits.body_bytes);
  }

  void append(string_view bytes) {
    std::string& body = request.body;
    const std::size_t size = body.size() + bytes.size();
    if (size > body.capacity()) {
      // A declared length is believed once the client has sent a part of it.
      const std::size_t wanted =
          size > kTrustedBytes ? static_cast<std::size_t>(declared) : std::min<std::size_t>(declared, kTrustedBytes);
      body.reserve(std::max({size, wanted, declared == 0 ? body.capacity() * 2 : 0}) + kRoom);
    }
    body.append(bytes.data(), bytes.size());
    received += bytes.size();
  }

 private:
  void on_request_impl(beast_http::verb, string_view method, string_view target, int http_version,
                       error_code&) override {
    request.method_text.assign(method.data(), method.size());
    request.method = method_of(request.method_text);
    request.target.assign(target.data(), target.size());
    version = http_version;
  }
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(beast_http::field, string_view name, string_view value, error_code&) override {
    // A trailer comes after the checks of the head and so is dropped (RFC 9110 §6.5.1).
    if (!head_done) request.headers.add(std::string(name), std::string(value));
  }
  void on_header_impl(error_code&) override { head_done = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    declared = length.value_or(0);
  }
  std::size_t on_body_impl(string_view bytes, error_code&) override {
    append(bytes);
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view extension, error_code& error) override {
    // A quoted extension may hold a line end for a laxer reader: it would see other chunks than we do.
    if (extension.size() > kChunkExtensionBytes || !is_field_value(extension)) {
      error = beast_http::error::bad_chunk_extension;
    }
  }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code&) override {
    append(bytes);
    return bytes.size();
  }
  void on_finish_impl(error_code&) override {}
};

RequestReader::RequestReader(const Limits& limits) : limits_(limits), parser_(std::make_unique<Parser>(limits)) {}
RequestReader::~RequestReader() = default;

void RequestReader::reset() {
  parser_ = std::make_unique<Parser>(limits_);
  state_ = State::kHead;
  coding_ = Coding::kIdentity;
  scanned_ = line_start_ = lines_ = empty_lines_ = 0;
}

RequestReader::State RequestReader::state() const {
  return state_;
}
const Refusal& RequestReader::refusal() const {
  return refusal_;
}
const Request& RequestReader::head() const {
  return parser_->request;
}
std::size_t RequestReader::body_received() const {
  return parser_->received;
}
Coding RequestReader::coding() const {
  return coding_;
}
bool RequestReader::http_1_0() const {
  return parser_->version == 10;
}
bool RequestReader::keep_alive() const {
  return parser_->head_done && parser_->keep_alive();
}
bool RequestReader::expects_continue() const {
  return state_ == State::kBody && !http_1_0() && head().headers.find("Expect").has_value();
}
Request RequestReader::take() {
  return std::move(parser_->request);
}

void RequestReader::refuse(int status, std::string_view code, std::string_view message) {
  state_ = State::kRefused;
  refusal_ = {status, code, message};
}

std::size_t RequestReader::feed(std::string_view bytes) {
  if (state_ == State::kHead) return feed_head(bytes);
  if (state_ == State::kBody) return feed_body(bytes);
  return 0;
}

std::optional<std::size_t> RequestReader::find_head(std::string_view bytes) {
  const auto too_long = [this](std::string_view what) { refuse(431, "too-long", what); };
  for (;;) {
    const std::size_t end = bytes.find('\n', scanned_);
    const std::size_t line_bytes = std::min(end, bytes.size()) - line_start_;
    if (lines_ == 0 && line_bytes > limits_.target_bytes + kRequestLineRest) {
      refuse(414, "too-long", "the request target is over the limit");
      return std::nullopt;
    }
    if (line_start_ + line_bytes > limits_.head_bytes) {
      too_long("the request head is over the limit");
      return std::nullopt;
    }
    if (lines_ > 0 && line_bytes > 0 && (bytes[line_start_] == ' ' || bytes[line_start_] == '\t')) {
      refuse(400, "structure", "a header line is folded");
      return std::nullopt;
    }
    if (end == bytes.npos) {
      scanned_ = bytes.size();
      return std::nullopt;
    }
    if (end == line_start_ || bytes[end - 1] != '\r') {
      refuse(400, "structure", "a line of the head does not end in CR LF");
      return std::nullopt;
    }
    scanned_ = end + 1;
    line_start_ = scanned_;
    if (line_bytes == 1) return scanned_;
    if (++lines_ > limits_.headers + 1) {
      too_long("the request has too many header lines");
      return std::nullopt;
    }
  }
}

std::size_t RequestReader::feed_head(std::string_view bytes) {
  std::size_t used = 0;
  while (bytes.substr(used).starts_with("\r\n") && lines_ == 0) {
    if (++empty_lines_ > kEmptyLines) {
      refuse(400, "structure", "empty lines instead of a request");
      return used;
    }
    used += 2;
    scanned_ = line_start_ = 0;
  }
  bytes.remove_prefix(used);
  if (bytes.empty() || bytes == "\r") return used;
  if (!is_token_char(bytes.front())) {
    refuse(400, "structure", "the request does not begin with a method");
    return used;
  }
  const auto length = find_head(bytes);
  if (!length) return used;

  error_code error;
  parser_->put({bytes.data(), *length}, error);
  if (error == beast_http::error::body_limit) {
    refuse(413, "too-long", "the body is over the limit");
  } else if (error == beast_http::error::bad_content_length || error == beast_http::error::multiple_content_length ||
             error == beast_http::error::bad_transfer_encoding) {
    refuse(400, "structure", "Content-Length or Transfer-Encoding is malformed, repeated or in conflict");
  } else if (error) {
    refuse(400, "structure", "the request head is malformed");
  } else {
    accept_head();
  }
  return used + *length;
}

void RequestReader::accept_head() {
  Request& request = parser_->request;
  const Headers& headers = request.headers;
  const std::size_t hosts = headers.count("Host");
  const std::string_view host = headers.find("Host").value_or("");
  if (hosts > 1 || (hosts == 0 && !http_1_0()) || !is_host(host)) {
    return refuse(400, "structure", "there is not exactly one valid Host header");
  }
  // Beast takes a length that is repeated without contradiction; who stands before us may count only one of them.
  const std::string_view length = headers.find("Content-Length").value_or("");
  if (headers.count("Content-Length") > 1 || length.find(',') != length.npos) {
    return refuse(400, "structure", "Content-Length is repeated");
  }
  if (const auto transfer = headers.find("Transfer-Encoding")) {
    if (http_1_0() || headers.count("Transfer-Encoding") > 1 || !equal_fold(*transfer, "chunked") ||
        headers.count("Content-Length") > 0) {
      return refuse(400, "structure", "Transfer-Encoding is not \"chunked\", or stands beside a length or HTTP/1.0");
    }
  }
  if (request.target.size() > limits_.target_bytes) {
    return refuse(414, "too-long", "the request target is over the limit");
  }
  auto target = parse_target(request.target, request.method, host);
  if (!target) return refuse(400, "structure", "the request target is malformed");
  request.path = std::move(target->path);
  request.query = std::move(target->query);

  const auto expect = headers.find("Expect");
  if (expect && (headers.count("Expect") > 1 || !equal_fold(*expect, "100-continue"))) {
    return refuse(417, "not-supported", "the only expectation that is met is 100-continue");
  }
  if (const auto encoding = headers.find("Content-Encoding")) {
    const auto coding = coding_of(*encoding);
    if (!coding || headers.count("Content-Encoding") > 1) {
      return refuse(415, "not-supported", "the content codings are gzip and deflate, one at a time");
    }
    coding_ = *coding;
  }
  parser_->eager(true);
  state_ = parser_->is_done() ? State::kComplete : State::kBody;
}

std::size_t RequestReader::feed_body(std::string_view bytes) {
  // Beast asserts five bytes when it looks again for the end of the last chunk; every rest of a chunked body has them.
  if (parser_->chunked() && bytes.size() < kLastChunkBytes) return 0;
  error_code error;
  const std::size_t used = parser_->put({bytes.data(), bytes.size()}, error);
  if (parser_->is_done()) {
    state_ = State::kComplete;
  } else if (error == beast_http::error::need_more) {
    // What is not used is the line of a chunk or trailer that has not ended.
    if (bytes.size() - used > limits_.head_bytes) {
      refuse(400, "structure", "a chunk's line or the trailer is too long");
    }
  } else if (error == beast_http::error::body_limit) {
    refuse(413, "too-long", "the body is over the limit");
  } else if (error) {
    refuse(400, "structure", "the chunked body is malformed");
  }
  return used;
}

}  // namespace pas::http
