#pragma once
// What a conformance tester may ask for, when the server was started for it: outcomes of the next submissions, faults,
// and a list of what was exchanged. In memory, by client; never on in production, and told in /metadata and in a note
// of every affected answer. Any thread.

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pas::service {

inline constexpr std::string_view kScriptedMessage = "scripted";  // outbox: the second half of a step

// The outcome of one submission.
struct ScriptStep {
  std::string action;             // X12 306: A1, A2, A3, A4, A6
  std::string then = {};          // what a pended item becomes later; empty: nothing
  std::chrono::seconds after{0};  // how much later
};

struct Fault {
  enum class Kind {
    kDelay,                  // of the next request, by `value` milliseconds, at most a minute
    kStatus,                 // the next request is answered `value`, without being looked at
    kDrop,                   // its connection is closed without an answer
    kLoseNotification,       // the next notification is not sent, and counts as sent
    kDuplicateNotification,  // it is sent twice
  };
  Kind kind = Kind::kStatus;
  int value = 0;
};

struct TracedExchange {
  std::int64_t at_ms = 0;
  std::string method, target;
  int status = 0;
  std::int64_t duration_us = 0;
  std::string request, response;  // the first kMostTracedBytes of each
};

// A notification that came to the built-in listener.
struct Notified {
  std::int64_t at_ms = 0;
  std::string body;  // the first kMostTracedBytes
};

class TestMode {
 public:
  static constexpr std::size_t kMostSteps = 100;
  static constexpr std::size_t kMostExchanges = 100;
  static constexpr std::size_t kMostBoxes = 20;
  static constexpr std::size_t kMostNotified = 20;  // in a box, the newest
  static constexpr std::size_t kMostTracedBytes = std::size_t{256} << 10U;

  // False when there are too many.
  bool add_steps(std::string_view client, std::vector<ScriptStep> steps);
  bool add_faults(std::string_view client, std::vector<Fault> faults);
  // The next of the client's; taken once.
  std::optional<ScriptStep> take_step(std::string_view client);
  std::optional<Fault> take_request_fault(std::string_view client);
  // Of any client: who is told is not who asked.
  std::optional<Fault> take_notification_fault();
  std::size_t steps_left(std::string_view client) const;
  // A client that scripts is never answered from what is stored: the same bytes are a new submission.
  bool is_scripting(std::string_view client) const;

  void record(std::string_view client, TracedExchange exchange);
  std::vector<TracedExchange> trace(std::string_view client) const;  // the oldest first

  // The listener has a box for each id that is used; false when there are too many.
  bool receive(std::string_view box, Notified notified);
  std::vector<Notified> received(std::string_view box) const;  // the oldest first

  // Of the client; the boxes, which belong to none, stay.
  void reset(std::string_view client);

 private:
  struct Client {
    bool is_scripting = false;
    std::deque<ScriptStep> steps;
    std::deque<Fault> faults;
    std::deque<TracedExchange> exchanges;
  };
  template <class Wanted>
  static std::optional<Fault> take_fault(Client& client, Wanted wanted);

  mutable std::mutex mutex_;
  std::map<std::string, Client, std::less<>> clients_;
  std::map<std::string, std::deque<Notified>, std::less<>> boxes_;
};

}  // namespace pas::service
