#include <utility>

#include "adapter/store/file_lock.h"
#include "adapter/store/sqlite_connection.h"
#include "adapter/store/sqlite_schema.h"
#include "adapter/store/tables.h"

namespace pas::store {
namespace {

std::string_view name_of(Sequence sequence) {
  return sequence == Sequence::kAuthorization ? "authorization" : "administrative-reference";
}

class SqliteTables final : public Tables {
 public:
  SqliteTables(FileLock lock, std::unique_ptr<SqliteConnection> connection)
      : lock_(std::move(lock)), connection_(std::move(connection)) {}

  Result<void> read(const Table& table, const std::function<Result<void>(const TableRow&)>& each) override {
    SqliteQuery row(*connection_, select_of(table).append(" ORDER BY ").append(table.order));
    while (row.next()) {
      if (auto done = each(row_of(table, row)); !done) return done;
    }
    return row.finish();
  }

  Result<std::int64_t> next_number(Sequence sequence) override {
    SqliteQuery row(*connection_, "SELECT next FROM sequences WHERE name = ?", name_of(sequence));
    const std::int64_t next = row.next() ? row.integer(0) : 1;
    if (auto read = row.finish(); !read) return read.error();
    return next;
  }

  Result<void> insert(const Table& table, const TableRow& row) override {
    std::string sql = "INSERT INTO " + std::string(table.name) + " (" + columns_of(table) + ") VALUES (";
    for (const Column& column : table.columns) {
      sql.append(&column == table.columns.data() ? "" : ", ")
          .append(column.kind == ColumnKind::kReference ? "nullif(?, 0)" : "?");
    }
    SqliteQuery query(*connection_, sql + ")");
    for (std::size_t i = 0; i < row.size(); ++i) {
      bind(query, static_cast<int>(i) + 1, table.columns[i], row[i]);
    }
    return finish(query);
  }

  Result<void> set_next_number(Sequence sequence, std::int64_t next) override {
    return connection_->run("UPDATE sequences SET next = ? WHERE name = ?", next, name_of(sequence));
  }

  Result<void> commit() override { return connection_->run("COMMIT"); }

  Result<std::string> id_of(std::string_view table, std::int64_t seq) override {
    SqliteQuery row(*connection_, "SELECT id FROM " + std::string(table) + " WHERE seq = ?", seq);
    std::string id = row.next() ? row.text(0) : "";
    if (auto read = row.finish(); !read) return read.error();
    return id;
  }

  Result<std::vector<TableRow>> rows_behind(const Table& table, const TableRow* last, int limit) override {
    SqliteQuery row(*connection_, page_of(table, last == nullptr));
    int place = 0;
    if (last != nullptr) {
      for (const std::size_t key : key_of(table)) bind(row, ++place, table.columns[key], (*last)[key]);
    }
    row.bind(++place, limit);
    std::vector<TableRow> rows;
    while (row.next()) rows.push_back(row_of(table, row));
    if (auto read = row.finish(); !read) return read.error();
    return rows;
  }

  Result<void> replace(const Table& table, const TableRow& row, std::size_t column, const std::string& text) override {
    SqliteQuery query(*connection_, update_of(table, table.columns[column]));
    const Value value = text;
    int place = 0;
    bind(query, ++place, table.columns[column], value);
    for (const std::size_t key : key_of(table)) bind(query, ++place, table.columns[key], row[key]);
    bind(query, ++place, table.columns[column], row[column]);
    return finish(query);
  }

  Result<void> commit_and_go_on() override {
    if (auto done = commit(); !done) return done;
    return connection_->run("BEGIN");
  }

  bool begin_again() override { return false; }  // it has one writer

  // Pages that were freed before there were keys hold what was on them, until the file is written anew.
  Result<void> forget_other_keys() override {
    auto forgotten = connection_->run("DELETE FROM store_keys WHERE id <> ?", keys()->first());
    if (!forgotten) return forgotten;
    if (auto done = commit(); !done) return done;
    if (auto emptied = connection_->run("VACUUM"); !emptied) return emptied;
    return connection_->run("BEGIN");
  }

  const StoreKeys* keys() const override { return connection_->keys(); }

 private:
  static TableRow row_of(const Table& table, const SqliteQuery& row) {
    TableRow values;
    for (std::size_t i = 0; i < table.columns.size() + table.owners.size(); ++i) {
      const auto column = static_cast<int>(i);
      const ColumnKind kind = i < table.columns.size() ? table.columns[i].kind : ColumnKind::kText;
      const bool is_integer = kind == ColumnKind::kInteger || kind == ColumnKind::kReference;
      values.push_back(is_integer ? Value(row.integer(column)) : Value(row.text(column)));
    }
    return values;
  }

  // `value` outlives the query.
  static void bind(SqliteQuery& query, int place, const Column& column, const Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      query.bind(place, *integer);
    } else if (const auto& text = std::get<std::string>(value);
               column.kind == ColumnKind::kText || column.kind == ColumnKind::kSealed) {
      query.bind(place, std::string_view(text));
    } else {
      query.bind(place, SqliteBlob{text});
    }
  }

  static Result<void> finish(SqliteQuery& query) {
    while (query.next()) {
    }
    return query.finish();
  }

  const FileLock lock_;
  const std::unique_ptr<SqliteConnection> connection_;
};

}  // namespace

Result<std::unique_ptr<Tables>> open_sqlite_tables(const SqliteOptions& options) {
  auto lock = FileLock::take(options.file);
  if (!lock) return lock.error();
  auto connection = SqliteConnection::open(options.file, SqliteConnection::Mode::kWrite, options.keys);
  if (!connection) return connection.error();
  if (auto ready = migrate(**connection); !ready) return ready.error();
  if (auto fitting = use_keys(**connection); !fitting) return fitting.error();
  if (auto begun = (*connection)->run("BEGIN"); !begun) return begun.error();
  return std::make_unique<SqliteTables>(std::move(*lock), std::move(*connection));
}

}  // namespace pas::store
