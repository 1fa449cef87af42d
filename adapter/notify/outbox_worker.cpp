#include "adapter/notify/outbox_worker.h"

#include <exception>
#include <utility>

#include "adapter/observe/trace.h"

namespace pas::notify {

OutboxWorker::OutboxWorker(store::Store& store, const Backoff& backoff, const base::Clock& clock, base::IdSource& ids,
                           observe::Log& log, Options options)
    : store_(store), backoff_(backoff), clock_(clock), ids_(ids), log_(log), options_(options) {}

OutboxWorker::~OutboxWorker() {
  stop();
}

void OutboxWorker::register_handler(std::string kind, Handler handler) {
  handlers_[std::move(kind)] = std::move(handler);
}

void OutboxWorker::start() {
  threads_.emplace_back([this] { dispatch(); });
  for (std::size_t i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { work(); });
}

void OutboxWorker::wake() {
  {
    const std::scoped_lock lock(mutex_);
    woken_ = true;
  }
  wake_.notify_one();
}

void OutboxWorker::request_stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  work_.notify_all();
}

void OutboxWorker::stop() {
  request_stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  for (const store::OutboxMessage& message : std::exchange(queue_, {})) {
    settle(message, {store::Outcome::kPutBack, "", 0, 0});
  }
}

std::int64_t OutboxWorker::now_ms() const {
  return base::to_ms(clock_.now());
}

void OutboxWorker::dispatch() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    const std::size_t free = options_.threads - std::min(options_.threads, busy_ + queue_.size());
    if (free > 0) {
      lock.unlock();
      const std::int64_t now = now_ms();
      auto taken = store_.take_messages(now, now + options_.lease.count(), static_cast<int>(free));
      if (!taken) {
        log_.write(observe::Severity::kError, "outbox.store_unavailable", {}, {{"what", taken.error().message}});
      }
      lock.lock();
      if (taken && !taken->empty()) {
        for (store::OutboxMessage& message : *taken) queue_.push_back(std::move(message));
        work_.notify_all();
        continue;
      }
    }
    wake_.wait_for(lock, options_.poll, [this] { return stopping_ || woken_; });
  }
}

void OutboxWorker::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    store::OutboxMessage message = std::move(queue_.front());
    queue_.pop_front();
    ++busy_;
    lock.unlock();
    message.origin.traceparent = observe::continue_trace(message.origin.traceparent, ids_);
    handle(message);
    lock.lock();
    --busy_;
    woken_ = true;  // the next of its subject may be due
    wake_.notify_one();
  }
}

void OutboxWorker::handle(const store::OutboxMessage& message) {
  Handled handled = run_handler(message);
  if (handled.outcome == store::Outcome::kRetry && handled.retry_after_ms == 0) {
    if (const auto delay = backoff_.delay_ms(message.attempts)) {
      handled.retry_after_ms = *delay;
    } else {
      handled.outcome = store::Outcome::kFailed;
    }
  }
  if (handled.outcome != store::Outcome::kPutBack) log_handled(message, handled);
  settle(message, handled);
}

void OutboxWorker::log_handled(const store::OutboxMessage& message, const Handled& handled) {
  const bool is_failed = handled.outcome == store::Outcome::kFailed;
  std::string_view event = "outbox.message_done";
  if (is_failed) event = "outbox.message_failed";
  if (handled.outcome == store::Outcome::kRetry) event = "outbox.message_retry";
  log_.write(is_failed ? observe::Severity::kWarning : observe::Severity::kInfo, event, message.origin.request_id,
             {{"kind", message.kind},
              {"message", message.id},
              {"attempts", message.attempts},
              {"status", handled.http_status},
              {"trace", observe::trace_id(message.origin.traceparent)}});
}

Handled OutboxWorker::run_handler(const store::OutboxMessage& message) {
  const auto handler = handlers_.find(message.kind);
  if (handler == handlers_.end()) return {store::Outcome::kFailed, "nothing handles messages of this kind"};
  try {
    return handler->second(message);
  } catch (const std::exception& problem) {
    log_.write(observe::Severity::kError, "outbox.handler_threw", {},
               {{"kind", message.kind}, {"message", message.id}, {"what", problem.what()}});
    return {store::Outcome::kRetry, "the handler broke off"};
  }
}

void OutboxWorker::settle(const store::OutboxMessage& message, const Handled& handled) {
  const std::int64_t now = now_ms();
  store::Settlement settlement;
  settlement.outcome = handled.outcome;
  settlement.attempt = message.attempts;
  settlement.at_ms = now;
  settlement.retry_at_ms = now + handled.retry_after_ms;
  settlement.result = handled.result;
  settlement.http_status = handled.http_status;
  const auto settled = store_.settle(message.id, settlement);
  if (settled) return;
  // It comes back when the lease ends, and is done again.
  log_.write(observe::Severity::kError, "outbox.not_settled", {},
             {{"kind", message.kind}, {"message", message.id}, {"what", settled.error().message}});
}

}  // namespace pas::notify
