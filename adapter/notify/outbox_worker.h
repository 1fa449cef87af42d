#pragma once
// Takes due messages from the store, hands each to the handler of its kind, and settles it by what the handler says.
//
// Several workers, in several processes, may share a store. A message whose worker dies comes back when its lease ends,
// so a handler may see it twice: what a handler does must bear that. A handler runs on one of `threads` threads and
// blocks; it must end well within the lease. What it does is a span of its own in the trace of the message: it sees
// that in the message's origin, and the log has a line for each message that was handled. An exception from it counts
// as a failed try.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "adapter/notify/backoff.h"
#include "adapter/observe/log.h"
#include "adapter/store/store.h"
#include "fhir/base/clock.h"

namespace pas::notify {

struct Handled {
  store::Outcome outcome = store::Outcome::kDone;
  std::string result;  // for the delivery log: no content
  int http_status = 0;
  // For kRetry and kPutBack. Zero with kRetry leaves it to the back-off, and fails the message after its last try.
  std::int64_t retry_after_ms = 0;
};
using Handler = std::function<Handled(const store::OutboxMessage&)>;

class OutboxWorker {
 public:
  struct Options {
    std::size_t threads = 8;
    std::chrono::milliseconds poll{200};
    std::chrono::milliseconds lease{120'000};
  };

  // All references outlive the worker.
  OutboxWorker(store::Store& store, const Backoff& backoff, const base::Clock& clock, base::IdSource& ids,
               observe::Log& log, Options options);
  OutboxWorker(const OutboxWorker&) = delete;
  OutboxWorker& operator=(const OutboxWorker&) = delete;
  ~OutboxWorker();  // stop()

  // Before start().
  void register_handler(std::string kind, Handler handler);
  void start();
  // There may be something due: looks now instead of at the next poll.
  void wake();
  // No message is begun from here on.
  void request_stop();
  // The same, lets running handlers finish and puts back what was taken and not begun. Once stopped it stays so.
  void stop();

 private:
  void dispatch();
  void work();
  void handle(const store::OutboxMessage& message);
  void log_handled(const store::OutboxMessage& message, const Handled& handled);
  Handled run_handler(const store::OutboxMessage& message);
  void settle(const store::OutboxMessage& message, const Handled& handled);
  std::int64_t now_ms() const;

  store::Store& store_;
  const Backoff& backoff_;
  const base::Clock& clock_;
  base::IdSource& ids_;
  observe::Log& log_;
  const Options options_;
  std::map<std::string, Handler, std::less<>> handlers_;

  std::mutex mutex_;
  std::condition_variable wake_;  // of the dispatcher
  std::condition_variable work_;  // of the others
  std::deque<store::OutboxMessage> queue_;
  std::size_t busy_ = 0;  // messages that a thread has
  bool woken_ = false;
  bool stopping_ = false;
  std::vector<std::thread> threads_;  // the dispatcher first
};

}  // namespace pas::notify
