// Sends any bytes to the routes of an adapter, without sockets: no crash, no exception, no endless run, nothing that
// the store finds unsound, and an answer of the right shape to everything that can be read.
//
// The first byte says what the rest is: requests as they come on a connection, or the body of one (Shape).

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "adapter/endpoints/outcomes.h"
#include "adapter/http/exchange.h"
#include "adapter/http/request_reader.h"
#include "adapter/http/response_writer.h"
#include "tests/adapter/endpoints/routes.h"
#include "tests/support/coding.h"
#include "tests/support/files.h"

namespace pas {
namespace {

constexpr std::size_t kBodyBytes = std::size_t{1} << 20U;
constexpr std::size_t kPieceBytes = 7;
constexpr std::string_view kRoutes[] = {"/fhir/Claim/$submit",
                                        "/pas/2.0.1/fhir/Claim/$submit",
                                        "/fhir/Claim/$inquire",
                                        "/fhir/$submit-attachment",
                                        "/fhir/Bundle/$validate",
                                        "/fhir/Subscription",
                                        "/test/script"};
constexpr std::string_view kTypes[] = {"application/fhir+json", "application/json; charset=utf-8",
                                       "application/fhir+xml", "application/json;charset=\"UTF-8\"; q=1"};

// The first byte, from its lowest bit: 2 of coding, 2 of media type, 3 of route, 1 whether it comes in pieces.
struct Shape {
  explicit Shape(std::uint8_t byte)
      : coding(byte & 3U), type((byte >> 2U) & 3U), route((byte >> 4U) & 7U), in_pieces((byte & 0x80U) != 0) {}
  bool is_connection() const { return route >= std::size(kRoutes); }

  unsigned coding, type, route;
  bool in_pieces;
};

std::string request_of(const Shape& shape, std::string_view rest) {
  if (shape.is_connection()) return std::string(rest);
  std::string body(rest);
  std::string framing;
  if (shape.coding == 1) body = support::compressed(body, support::kGzip);
  if (shape.coding == 2) body = support::compressed(body, support::kZlib);
  if (shape.coding == 3) body = support::chunked(body);
  if (shape.coding == 1) framing = "Content-Encoding: gzip\r\n";
  if (shape.coding == 2) framing = "Content-Encoding: deflate\r\n";
  framing +=
      shape.coding == 3 ? "Transfer-Encoding: chunked\r\n" : "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return "POST " + std::string(kRoutes[shape.route]) +
         " HTTP/1.1\r\nHost: payer.example\r\nContent-Type: " + std::string(kTypes[shape.type]) + "\r\n" + framing +
         "\r\n" + body;
}

http::Options options() {
  http::Options options;
  options.workers = 0;  // all is done here
  options.limits.body_bytes = kBodyBytes;
  return options;
}

// An adapter as a connection finds it; a new one for each input, so that an input does the same each time.
class Connection {
 public:
  void send(std::string_view bytes, std::size_t piece_bytes) {
    for (; !bytes.empty() && !refused_; bytes.remove_prefix(std::min(piece_bytes, bytes.size()))) {
      pending_ += bytes.substr(0, piece_bytes);
      pending_.erase(0, receive(pending_));
    }
  }

  const http::Response& last() const { return last_; }
  std::size_t answered() const { return answered_; }
  const store::Store& store() const { return routes_.store(); }

 private:
  // As a session does; how many bytes were used.
  std::size_t receive(std::string_view bytes) {
    using State = http::RequestReader::State;
    std::size_t used = 0;
    while (used < bytes.size()) {
      const State before = reader_.state();
      const std::size_t step = reader_.feed(bytes.substr(used));
      used += step;
      if (reader_.state() == State::kRefused) {
        refused_ = true;
        check(http::refusal_response(core_, reader_.refusal(), "fuzz"), false);
        break;
      }
      if (reader_.state() == State::kComplete) {
        answer();
        reader_.reset();
      } else if (step == 0 && reader_.state() == before) {
        break;
      }
    }
    return used;
  }

  void answer() {
    http::Request request = reader_.take();
    if (request.path == "/test/faults") return;  // would wait, or answer anything, as told
    const bool is_head = request.method == http::Method::kHead;
    request.request_id = http::choose_request_id(request.headers, ids_);
    request.remote_address = "192.0.2.7";
    request.deadline = std::chrono::steady_clock::time_point::max();
    http::Exchange exchange(std::move(request), reader_.coding(), {core_.bodies, core_.addresses, "192.0.2.7"});
    http::run(core_, exchange);
    check(std::move(exchange.response), is_head);
  }

  void check(http::Response response, bool is_head) {
    ++answered_;
    last_ = std::move(response);
    if (last_.status < 200 || last_.status >= 500) std::abort();
    if (!http::write_head(last_, "fuzz", {})) std::abort();
    const std::string_view content = last_.content();
    if (content.empty()) {
      if (last_.status >= 400 && !is_head) std::abort();  // without a word
      return;
    }
    if (last_.content_type.find("json") == std::string::npos) return;
    const auto document = json::Document::parse(std::string(content));
    if (!document || !document->root().is_object()) std::abort();
    const json::Node root = document->root();
    if (root["resourceType"].text() == "OperationOutcome" && !root["issue"]) std::abort();
  }

  service_test::CountedIds ids_;
  service_test::FixedClock clock_;
  observe::Log log_ = observe::Log::to_sink(observe::Severity::kInfo, clock_, [](std::string_view) {});
  endpoints_test::Routes routes_{"memory"};
  http::Core core_{options(),
                   [this](http::Request&& request) { return routes_.ask(std::move(request)); },
                   endpoints::refusal_of_http,
                   log_,
                   clock_,
                   ids_};
  http::RequestReader reader_{core_.options.limits};
  std::string pending_;
  bool refused_ = false;
  http::Response last_;
  std::size_t answered_ = 0;
};

// Whether the last answer holds decisions.
bool has_decision(const http::Response& response) {
  const auto document = json::Document::parse(std::string(response.content()));
  if (response.status != 200 || !document) return false;
  for (const json::Node entry : document->root()["entry"]) {
    if (entry["resource"]["resourceType"].text() != "ClaimResponse") continue;
    for (const json::Node item : entry["resource"]["item"]) return static_cast<bool>(item["adjudication"]);
  }
  return false;
}

// Whether it is decided.
bool try_out(std::string_view input) {
  if (input.empty()) return false;
  const Shape shape(static_cast<std::uint8_t>(input[0]));
  const std::string bytes = request_of(shape, input.substr(1));
  Connection connection;
  connection.send(bytes, shape.in_pieces ? kPieceBytes : bytes.size());
  const bool decided = has_decision(connection.last());
  if (!shape.is_connection()) {
    if (connection.answered() != 1) std::abort();
    if (decided) {  // sent again, it is answered as before
      const std::string first(connection.last().content());
      connection.send(bytes, bytes.size());
      if (connection.last().content() != first) std::abort();
    }
  }
  if (!connection.store().verify()->empty()) std::abort();
  return decided;
}

}  // namespace
}  // namespace pas

// Whether whole requests still reach a decision: a fuzzer whose requests are all refused would find nothing.
extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  const auto decided = pas::support::files_below(pas::support::repo_path("tests/fuzz/http_corpus"), "-decided");
  const auto reaches = [](const auto& path) { return pas::try_out(pas::support::read_file(path)); };
  if (decided.size() < 4 || !std::ranges::all_of(decided, reaches)) std::abort();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(pas::try_out({reinterpret_cast<const char*>(data), size}));
  return 0;
}
