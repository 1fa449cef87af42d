#pragma once
// Read connections that threads borrow in turn.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "adapter/store/sqlite_connection.h"

namespace pas::store {

class SqliteReaders {
 public:
  static Result<std::unique_ptr<SqliteReaders>> open(const std::string& file, int count, const SharedKeys& keys);

  // Calls `question` with a connection of its own, waiting for one if all are lent.
  template <class Question>
  auto ask(const Question& question) {
    Lease lease(*this);
    return question(*lease.connection);
  }

 private:
  struct Lease {
    explicit Lease(SqliteReaders& pool) : readers(pool), connection(pool.take()) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { readers.give_back(std::move(connection)); }
    SqliteReaders& readers;
    std::unique_ptr<SqliteConnection> connection;
  };

  std::unique_ptr<SqliteConnection> take();
  void give_back(std::unique_ptr<SqliteConnection> connection);

  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<SqliteConnection>> idle_;
};

}  // namespace pas::store
