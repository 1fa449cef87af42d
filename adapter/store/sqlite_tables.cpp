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
    SqliteQuery row(*connection_, select_of(table));
    while (row.next()) {
      TableRow values;
      for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const auto column = static_cast<int>(i);
        const ColumnKind kind = table.columns[i].kind;
        const bool is_integer = kind == ColumnKind::kInteger || kind == ColumnKind::kReference;
        values.push_back(is_integer ? Value(row.integer(column)) : Value(row.text(column)));
      }
      if (auto done = each(values); !done) return done;
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
      const int place = static_cast<int>(i) + 1;
      if (const auto* integer = std::get_if<std::int64_t>(&row[i])) {
        query.bind(place, *integer);
      } else if (const auto& text = std::get<std::string>(row[i]); table.columns[i].kind == ColumnKind::kText) {
        query.bind(place, std::string_view(text));
      } else {
        query.bind(place, SqliteBlob{text});
      }
    }
    while (query.next()) {
    }
    return query.finish();
  }

  Result<void> set_next_number(Sequence sequence, std::int64_t next) override {
    return connection_->run("UPDATE sequences SET next = ? WHERE name = ?", next, name_of(sequence));
  }

  Result<void> commit() override { return connection_->run("COMMIT"); }

 private:
  const FileLock lock_;
  const std::unique_ptr<SqliteConnection> connection_;
};

}  // namespace

Result<std::unique_ptr<Tables>> open_sqlite_tables(const SqliteOptions& options) {
  auto lock = FileLock::take(options.file);
  if (!lock) return lock.error();
  auto connection = SqliteConnection::open(options.file, SqliteConnection::Mode::kWrite);
  if (!connection) return connection.error();
  if (auto ready = migrate(**connection); !ready) return ready.error();
  if (auto begun = (*connection)->run("BEGIN"); !begun) return begun.error();
  return std::make_unique<SqliteTables>(std::move(*lock), std::move(*connection));
}

}  // namespace pas::store
