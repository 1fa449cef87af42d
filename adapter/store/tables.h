#pragma once
// A database's tables, row by row: what export and import go through. Both databases have the same.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "adapter/store/postgres.h"
#include "adapter/store/sqlite.h"
#include "adapter/store/store.h"

namespace pas::store {

enum class ColumnKind {
  kInteger,
  kReference,  // an integer, 0 for NULL
  kText,
  kBytes,
  kCompressed,  // bytes, by packing.h
};

struct Column {
  std::string_view name;
  ColumnKind kind;
  bool is_later = false;  // a text that exports of older adapters lack: empty there
};

struct Table {
  std::string_view name;
  std::span<const Column> columns;
  std::string_view order;  // the columns of its primary key
};

using Value = std::variant<std::int64_t, std::string>;
using TableRow = std::vector<Value>;  // a value for each column of its table

// One transaction on a store whose schema is up to date; what was written is gone without commit(). One thread.
class Tables {
 public:
  virtual ~Tables() = default;
  virtual Result<void> read(const Table& table, const std::function<Result<void>(const TableRow&)>& each) = 0;
  virtual Result<std::int64_t> next_number(Sequence sequence) = 0;
  // May be done later, together with others; its failure is told by a later call then.
  virtual Result<void> insert(const Table& table, const TableRow& row) = 0;
  virtual Result<void> set_next_number(Sequence sequence, std::int64_t next) = 0;
  virtual Result<void> commit() = 0;
};

Result<std::unique_ptr<Tables>> open_sqlite_tables(const SqliteOptions& options);
Result<std::unique_ptr<Tables>> open_postgres_tables(const PostgresOptions& options);
// By a specification as open_store takes it. kInvalid for memory.
Result<std::unique_ptr<Tables>> open_tables(std::string_view specification);

// "SELECT …" of the whole table in its order.
std::string select_of(const Table& table);
// "seq, id, …" of all columns.
std::string columns_of(const Table& table);

}  // namespace pas::store
