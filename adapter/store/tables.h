#pragma once
// A database's tables, row by row: what export, import and rekey go through. Both databases have the same.

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
  kCompressed,  // bytes, by packing.h; sealed if there are keys
  kSealed,      // text; sealed if there are keys
};

struct Column {
  std::string_view name;
  ColumnKind kind;
  bool is_later = false;  // a text that exports of older adapters lack: empty there
};

// What a row belongs to: in the place of its sealed texts stands the id of that other row.
struct Owner {
  std::string_view table;      // "cases"
  std::string_view reference;  // the column that has its seq
};

struct Table {
  std::string_view name;
  std::span<const Column> columns;
  std::string_view order;  // the columns of its primary key
  // What names a row in the place of its sealed texts: its owners' ids, then columns of its own.
  std::span<const Owner> owners = {};
  std::span<const std::string_view> names = {};
};

using Value = std::variant<std::int64_t, std::string>;
using TableRow = std::vector<Value>;  // a value for each column of its table; of what was read, its owners' ids too

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

  // The id of that row of "cases" or "subscriptions"; empty when it is not there.
  virtual Result<std::string> id_of(std::string_view table, std::int64_t seq) = 0;
  // At most so many rows behind that one (from the first on, without it), in order.
  virtual Result<std::vector<TableRow>> rows_behind(const Table& table, const TableRow* row, int limit) = 0;
  // Puts `text` in the place of what the row had there when it was read; nothing happens when it has something else.
  virtual Result<void> replace(const Table& table, const TableRow& row, std::size_t column,
                               const std::string& text) = 0;
  // Ends the transaction and begins another.
  virtual Result<void> commit_and_go_on() = 0;
  // After a failure: true when the database rolled the transaction back for the sake of another (a deadlock), and a new
  // one has begun in which the same may succeed.
  virtual bool begin_again() = 0;
  // The first of the keys is the only one that anything is sealed with.
  virtual Result<void> forget_other_keys() = 0;

  virtual const StoreKeys* keys() const = 0;
};

Result<std::unique_ptr<Tables>> open_sqlite_tables(const SqliteOptions& options);
Result<std::unique_ptr<Tables>> open_postgres_tables(const PostgresOptions& options);
// By a specification as open_store takes it. kInvalid for memory.
Result<std::unique_ptr<Tables>> open_tables(std::string_view specification, SharedKeys keys = {});

// All tables. One stands behind those that it refers to.
std::span<const Table> all_tables();
bool is_sealable(const Column& column);
// Of a row with its owners' ids, the place of that column's text.
std::string place_of(const Table& table, const TableRow& row, const Column& column);

// "SELECT … FROM …" of its columns and its owners' ids.
std::string select_of(const Table& table);
// "seq, id, …" of all columns.
std::string columns_of(const Table& table);
// The columns of its primary key.
std::vector<std::size_t> key_of(const Table& table);
// Tables::rows_behind: the key's values, unless it is the first page, and the limit are its parameters.
std::string page_of(const Table& table, bool is_first);
// Tables::replace: its parameters are the new text, the key's values and the old text.
std::string update_of(const Table& table, const Column& column);

}  // namespace pas::store
