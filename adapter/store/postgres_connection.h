#pragma once
// libpq as values: connections whose statements are prepared once, statements queued and sent together (pipeline mode),
// rows in binary. Every parameter and column is a bigint or a bytea. A connection is used by one thread at a time.

#include <libpq-fe.h>

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "adapter/store/sealing.h"
#include "fhir/base/result.h"

namespace pas::store {

template <class T>
using Result = base::Result<T>;

// Texts as one bytea[] parameter.
class PostgresArray {
 public:
  PostgresArray();
  void add(std::string_view text);
  std::string_view bytes() const { return bytes_; }

 private:
  std::string bytes_;
  std::uint32_t size_ = 0;
};

// The rows of one statement; views live as long as they.
class PostgresRows {
 public:
  explicit PostgresRows(PGresult* result) : result_(result) {}

  int columns() const { return PQnfields(result_.get()); }
  bool next() { return ++row_ < PQntuples(result_.get()); }
  // Of the present row; NULL is 0 and empty.
  std::int64_t integer(int column) const;
  std::string_view bytes(int column) const;
  std::string text(int column) const { return std::string(bytes(column)); }
  std::int64_t affected() const;  // rows that the statement wrote

 private:
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  std::unique_ptr<PGresult, Clear> result_;
  int row_ = -1;
};

class PostgresConnection {
 public:
  // kWrite: a server that takes writes. kAny: a standby will do.
  enum class Access { kWrite, kAny };
  static Result<std::unique_ptr<PostgresConnection>> open(const std::string& conninfo, Access access,
                                                          SharedKeys keys = {});

  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;
  ~PostgresConnection() { PQfinish(handle_); }

  // Adds a statement to what the next send() does. The values are copied.
  template <class... Values>
  void queue(std::string_view sql, const Values&... values) {
    queue_statement(sql, {Parameter(values)...});
  }
  void queue_row(std::string_view sql, const std::vector<std::variant<std::int64_t, std::string>>& values);
  // One round trip: the rows of each queued statement, or the first failure; what is behind it did not run.
  Result<std::vector<PostgresRows>> send();

  // One statement alone.
  template <class... Values>
  Result<PostgresRows> ask(std::string_view sql, const Values&... values);

  // Statements without rows or values: a migration.
  Result<void> execute(const std::string& script);

  // What the last failure means for who asked.
  enum class Failure {
    kNone,        // since forget_failure()
    kStatement,   // it was refused
    kRolledBack,  // a deadlock or the like: the same again may succeed
    kLost,        // the server went away: what was sent may have been done, or not
  };
  Failure last_failure() const { return failure_; }
  void forget_failure() { failure_ = Failure::kNone; }
  const std::string& last_state() const { return state_; }  // its SQLSTATE

  const StoreKeys* keys() const { return keys_.get(); }
  // False when the server has closed the connection meanwhile; no round trip.
  bool is_alive();
  bool is_lost() const { return lost_; }
  bool is_standby() const;
  bool in_transaction() const { return PQtransactionStatus(handle_) != PQTRANS_IDLE; }

 private:
  struct Parameter {
    explicit Parameter(std::int64_t integer);
    explicit Parameter(int integer) : Parameter(std::int64_t{integer}) {}
    explicit Parameter(std::string_view text);
    explicit Parameter(const PostgresArray& array);
    unsigned type;
    std::array<char, 8> number{};
    std::string_view value;  // without data(): the number
  };
  struct Queued {
    std::string prepares;  // SQL, of a Parse; empty of an execution
    std::string name;
  };

  PostgresConnection(PGconn* handle, SharedKeys keys) : handle_(handle), keys_(std::move(keys)) {}
  void queue_statement(std::string_view sql, const std::vector<Parameter>& parameters);
  std::string prepared(std::string_view sql, const std::vector<Parameter>& parameters);
  void read_one(const Queued& queued, std::vector<PostgresRows>& rows, std::optional<base::Error>& failure);
  base::Error fail(const PGresult* result);

  PGconn* handle_;
  const SharedKeys keys_;
  std::map<std::string, std::string, std::less<>> statements_;  // name by SQL
  std::map<std::string, std::string, std::less<>> preparing_;   // those that are queued
  std::deque<Queued> queued_;
  std::int64_t names_ = 0;
  Failure failure_ = Failure::kNone;
  std::string state_;
  bool lost_ = false;
};

// BEGIN is the first thing queued. Unless commit() succeeds, nothing of it is done.
class PostgresTransaction {
 public:
  explicit PostgresTransaction(PostgresConnection& connection) : connection_(connection) { connection.queue("BEGIN"); }
  PostgresTransaction(const PostgresTransaction&) = delete;
  PostgresTransaction& operator=(const PostgresTransaction&) = delete;
  ~PostgresTransaction();

  // Sends what is queued, and COMMIT behind it; durable when there is no error.
  Result<void> commit();

 private:
  PostgresConnection& connection_;
};

template <class... Values>
Result<PostgresRows> PostgresConnection::ask(std::string_view sql, const Values&... values) {
  queue(sql, values...);
  auto rows = send();
  if (!rows) return rows.error();
  return std::move(rows->back());
}

}  // namespace pas::store
