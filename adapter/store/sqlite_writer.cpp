#include "adapter/store/sqlite_writer.h"

#include <exception>
#include <utility>

namespace pas::store {
namespace {

constexpr std::size_t kGroupBytes = std::size_t{1} << 24U;  // a big body shares its transaction with few others
constexpr int kTruncateWaitMs = 20;                         // for readers of an old snapshot
constexpr std::uint64_t kLogFrameBytes = 4096 + 24;

}  // namespace

SqliteWriter::SqliteWriter(std::unique_ptr<SqliteConnection> connection, Limits limits)
    : connection_(std::move(connection)), limits_(limits) {
  // Also takes the place of SQLite's automatic checkpoint, which would run on this thread.
  sqlite3_wal_hook(connection_->handle(), on_commit, this);
  thread_ = std::thread([this] { work(); });
}

SqliteWriter::~SqliteWriter() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

Result<void> SqliteWriter::run(Job job, std::size_t bytes) {
  Pending pending{std::move(job), bytes, {}, {}};
  std::future<Result<void>> done = pending.promise.get_future();
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_) return base::unavailable("the store is closing");
    if (queue_.size() >= limits_.queue || (!queue_.empty() && queue_bytes_ + bytes > limits_.queue_bytes)) {
      return base::unavailable("the store's queue is full");
    }
    queue_bytes_ += bytes;
    queue_.push_back(std::move(pending));
    wake_.notify_one();  // under the lock: from here on only `done` is touched, so the writer may go away meanwhile
  }
  return done.get();
}

void SqliteWriter::empty_log() {
  {
    const std::scoped_lock lock(mutex_);
    empty_log_ = true;
  }
  wake_.notify_one();
}

std::size_t SqliteWriter::queued() const {
  const std::scoped_lock lock(mutex_);
  return queue_.size();
}

std::string SqliteWriter::failure() const {
  const std::scoped_lock lock(mutex_);
  return failure_;
}

void SqliteWriter::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || empty_log_ || !queue_.empty(); });
    if (queue_.empty() && stopping_) return;
    const bool truncate = std::exchange(empty_log_, false);
    std::vector<Pending> group = take_group(lock);
    lock.unlock();
    if (!group.empty()) run_group(group);
    if (truncate) truncate_log();
    lock.lock();
  }
}

std::vector<SqliteWriter::Pending> SqliteWriter::take_group(std::unique_lock<std::mutex>&) {
  std::vector<Pending> group;
  std::size_t bytes = 0;
  while (!queue_.empty() && group.size() < limits_.group &&
         (group.empty() || bytes + queue_.front().bytes <= kGroupBytes)) {
    bytes += queue_.front().bytes;
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  queue_bytes_ -= bytes;
  return group;
}

void SqliteWriter::run_group(std::span<Pending> group) {
  Result<void> ran = run_transaction(group);
  if (!ran && group.size() > 1) {
    for (Pending& pending : group) {
      ran = run_transaction({&pending, 1});
      if (!ran) pending.result = ran;
    }
  } else if (!ran) {
    group.front().result = ran;
  }
  for (Pending& pending : group) note(pending.result);
  for (Pending& pending : group) pending.promise.set_value(std::move(pending.result));
}

// A failure is the whole transaction's, and then nothing of it is stored. Else each job has its result.
Result<void> SqliteWriter::run_transaction(std::span<Pending> group) {
  Result<void> ran = connection_->run("BEGIN IMMEDIATE");
  for (Pending& pending : group) {
    if (!ran) break;
    ran = run_job(pending);
  }
  if (ran) ran = connection_->run("COMMIT");
  if (!ran && connection_->in_transaction()) (void)connection_->run("ROLLBACK");
  return ran;
}

Result<void> SqliteWriter::run_job(Pending& pending) {
  if (auto marked = connection_->run("SAVEPOINT job"); !marked) return marked;
  try {
    pending.result = pending.job(*connection_);
  } catch (const std::exception& problem) {  // out of memory: this job's loss, not the thread's
    pending.result = base::unavailable(std::string("store: ") + problem.what());
  }
  if (!pending.result) {
    // SQLite rolls the transaction back by itself after some failures of the disk.
    if (!connection_->in_transaction()) return pending.result;
    if (auto undone = connection_->run("ROLLBACK TO job"); !undone) return undone;
  }
  return connection_->run("RELEASE job");
}

void SqliteWriter::truncate_log() {
  sqlite3_busy_timeout(connection_->handle(), kTruncateWaitMs);
  if (sqlite3_wal_checkpoint_v2(connection_->handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr) ==
      SQLITE_OK) {
    log_bytes_.store(0, std::memory_order_relaxed);
  }
  sqlite3_busy_timeout(connection_->handle(), kBusyTimeoutMs);
}

void SqliteWriter::note(const Result<void>& result) {
  if (result) {
    const std::scoped_lock lock(mutex_);
    failure_.clear();
  } else if (result.error().code == base::ErrorCode::kUnavailable) {
    const std::scoped_lock lock(mutex_);
    failure_ = result.error().message;
  }
}

int SqliteWriter::on_commit(void* self, sqlite3* /*handle*/, const char* /*database*/, int pages) {
  auto* writer = static_cast<SqliteWriter*>(self);
  writer->log_bytes_.store(static_cast<std::uint64_t>(pages) * kLogFrameBytes, std::memory_order_relaxed);
  writer->commits_.fetch_add(1, std::memory_order_relaxed);
  return SQLITE_OK;
}

}  // namespace pas::store
