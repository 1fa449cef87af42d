#pragma once
// One connection: reads a request, has a worker answer it, writes the answer, and again. Internal to adapter/http.
//
// A session lives on the one thread of its Loop; only run() on a worker is elsewhere, and touches the Exchange alone.
// It reads when the socket is readable, into a buffer that the loop's sessions share, so that an idle connection costs
// no buffer; what is left over (part of a head, a pipelined request) is kept in pending_.

#include <array>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

#include "adapter/http/channel.h"
#include "adapter/http/core.h"
#include "adapter/http/exchange.h"
#include "adapter/http/request_reader.h"

namespace pas::http {

class Session;

struct Loop {
  std::unordered_set<std::shared_ptr<Session>> sessions;
  std::array<char, std::size_t{64} << 10U> read_buffer;
  boost::asio::io_context context{1};  // last: its end destroys handlers that use the rest
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  Session(Core& core, Loop& loop, Socket socket);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() = default;

  // Counts it as a connection of its client; false over the client's limit.
  bool admit();
  // Registers with the loop and begins. On the loop's thread, as all of these.
  void serve();
  // Instead of serve(): answers 503, or 429 when only this client has too many, and closes; over TLS just closes, as a
  // handshake would cost more than a request.
  void turn_away(bool only_this_client);
  // Ends what has lasted too long.
  void check_deadline(TimePoint now);
  // stop() has begun: closes when nothing is in hand.
  void drain();
  void close();
  // Has nothing to say any more.
  bool lingering() const { return phase_ == Phase::kLingering; }

 private:
  enum class Phase { kHandshake, kIdle, kHead, kBody, kHandling, kWriting, kLingering, kClosed };

  void begin(Phase phase, std::chrono::milliseconds time);
  void open();
  void shake_hands();
  void handshake_failed();

  void wait_readable();
  void read_once();
  void end_of_input();
  void receive(std::string_view bytes);
  std::size_t feed(std::string_view bytes);
  void act();
  void note_head();
  void read_body();
  bool send_continue();
  void next_request();

  void dispatch();
  void answer(const std::shared_ptr<Exchange>& exchange);
  void refuse(const Refusal& refusal, bool keep_alive);
  void respond(Response response, bool keep_alive);
  void send();
  void sent();
  void linger();
  void log_access(std::string_view event);
  TimePoint paced(std::size_t bytes) const;

  Core& core_;
  Loop& loop_;
  Channel channel_;
  const std::string address_;
  const std::string client_;  // what its limits count it as
  bool counted_ = false;      // as a connection of its client
  Phase phase_ = Phase::kIdle;
  TimePoint phase_began_;
  TimePoint deadline_;
  bool waiting_ = false;  // for readability

  RequestReader reader_;
  std::string pending_;
  std::unique_ptr<Charge> charge_;
  Charge::Room room_ = Charge::Room::kThere;
  std::shared_ptr<Exchange> exchange_;

  // Of the request in hand, for its answer and the log.
  std::string request_id_;
  std::string traceparent_;
  std::string method_;
  bool is_head_ = false;
  TimePoint request_began_;
  std::chrono::system_clock::time_point received_at_;

  // The answer on its way out.
  Response response_;
  std::string head_;
  std::string_view body_;
  std::size_t sent_bytes_ = 0;
  bool keep_alive_ = false;
};

}  // namespace pas::http
