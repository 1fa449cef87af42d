#include <optional>
#include <utility>

#include "adapter/store/postgres_connection.h"
#include "adapter/store/postgres_schema.h"
#include "adapter/store/tables.h"

namespace pas::store {
namespace {

constexpr std::size_t kBatchRows = 200;
constexpr std::size_t kBatchBytes = std::size_t{1} << 23U;
constexpr std::string_view kIdentities[] = {"cases.seq",         "supplements.seq", "exchanges.number",
                                            "subscriptions.seq", "outbox.id",       "deliveries.seq"};

constexpr std::string_view kSnapshot = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";

std::string sequence_of(Sequence sequence) {
  return sequence == Sequence::kAuthorization ? "authorization_numbers" : "administrative_reference_numbers";
}

class PostgresTables final : public Tables {
 public:
  explicit PostgresTables(std::unique_ptr<PostgresConnection> connection) : connection_(std::move(connection)) {
    transaction_.emplace(*connection_);
    connection_->queue(kSnapshot);
  }

  Result<void> read(const Table& table, const std::function<Result<void>(const TableRow&)>& each) override {
    connection_->queue("DECLARE exported CURSOR FOR " + select_of(table) + " ORDER BY " + std::string(table.order));
    for (bool any = true; any;) {
      auto row = connection_->ask("FETCH FORWARD 50 FROM exported");
      if (!row) return row.error();
      for (any = false; row->next(); any = true) {
        if (auto done = each(row_of(table, *row)); !done) return done;
      }
    }
    connection_->queue("CLOSE exported");
    return flush();
  }

  Result<std::int64_t> next_number(Sequence sequence) override {
    auto row = connection_->ask("SELECT last_value + is_called::int FROM " + sequence_of(sequence));
    if (!row) return row.error();
    return row->next() ? row->integer(0) : 1;
  }

  Result<void> insert(const Table& table, const TableRow& row) override {
    std::string sql = "INSERT INTO " + std::string(table.name) + " (" + columns_of(table) + ") VALUES (";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string value = "$" + std::to_string(i + 1);
      sql.append(i == 0 ? "" : ", ")
          .append(table.columns[i].kind == ColumnKind::kReference ? "nullif(" + value + ", 0)" : value);
      if (const auto* text = std::get_if<std::string>(&row[i])) bytes_ += text->size();
    }
    connection_->queue_row(sql + ")", row);
    return ++rows_ >= kBatchRows || bytes_ >= kBatchBytes ? flush() : Result<void>();
  }

  Result<void> set_next_number(Sequence sequence, std::int64_t next) override {
    connection_->queue("SELECT setval('" + sequence_of(sequence) + "', $1, false)", next);
    return flush();
  }

  Result<void> commit() override {
    for (const std::string_view identity : kIdentities) {
      const auto dot = identity.find('.');
      const std::string table(identity.substr(0, dot));
      const std::string column(identity.substr(dot + 1));
      connection_->queue("SELECT setval(pg_get_serial_sequence('" + table + "', '" + column + "'), max(" + column +
                         ")) FROM " + table + " HAVING max(" + column + ") IS NOT NULL");
    }
    return transaction_->commit();
  }

  Result<std::string> id_of(std::string_view table, std::int64_t seq) override {
    rows_ = bytes_ = 0;  // what is queued goes with it
    auto row = connection_->ask("SELECT id FROM " + std::string(table) + " WHERE seq = $1", seq);
    if (!row) return row.error();
    return row->next() ? row->text(0) : std::string();
  }

  Result<std::vector<TableRow>> rows_behind(const Table& table, const TableRow* last, int limit) override {
    TableRow values;
    if (last != nullptr) {
      for (const std::size_t key : key_of(table)) values.push_back((*last)[key]);
    }
    values.emplace_back(std::int64_t{limit});
    connection_->queue_row(page_of(table, last == nullptr), values);
    auto sent = connection_->send();
    if (!sent) return sent.error();
    std::vector<TableRow> rows;
    while (sent->back().next()) rows.push_back(row_of(table, sent->back()));
    return rows;
  }

  Result<void> replace(const Table& table, const TableRow& row, std::size_t column, const std::string& text) override {
    TableRow values{text};
    for (const std::size_t key : key_of(table)) values.push_back(row[key]);
    values.push_back(row[column]);
    connection_->queue_row(update_of(table, table.columns[column]), values);
    return {};
  }

  Result<void> commit_and_go_on() override {
    if (auto done = transaction_->commit(); !done) return done;
    transaction_.emplace(*connection_);
    return {};
  }

  bool begin_again() override {
    if (connection_->last_failure() != PostgresConnection::Failure::kRolledBack) return false;
    connection_->forget_failure();
    transaction_.emplace(*connection_);
    return true;
  }

  Result<void> forget_other_keys() override {
    connection_->queue("DELETE FROM store_keys WHERE id <> $1", keys()->first());
    return commit_and_go_on();
  }

  const StoreKeys* keys() const override { return connection_->keys(); }

 private:
  static TableRow row_of(const Table& table, const PostgresRows& row) {
    TableRow values;
    for (std::size_t i = 0; i < table.columns.size() + table.owners.size(); ++i) {
      const auto column = static_cast<int>(i);
      const ColumnKind kind = i < table.columns.size() ? table.columns[i].kind : ColumnKind::kText;
      const bool is_integer = kind == ColumnKind::kInteger || kind == ColumnKind::kReference;
      values.push_back(is_integer ? Value(row.integer(column)) : Value(row.text(column)));
    }
    return values;
  }

  Result<void> flush() {
    rows_ = bytes_ = 0;
    auto sent = connection_->send();
    if (!sent) return sent.error();
    return {};
  }

  const std::unique_ptr<PostgresConnection> connection_;
  std::optional<PostgresTransaction> transaction_;
  std::size_t rows_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace

Result<std::unique_ptr<Tables>> open_postgres_tables(const PostgresOptions& options) {
  auto connection = PostgresConnection::open(options.conninfo, PostgresConnection::Access::kWrite, options.keys);
  if (!connection) return connection.error();
  if (auto ready = migrate(**connection); !ready) return ready.error();
  if (auto fitting = use_keys(**connection); !fitting) return fitting.error();
  return std::make_unique<PostgresTables>(std::move(*connection));
}

}  // namespace pas::store
