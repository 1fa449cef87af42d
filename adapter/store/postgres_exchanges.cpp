#include "adapter/store/postgres_exchanges.h"

#include "adapter/store/rows.h"

namespace pas::store {
namespace {

Result<std::vector<Exchange>> exchanges_in(Result<PostgresRows> row, std::string_view case_id) {
  if (!row) return row.error();
  std::vector<Exchange> exchanges;
  while (row->next()) exchanges.push_back(exchange_of(*row, case_id));
  return exchanges;
}

}  // namespace

void queue_exchange(PostgresConnection& connection, const Exchange& exchange, std::int64_t case_seq) {
  connection.queue(
      "INSERT INTO exchanges (case_seq, payer, type, other, requested_ms, responded_ms, http_status, detail) "
      "VALUES (CASE $1 WHEN -1 THEN currval('cases_seq_seq') ELSE $1 END, $2, $3, $4, $5, $6, $7, $8)",
      case_seq, exchange.payer, exchange.type, exchange.other, exchange.requested_ms, exchange.responded_ms,
      exchange.http_status, exchange.detail);
}

Result<void> note_exchanges(PostgresConnection& connection, const std::vector<Exchange>& exchanges) {
  PostgresTransaction transaction(connection);
  for (const Exchange& exchange : exchanges) {
    connection.queue(
        "INSERT INTO exchanges (case_seq, payer, type, other, requested_ms, responded_ms, http_status, detail) "
        "VALUES (coalesce((SELECT seq FROM cases WHERE id = $1), 0), $2, $3, $4, $5, $6, $7, $8)",
        exchange.case_id, exchange.payer, exchange.type, exchange.other, exchange.requested_ms, exchange.responded_ms,
        exchange.http_status, exchange.detail);
  }
  return transaction.commit();
}

Result<std::vector<Exchange>> read_exchanges(PostgresConnection& connection, std::string_view case_id) {
  return exchanges_in(
      connection.ask(
          "SELECT e.number, e.payer, e.type, e.other, e.requested_ms, e.responded_ms, e.http_status, e.detail "
          "FROM cases c JOIN exchanges e ON e.case_seq = c.seq WHERE c.id = $1 ORDER BY e.number",
          case_id),
      case_id);
}

Result<std::vector<Exchange>> read_other_exchanges(PostgresConnection& connection, const ExchangeFilter& filter,
                                                   std::int64_t after, int limit) {
  return exchanges_in(
      connection.ask("SELECT number, payer, type, other, requested_ms, responded_ms, http_status, detail "
                     "FROM exchanges WHERE case_seq = 0 AND number > $1 AND requested_ms BETWEEN $2 AND $3 "
                     "ORDER BY number LIMIT $4",
                     after, filter.from_ms, filter.to_ms, limit),
      {});
}

Result<int> purge_exchanges(PostgresConnection& connection, std::int64_t before_ms) {
  auto row =
      connection.ask("DELETE FROM exchanges WHERE case_seq = 0 AND requested_ms < $1 RETURNING 1::bigint", before_ms);
  if (!row) return row.error();
  int purged = 0;
  while (row->next()) ++purged;
  return purged;
}

}  // namespace pas::store
