#pragma once
// The thread that moves the write-ahead log into the database file, so that neither a commit nor a read waits for it.
//
// PASSIVE at every interval with commits: it waits for nobody, but under constant writes never lets the log begin
// again. So the writer is asked to empty the log when writes pause, and when it is over its limit.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

#include "adapter/store/sqlite_connection.h"
#include "adapter/store/sqlite_writer.h"

namespace pas::store {

class SqliteCheckpointer {
 public:
  // The writer outlives it.
  SqliteCheckpointer(std::unique_ptr<SqliteConnection> connection, SqliteWriter& writer,
                     std::chrono::milliseconds interval, std::uint64_t log_limit_bytes);
  SqliteCheckpointer(const SqliteCheckpointer&) = delete;
  SqliteCheckpointer& operator=(const SqliteCheckpointer&) = delete;
  ~SqliteCheckpointer();

 private:
  void work();
  void look();

  const std::unique_ptr<SqliteConnection> connection_;
  SqliteWriter& writer_;
  const std::chrono::milliseconds interval_;
  const std::uint64_t log_limit_bytes_;
  std::uint64_t commits_seen_ = 0;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace pas::store
