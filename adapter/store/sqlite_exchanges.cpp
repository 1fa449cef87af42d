#include "adapter/store/sqlite_exchanges.h"

#include "adapter/store/rows.h"

namespace pas::store {
namespace {

Result<std::vector<Exchange>> exchanges_of(SqliteQuery& row, std::string_view case_id) {
  std::vector<Exchange> exchanges;
  while (row.next()) exchanges.push_back(exchange_of(row, case_id));
  if (auto read = row.finish(); !read) return read.error();
  return exchanges;
}

}  // namespace

Result<void> insert_exchange(SqliteConnection& connection, const Exchange& exchange, std::int64_t case_seq) {
  return connection.run(
      "INSERT INTO exchanges (case_seq, number, payer, type, other, requested_ms, responded_ms, http_status, detail) "
      "VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM exchanges WHERE case_seq = ?1), ?2, ?3, ?4, ?5, ?6, ?7,"
      " ?8)",
      case_seq, exchange.payer, exchange.type, exchange.other, exchange.requested_ms, exchange.responded_ms,
      exchange.http_status, exchange.detail);
}

Result<void> note_exchanges(SqliteConnection& connection, const std::vector<Exchange>& exchanges) {
  for (const Exchange& exchange : exchanges) {
    SqliteQuery row(connection, "SELECT seq FROM cases WHERE id = ?", exchange.case_id);
    const std::int64_t seq = row.next() ? row.integer(0) : 0;
    if (auto read = row.finish(); !read) return read;
    if (auto inserted = insert_exchange(connection, exchange, seq); !inserted) return inserted;
  }
  return {};
}

Result<std::vector<Exchange>> read_exchanges(SqliteConnection& connection, std::string_view case_id) {
  SqliteQuery row(connection,
                  "SELECT e.number, e.payer, e.type, e.other, e.requested_ms, e.responded_ms, e.http_status, e.detail "
                  "FROM cases c JOIN exchanges e ON e.case_seq = c.seq WHERE c.id = ? ORDER BY e.number",
                  case_id);
  return exchanges_of(row, case_id);
}

Result<std::vector<Exchange>> read_other_exchanges(SqliteConnection& connection, const ExchangeFilter& filter,
                                                   std::int64_t after, int limit) {
  SqliteQuery row(connection,
                  "SELECT number, payer, type, other, requested_ms, responded_ms, http_status, detail FROM exchanges "
                  "WHERE case_seq = 0 AND number > ? AND requested_ms BETWEEN ? AND ? ORDER BY number LIMIT ?",
                  after, filter.from_ms, filter.to_ms, limit);
  return exchanges_of(row, {});
}

Result<int> purge_exchanges(SqliteConnection& connection, std::int64_t before_ms) {
  SqliteQuery row(connection, "DELETE FROM exchanges WHERE case_seq = 0 AND requested_ms < ? RETURNING 1", before_ms);
  int purged = 0;
  while (row.next()) ++purged;
  if (auto read = row.finish(); !read) return read.error();
  return purged;
}

}  // namespace pas::store
