#pragma once
// SQLite's C interface as values: connections, queries whose statements are prepared once, errors as Result.
// A connection is used by one thread at a time.

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapter/store/sealing.h"
#include "fhir/base/result.h"

namespace pas::store {

template <class T>
using Result = base::Result<T>;

// Long enough for another tool's short lock; the adapter's own threads do not lock each other out.
inline constexpr int kBusyTimeoutMs = 2000;

// Bytes for a BLOB column; a string_view is bound as TEXT.
struct SqliteBlob {
  std::string_view bytes;
};

class SqliteConnection {
 public:
  enum class Mode { kWrite, kRead };
  // What it deletes with keys is overwritten, so that nothing stays readable that was written without them.
  static Result<std::unique_ptr<SqliteConnection>> open(const std::string& file, Mode mode, SharedKeys keys = {});

  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;
  ~SqliteConnection();

  // Statements without rows or values: BEGIN, PRAGMA, a migration.
  Result<void> execute(const char* script);

  // SQLite opens a file when it is first read, which fails once the process has no descriptor left: this reads.
  Result<void> open_files() { return execute("PRAGMA schema_version"); }

  // One statement, to its end. The values are read before it returns.
  template <class... Values>
  Result<void> run(std::string_view sql, const Values&... values);

  const StoreKeys* keys() const { return keys_.get(); }
  sqlite3* handle() const { return handle_; }
  std::int64_t last_row() const { return sqlite3_last_insert_rowid(handle_); }
  bool in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

  // The failure behind a result code: kConflict for a broken constraint, kTooLarge, kInvalid for a mistake in the SQL
  // or a file of another kind, kUnavailable for everything else. SQLite's messages name tables and columns, never
  // values.
  base::Error error(int code) const;

 private:
  friend class SqliteQuery;
  SqliteConnection(sqlite3* handle, SharedKeys keys) : handle_(handle), keys_(std::move(keys)) {}
  sqlite3_stmt* prepare(std::string_view sql);  // null on failure; lives as long as the connection

  sqlite3* handle_;
  const SharedKeys keys_;
  std::map<std::string, sqlite3_stmt*, std::less<>> statements_;
};

// A running statement. Values bound must outlive it; of one SQL text only one runs at a time on a connection.
class SqliteQuery {
 public:
  template <class... Values>
  SqliteQuery(SqliteConnection& connection, std::string_view sql, const Values&... values)
      : connection_(connection), statement_(connection.prepare(sql)) {
    if (statement_ == nullptr) code_ = sqlite3_errcode(connection.handle());
    int place = 0;
    (bind(++place, values), ...);
  }
  SqliteQuery(const SqliteQuery&) = delete;
  SqliteQuery& operator=(const SqliteQuery&) = delete;
  ~SqliteQuery();

  // Places count from 1; for values whose number is not known here.
  void bind(int place, std::int64_t value) { note(sqlite3_bind_int64(statement_, place, value)); }
  void bind(int place, int value) { bind(place, std::int64_t{value}); }
  void bind(int place, std::string_view text);
  void bind(int place, SqliteBlob blob);

  bool next();                  // false at the end and on failure
  Result<void> finish() const;  // the failure, if there was one

  // Of the present row; views live until the next next().
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  std::string_view bytes(int column) const;
  std::string text(int column) const { return std::string(bytes(column)); }

 private:
  void note(int code) {
    if (code_ == SQLITE_OK) code_ = code;
  }

  SqliteConnection& connection_;
  sqlite3_stmt* statement_;
  int code_ = SQLITE_OK;
};

template <class... Values>
Result<void> SqliteConnection::run(std::string_view sql, const Values&... values) {
  SqliteQuery query(*this, sql, values...);
  while (query.next()) {
  }
  return query.finish();
}

}  // namespace pas::store
