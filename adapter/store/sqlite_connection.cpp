#include "adapter/store/sqlite_connection.h"

namespace pas::store {

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const std::string& file, Mode mode, SharedKeys keys) {
  // Before the library's first use: its count of memory in use is a lock around every allocation.
  [[maybe_unused]] static const int unmetered = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite3* handle = nullptr;
  const int flags = (mode == Mode::kWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX |
                    SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(handle, std::move(keys)));
  if (code != SQLITE_OK) return connection->error(code);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  // Else a statement whose parameter meets the condition of a partial index is prepared again whenever it is bound.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_QPSG, 1, nullptr);
  if (auto set = connection->execute("PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL; PRAGMA trusted_schema=OFF");
      !set) {
    return set.error();
  }
  if (connection->keys() != nullptr && mode == Mode::kWrite) {
    if (auto set = connection->execute("PRAGMA secure_delete=ON"); !set) return set.error();
  }
  return connection;
}

SqliteConnection::~SqliteConnection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

Result<void> SqliteConnection::execute(const char* script) {
  const int code = sqlite3_exec(handle_, script, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error(code);
  return {};
}

base::Error SqliteConnection::error(int code) const {
  const std::string message = std::string("SQLite: ") +
                              (handle_ != nullptr ? sqlite3_errmsg(handle_) : sqlite3_errstr(code)) + " (" +
                              std::to_string(code) + ")";
  switch (code & 0xFF) {  // the primary code of an extended one
    case SQLITE_CONSTRAINT:
      return {base::ErrorCode::kConflict, message};
    case SQLITE_TOOBIG:
      return {base::ErrorCode::kTooLarge, message};
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_MISUSE:
    case SQLITE_NOTADB:
    case SQLITE_RANGE:
      return base::invalid(message);
    default:
      return base::unavailable(message);
  }
}

sqlite3_stmt* SqliteConnection::prepare(std::string_view sql) {
  if (const auto known = statements_.find(sql); known != statements_.end()) return known->second;
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK) return nullptr;
  statements_.emplace(sql, statement);
  return statement;
}

SqliteQuery::~SqliteQuery() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool SqliteQuery::next() {
  if (code_ != SQLITE_OK) return false;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) note(code);
  return false;
}

Result<void> SqliteQuery::finish() const {
  if (code_ != SQLITE_OK) return connection_.error(code_);
  return {};
}

std::string_view SqliteQuery::bytes(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

void SqliteQuery::bind(int place, std::string_view text) {
  const char* data = text.data() != nullptr ? text.data() : "";  // a null pointer would bind NULL
  note(sqlite3_bind_text64(statement_, place, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void SqliteQuery::bind(int place, SqliteBlob blob) {
  const char* data = blob.bytes.data() != nullptr ? blob.bytes.data() : "";
  note(sqlite3_bind_blob64(statement_, place, data, blob.bytes.size(), SQLITE_STATIC));
}

}  // namespace pas::store
