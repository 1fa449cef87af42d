#include "adapter/http/session.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "adapter/http/rate_limiter.h"
#include "adapter/http/response_writer.h"
#include "adapter/observe/trace.h"

namespace pas::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
// A leftover larger than this gives its memory back when the connection becomes idle.
constexpr std::size_t kIdleBytes = 4096;
// How much more a compressed body is taken for than its bytes.
constexpr std::size_t kCodedFactor = 8;

const Refusal kBusy = {503, "throttled", "the server is busy"};
const Refusal kTooMuch = {429, "throttled", "this client has too much in hand at once"};
const Refusal kSlowRequest = {408, "timeout", "the request came too slowly"};
const Refusal kSlowAnswer = {503, "timeout", "no answer within the time limit"};
const Refusal kPlainHttp = {400, "not-supported", "this address takes HTTPS only"};
const Refusal kCutOff = {400, "structure", "the request is cut off"};

}  // namespace

Session::Session(Core& core, Loop& loop, Socket socket)
    : core_(core),
      loop_(loop),
      channel_(std::move(socket)),
      address_(channel_.remote_address()),
      client_(client_of(address_)),
      reader_(core.options.limits) {}

bool Session::admit() {
  return counted_ = core_.addresses.take_connection(client_);
}

void Session::begin(Phase phase, std::chrono::milliseconds time) {
  phase_ = phase;
  phase_began_ = std::chrono::steady_clock::now();
  deadline_ = phase_began_ + time;
}

// `pace` and the time for so many bytes at the lowest rate, since the phase began.
Session::TimePoint Session::paced(std::size_t bytes) const {
  const Timeouts& timeouts = core_.options.timeouts;
  return phase_began_ + timeouts.pace +
         std::chrono::milliseconds(bytes * 1000 / std::max<std::size_t>(timeouts.bytes_per_second, 1));
}

void Session::open() {
  loop_.sessions.insert(shared_from_this());
  core_.connections.add();
  channel_.open();
  request_began_ = std::chrono::steady_clock::now();
}

void Session::serve() {
  open();
  const auto& tls = core_.options.tls;
  if (tls) {
    if (!channel_.secure(*tls)) return close();
    begin(Phase::kHandshake, core_.options.timeouts.head);
    return shake_hands();
  }
  begin(Phase::kIdle, core_.options.timeouts.head);
  read_once();
}

void Session::shake_hands() {
  const error_code error = channel_.handshake();
  if (would_block(error)) {
    return channel_.wait_to_read([self = shared_from_this()](const error_code& wait_error) {
      if (self->phase_ != Phase::kHandshake) return;
      if (wait_error) return self->close();
      self->shake_hands();
    });
  }
  if (error) return handshake_failed();
  begin(Phase::kIdle, core_.options.timeouts.head);
  read_once();
}

void Session::handshake_failed() {
  if (channel_.spoke_http()) return refuse(kPlainHttp, false);
  if (channel_.failure().empty()) return close();
  core_.log.write(observe::Severity::kInfo, "http.handshake_failed", {},
                  {{"what", channel_.failure()}, {"address", address_}});
  linger();  // so that the alert, which says why, is not lost
}

void Session::turn_away(bool only_this_client) {
  if (core_.options.tls) return;
  open();
  refuse(only_this_client ? kTooMuch : kBusy, false);
}

void Session::close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  if (exchange_) exchange_->abandoned = true;
  exchange_.reset();
  charge_.reset();
  channel_.close();
  if (counted_) core_.addresses.give_connection(client_);
  core_.connections.remove();
  loop_.sessions.erase(shared_from_this());
}

void Session::drain() {
  // What the client has sent already is still served.
  if (phase_ == Phase::kIdle && pending_.empty()) read_once();
  if (phase_ == Phase::kHandshake) close();
}

void Session::check_deadline(TimePoint now) {
  if (now < deadline_) return;
  switch (phase_) {
    case Phase::kHead:
    case Phase::kBody:
      return refuse(kSlowRequest, false);
    case Phase::kHandling:
      exchange_->abandoned = true;
      exchange_.reset();
      return refuse(kSlowAnswer, false);
    case Phase::kWriting:
      log_access("http.cut");
      return close();
    case Phase::kHandshake:
    case Phase::kIdle:
    case Phase::kLingering:
      return close();
    case Phase::kClosed:
      return;
  }
}

void Session::wait_readable() {
  if (waiting_) return;
  waiting_ = true;
  channel_.wait_to_read([self = shared_from_this()](const error_code& error) {
    self->waiting_ = false;
    if (error) return self->close();
    // While an answer is made or written, what comes stays in the socket.
    if (self->phase_ != Phase::kHandling && self->phase_ != Phase::kWriting) self->read_once();
  });
}

// One buffer's worth, so that a fast client does not hold up the others of its thread.
void Session::read_once() {
  if (phase_ == Phase::kClosed) return;
  error_code error;
  const std::size_t size = channel_.read(loop_.read_buffer, error);
  if (would_block(error)) {
    if (phase_ == Phase::kIdle && core_.draining) return close();
    return wait_readable();
  }
  if (error == asio::error::eof) return end_of_input();
  if (error) return close();
  if (phase_ == Phase::kLingering) return wait_readable();
  receive({loop_.read_buffer.data(), size});
}

void Session::end_of_input() {
  if (phase_ == Phase::kHead || phase_ == Phase::kBody) return refuse(kCutOff, false);
  close();
}

void Session::receive(std::string_view bytes) {
  if (phase_ == Phase::kIdle) request_began_ = std::chrono::steady_clock::now();
  if (pending_.empty()) {
    const std::size_t used = feed(bytes);
    pending_ = bytes.substr(used);
  } else {
    pending_ += bytes;
    pending_.erase(0, feed(pending_));
  }
  act();
}

// To the end of a request at most.
std::size_t Session::feed(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && room_ == Charge::Room::kThere) {
    const auto state = reader_.state();
    const std::size_t step = reader_.feed(bytes.substr(used));
    used += step;
    if (state == RequestReader::State::kHead && reader_.state() != state) note_head();
    if (charge_ && reader_.body_received() > charge_->bytes()) {
      room_ = charge_->add(reader_.body_received() - charge_->bytes());
    }
    const bool ended =
        reader_.state() == RequestReader::State::kComplete || reader_.state() == RequestReader::State::kRefused;
    if (ended || (step == 0 && reader_.state() == state)) break;
  }
  return used;
}

void Session::note_head() {
  const Request& head = reader_.head();
  request_id_ = choose_request_id(head.headers, core_.ids);
  traceparent_ = choose_trace(head.headers, core_.ids);
  is_head_ = head.method == Method::kHead;
  method_ = name_of(head.method);
  received_at_ = core_.clock.now();
  charge_ = std::make_unique<Charge>(core_.bodies, core_.addresses, client_);
}

void Session::act() {
  if (room_ != Charge::Room::kThere) return refuse(room_ == Charge::Room::kNone ? kBusy : kTooMuch, false);
  switch (reader_.state()) {
    case RequestReader::State::kHead:
      if (phase_ == Phase::kIdle && !pending_.empty()) begin(Phase::kHead, core_.options.timeouts.head);
      return wait_readable();
    case RequestReader::State::kBody:
      return read_body();
    case RequestReader::State::kComplete:
      return dispatch();
    case RequestReader::State::kRefused:
      return refuse(reader_.refusal(), false);
  }
}

void Session::read_body() {
  if (phase_ != Phase::kBody) {
    begin(Phase::kBody, core_.options.timeouts.pace);
    const bool body_comes = reader_.body_received() > 0 || !pending_.empty();
    if (reader_.expects_continue() && !body_comes && !send_continue()) return close();
  }
  deadline_ = paced(reader_.body_received());
  wait_readable();
}

// False when it did not fit into an empty socket: the client does not read.
bool Session::send_continue() {
  error_code error;
  return channel_.write(kContinue, {}, error) == kContinue.size();
}

void Session::dispatch() {
  begin(Phase::kHandling, core_.options.timeouts.handler);
  Request request = reader_.take();
  request.request_id = request_id_;
  request.traceparent = traceparent_;
  request.remote_address = address_;
  request.received_at = received_at_;
  request.began = request_began_;
  request.deadline = deadline_;
  const bool is_big =
      request.body.size() * (reader_.coding() == Coding::kIdentity ? 1 : kCodedFactor) >= core_.options.big_body_bytes;
  exchange_ = std::make_shared<Exchange>(std::move(request), reader_.coding(), std::move(*charge_));
  charge_.reset();
  const auto weight = is_big ? WorkerPool::Weight::kHeavy : WorkerPool::Weight::kLight;
  auto job = [&core = core_, self = shared_from_this(), exchange = exchange_]() mutable {
    if (!exchange->abandoned) run(core, *exchange);
    const auto executor = self->channel_.executor();
    asio::post(executor, [self = std::move(self), exchange = std::move(exchange)] { self->answer(exchange); });
  };
  if (!core_.workers.submit(std::move(job), weight)) {
    exchange_.reset();
    refuse(kBusy, true);
  }
}

void Session::answer(const std::shared_ptr<Exchange>& exchange) {
  if (exchange != exchange_) {  // answered 503 before, or closed
    core_.log.write(observe::Severity::kWarning, "http.late_answer", exchange->request_id,
                    {{"route", exchange->response.route}, {"status", exchange->response.status}});
    return;
  }
  exchange_.reset();
  if (exchange->response.drop) return close();
  respond(std::move(exchange->response), true);
}

void Session::refuse(const Refusal& refusal, bool keep_alive) {
  if (request_id_.empty()) {  // its head was not read to the end
    request_id_ = core_.ids.uuid();
    traceparent_ = observe::continue_trace({}, core_.ids);
  }
  charge_.reset();
  respond(refusal_response(core_, refusal, request_id_), keep_alive);
}

void Session::respond(Response response, bool keep_alive) {
  keep_alive_ = keep_alive && reader_.keep_alive() && !core_.draining;
  response_ = std::move(response);
  response_.headers.add(std::string(kTraceResponse), traceparent_);
  const ConnectionState connection{keep_alive_, reader_.http_1_0(), channel_.is_tls()};
  auto head = write_head(response_, request_id_, connection);
  if (!head) {
    core_.log.write(observe::Severity::kError, "http.bad_response", request_id_, {{"what", head.error().message}});
    response_ = internal_error(std::move(response_.route));
    head = write_head(response_, request_id_, connection);
  }
  head_ = *std::move(head);
  body_ = is_head_ || !has_content(response_.status) ? std::string_view() : response_.content();
  sent_bytes_ = 0;
  begin(Phase::kWriting, core_.options.timeouts.pace);
  send();
}

void Session::send() {
  while (sent_bytes_ < head_.size() + body_.size()) {
    const std::string_view head = std::string_view(head_).substr(std::min(sent_bytes_, head_.size()));
    const std::string_view body = body_.substr(sent_bytes_ - std::min(sent_bytes_, head_.size()));
    error_code error;
    sent_bytes_ += channel_.write(head, body, error);
    if (would_block(error)) {
      deadline_ = paced(sent_bytes_);
      channel_.wait_to_write([self = shared_from_this()](const error_code& wait_error) {
        if (self->phase_ != Phase::kWriting) return;
        if (wait_error) return self->close();
        self->send();
      });
      return;
    }
    if (error) {
      log_access("http.cut");
      return close();
    }
  }
  sent();
}

void Session::sent() {
  log_access("http.access");
  body_ = {};
  response_ = Response{};
  if (!keep_alive_) return linger();
  next_request();
}

void Session::log_access(std::string_view event) {
  const auto time = std::chrono::steady_clock::now() - request_began_;
  const double ms = static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(time).count()) / 1000.0;
  core_.log.write(observe::Severity::kInfo, event, request_id_,
                  {{"method", method_},
                   {"route", response_.route},
                   {"status", response_.status},
                   {"bytes", sent_bytes_},
                   {"ms", ms},
                   {"trace", observe::trace_id(traceparent_)}});
  if (core_.options.on_answer) core_.options.on_answer({method_, response_.route, response_.status, ms / 1000.0});
}

void Session::next_request() {
  reader_.reset();
  request_id_.clear();
  traceparent_.clear();
  method_.clear();
  is_head_ = false;
  begin(Phase::kIdle, core_.options.timeouts.idle);
  if (pending_.empty()) {
    if (pending_.capacity() > kIdleBytes) pending_ = std::string();
    return wait_readable();
  }
  // A pipelined request; not from here, as a long pipeline would nest.
  asio::post(channel_.executor(), [self = shared_from_this()] {
    if (self->phase_ == Phase::kIdle) self->receive({});
  });
}

// Closing at once, with input unread, would reset the connection and could take the answer from the client
// (RFC 9112 §9.6).
void Session::linger() {
  begin(Phase::kLingering, core_.options.timeouts.linger);
  pending_ = std::string();
  channel_.finish();
  read_once();
}

}  // namespace pas::http
