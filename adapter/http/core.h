#pragma once
// What all sessions of a server share. Internal to adapter/http.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <utility>

#include "adapter/http/address_use.h"
#include "adapter/http/server.h"
#include "adapter/http/worker_pool.h"

namespace pas::http {

// Bytes of request bodies in memory, over all connections.
class Budget {
 public:
  explicit Budget(std::size_t limit_bytes) : limit_bytes_(limit_bytes) {}
  bool take(std::size_t bytes) {
    if (used_.fetch_add(bytes) + bytes <= limit_bytes_) return true;
    used_.fetch_sub(bytes);
    return false;
  }
  void give(std::size_t bytes) { used_.fetch_sub(bytes); }
  std::size_t used() const { return used_.load(); }

 private:
  const std::size_t limit_bytes_;
  std::atomic<std::size_t> used_ = 0;
};

// One request's part of the budget and of its client's, given back at the end.
class Charge {
 public:
  enum class Room { kThere, kNoneForClient, kNone };

  Charge(Budget& budget, AddressUse& addresses, std::string client)
      : budget_(&budget), addresses_(&addresses), client_(std::move(client)) {}
  Charge(Charge&& other) noexcept
      : budget_(other.budget_),
        addresses_(other.addresses_),
        client_(std::move(other.client_)),
        bytes_(std::exchange(other.bytes_, 0)) {}
  Charge& operator=(Charge&&) = delete;
  ~Charge() { release(); }

  Room add(std::size_t bytes) {
    if (!addresses_->take_bytes(client_, bytes)) return Room::kNoneForClient;
    if (!budget_->take(bytes)) {
      addresses_->give_bytes(client_, bytes);
      return Room::kNone;
    }
    bytes_ += bytes;
    return Room::kThere;
  }
  void release() {
    if (bytes_ == 0) return;
    addresses_->give_bytes(client_, bytes_);
    budget_->give(std::exchange(bytes_, 0));
  }
  std::size_t bytes() const { return bytes_; }

 private:
  Budget* budget_;
  AddressUse* addresses_;
  std::string client_;
  std::size_t bytes_ = 0;
};

// Open connections; stop() waits until there is none.
class ConnectionCount {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++count_;
  }
  void remove() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) none_.notify_all();
  }
  std::size_t value() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }
  void wait_for_none(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    none_.wait_for(lock, timeout, [this] { return count_ == 0; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable none_;
  std::size_t count_ = 0;
};

struct Core {
  Options options;
  Handler handler;
  ErrorBody error_body;
  observe::Log& log;
  const base::Clock& clock;
  base::IdSource& ids;
  Budget bodies;
  AddressUse addresses;
  ConnectionCount connections;
  std::atomic<bool> draining = false;  // stop() has begun
  WorkerPool workers;

  Core(Options server_options, Handler request_handler, ErrorBody refusal_body, observe::Log& server_log,
       const base::Clock& server_clock, base::IdSource& id_source)
      : options(std::move(server_options)),
        handler(std::move(request_handler)),
        error_body(std::move(refusal_body)),
        log(server_log),
        clock(server_clock),
        ids(id_source),
        bodies(options.limits.buffered_bytes),
        addresses(options.address_limits),
        workers(options.workers, options.queue) {}
};

}  // namespace pas::http
