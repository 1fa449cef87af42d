#include "adapter/store/sqlite_readers.h"

#include <algorithm>
#include <utility>

namespace pas::store {

Result<std::unique_ptr<SqliteReaders>> SqliteReaders::open(const std::string& file, int count, const SharedKeys& keys) {
  auto readers = std::make_unique<SqliteReaders>();
  for (int i = 0; i < std::max(count, 1); ++i) {
    auto connection = SqliteConnection::open(file, SqliteConnection::Mode::kRead, keys);
    if (!connection) return connection.error();
    if (auto ready = (*connection)->open_files(); !ready) return ready.error();
    readers->idle_.push_back(std::move(*connection));
  }
  return readers;
}

std::unique_ptr<SqliteConnection> SqliteReaders::take() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [this] { return !idle_.empty(); });
  auto connection = std::move(idle_.back());  // the last returned: its page cache is warm
  idle_.pop_back();
  return connection;
}

void SqliteReaders::give_back(std::unique_ptr<SqliteConnection> connection) {
  {
    const std::scoped_lock lock(mutex_);
    idle_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

}  // namespace pas::store
