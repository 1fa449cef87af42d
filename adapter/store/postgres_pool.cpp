#include "adapter/store/postgres_pool.h"

#include <algorithm>
#include <thread>

namespace pas::store {
namespace {

constexpr std::chrono::milliseconds kFirstWait{20};
constexpr std::chrono::milliseconds kLongestWait{250};

}  // namespace

Result<PostgresPool::Connection> PostgresPool::take(Access access) {
  std::unique_lock lock(mutex_);
  for (;;) {
    while (!idle_.empty()) {
      Connection connection = std::move(idle_.back());
      idle_.pop_back();
      if (connection->is_alive()) return connection;
      --open_;
    }
    if (open_ < options_.connections) break;
    if (waiting_ >= options_.queue_limit) return base::unavailable("the store's queue is full");
    ++waiting_;
    returned_.wait(lock);
    --waiting_;
  }
  ++open_;
  lock.unlock();
  auto connection = connect(access);
  lock.lock();
  if (connection) {
    missing_since_.reset();
    return connection;
  }
  --open_;
  returned_.notify_one();
  return connection;
}

Result<PostgresPool::Connection> PostgresPool::connect(Access access) {
  auto connection = PostgresConnection::open(options_.conninfo, Access::kWrite, options_.keys);
  if (connection || access == Access::kWrite) return connection;
  auto standby = PostgresConnection::open(options_.conninfo, Access::kAny, options_.keys);
  return standby ? std::move(standby) : std::move(connection);
}

void PostgresPool::give_back(Connection connection) {
  const bool keep = !connection->is_lost() && !connection->in_transaction() && !connection->is_standby();
  const std::scoped_lock lock(mutex_);
  if (keep) {
    idle_.push_back(std::move(connection));
  } else {
    --open_;
  }
  returned_.notify_one();
}

bool PostgresPool::wait_for_server(int tries) {
  const auto now = std::chrono::steady_clock::now();
  {
    const std::scoped_lock lock(mutex_);
    if (!missing_since_) missing_since_ = now;
    if (now - *missing_since_ > options_.retry_window) return false;
  }
  std::this_thread::sleep_for(std::min(kFirstWait * tries, kLongestWait));
  return true;
}

void PostgresPool::note(const std::optional<base::Error>& error) {
  const std::scoped_lock lock(mutex_);
  if (!error) {
    failure_.clear();
  } else if (error->code == base::ErrorCode::kUnavailable) {
    failure_ = error->message;
  }
}

Health PostgresPool::health() const {
  const std::scoped_lock lock(mutex_);
  Health health;
  health.message = failure_;
  health.writable = failure_.empty();
  health.queued = waiting_;
  health.queue_limit = options_.queue_limit;
  return health;
}

}  // namespace pas::store
