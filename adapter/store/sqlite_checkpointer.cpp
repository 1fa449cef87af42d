#include "adapter/store/sqlite_checkpointer.h"

#include <utility>

namespace pas::store {

SqliteCheckpointer::SqliteCheckpointer(std::unique_ptr<SqliteConnection> connection, SqliteWriter& writer,
                                       std::chrono::milliseconds interval, std::uint64_t log_limit_bytes)
    : connection_(std::move(connection)), writer_(writer), interval_(interval), log_limit_bytes_(log_limit_bytes) {
  thread_ = std::thread([this] { work(); });
}

SqliteCheckpointer::~SqliteCheckpointer() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void SqliteCheckpointer::work() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, interval_, [this] { return stopping_; })) {
    lock.unlock();
    look();
    lock.lock();
  }
}

void SqliteCheckpointer::look() {
  const std::uint64_t log_bytes = writer_.log_bytes();
  if (log_bytes == 0) return;
  const std::uint64_t commits = writer_.commits();
  const bool idle = commits == std::exchange(commits_seen_, commits);
  if (!idle) {
    // A failure leaves the log as it is, and the next interval tries again; Health shows a log that grows.
    (void)sqlite3_wal_checkpoint_v2(connection_->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  }
  if (idle || log_bytes > log_limit_bytes_) writer_.empty_log();
}

}  // namespace pas::store
