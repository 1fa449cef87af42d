#pragma once
// The one thread that writes to the SQLite file, with group commit.
//
// A job runs inside a transaction that it shares with others, under its own savepoint; run() returns once that
// transaction is durable. When the transaction as a whole fails (disk full, I/O error), its jobs run again one by one,
// so that a job that is too big for the disk fails alone.

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "adapter/store/sqlite_connection.h"

namespace pas::store {

class SqliteWriter {
 public:
  // Runs on the writer's thread, perhaps more than once: only the last run stands. What it refers to stays valid until
  // run() returns.
  using Job = std::function<Result<void>(SqliteConnection&)>;
  struct Limits {
    std::size_t group = 0;        // jobs of one transaction
    std::size_t queue = 0;        // jobs waiting
    std::size_t queue_bytes = 0;  // bytes that they bring
  };

  SqliteWriter(std::unique_ptr<SqliteConnection> connection, Limits limits);
  SqliteWriter(const SqliteWriter&) = delete;
  SqliteWriter& operator=(const SqliteWriter&) = delete;
  ~SqliteWriter();  // runs what is queued; threads that wait in run() get their results

  // The job's own failure, or the transaction's. kUnavailable at once when the queue is full; a job always fits into an
  // empty one. `bytes` is what the job will write, roughly.
  Result<void> run(Job job, std::size_t bytes);

  // Asks for the write-ahead log to be emptied between two transactions. Most of it should be in the file by then.
  void empty_log();

  std::size_t queued() const;
  std::uint64_t log_bytes() const { return log_bytes_.load(std::memory_order_relaxed); }
  std::uint64_t commits() const { return commits_.load(std::memory_order_relaxed); }
  // The last write failed for want of a working disk, with this; empty when it did not.
  std::string failure() const;

 private:
  struct Pending {
    Job job;
    std::size_t bytes;
    std::promise<Result<void>> promise;
    Result<void> result;
  };

  void work();
  std::vector<Pending> take_group(std::unique_lock<std::mutex>& lock);
  void run_group(std::span<Pending> group);
  Result<void> run_transaction(std::span<Pending> group);
  Result<void> run_job(Pending& pending);
  void truncate_log();
  void note(const Result<void>& result);
  static int on_commit(void* self, sqlite3* handle, const char* database, int pages);

  const std::unique_ptr<SqliteConnection> connection_;
  const Limits limits_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Pending> queue_;
  std::size_t queue_bytes_ = 0;
  bool stopping_ = false;
  bool empty_log_ = false;
  std::string failure_;

  std::atomic<std::uint64_t> log_bytes_{0};
  std::atomic<std::uint64_t> commits_{0};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace pas::store
