#pragma once
// What waits to be sent or done, and what became of each try. The outbox is the only way out: a message is written in
// the transaction of what it follows from, and a worker takes it from here.
//
// A message is leased, not removed, when it is taken: of a worker that dies it comes back when the lease ends (or when
// the store is opened again, if only one process can have it), so that each is delivered at least once. Messages of one
// subject go one at a time, the oldest first; one that failed for good no longer holds up those behind it. Times are
// milliseconds since the epoch, UTC. Values; any thread.

#include <cstdint>
#include <string>
#include <string_view>

namespace pas::store {

// The request that a message follows from, for whoever puts logs together; empty of what follows from none.
struct Origin {
  std::string request_id = {};
  std::string traceparent = {};  // W3C Trace Context
  bool operator==(const Origin&) const = default;
};

struct OutboxMessage {
  std::int64_t id = 0;  // set by the store, rising
  std::string case_id;  // set by commit and revise
  std::string kind;     // who handles it
  std::string payload;
  std::int64_t due_ms = 0;
  std::string subject = {};  // what is told in order, a subscription's id; empty: no order
  int attempts = 0;          // set by the store: how often it was taken
  Origin origin = {};        // set by commit and revise
  bool operator==(const OutboxMessage&) const = default;
};

// The kind of the message that the store writes for each event. Its subject is the subscription's id, its payload the
// event's number in decimal digits.
inline constexpr std::string_view kEventMessage = "event";

enum class Outcome {
  kDone,     // the message is gone
  kRetry,    // due again at Settlement::retry_at_ms
  kFailed,   // kept, and not due until it is replayed
  kPutBack,  // not tried: due at retry_at_ms, the attempt does not count and the log does not tell of it
};

std::string_view to_string(Outcome outcome);  // "done", "retry", "failed", "put-back"

// What became of a message that was taken.
struct Settlement {
  Outcome outcome = Outcome::kDone;
  int attempt = 0;  // OutboxMessage::attempts as taken: whoever lost the lease cannot settle
  std::int64_t at_ms = 0;
  std::int64_t retry_at_ms = 0;
  std::string result;   // for an operator; no content
  int http_status = 0;  // 0: no answer
};

// One line of the delivery log.
struct Delivery {
  std::int64_t message_id = 0;
  std::string kind;
  std::string subject;
  Outcome outcome = Outcome::kDone;
  int attempt = 0;
  std::int64_t at_ms = 0;
  std::string result;
  int http_status = 0;
  bool operator==(const Delivery&) const = default;
};

// The newest of each subject's deliveries that are kept.
inline constexpr int kMaxDeliveries = 200;

}  // namespace pas::store
