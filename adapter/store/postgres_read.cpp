#include "adapter/store/postgres_read.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "adapter/store/case_keys.h"
#include "adapter/store/packing.h"
#include "adapter/store/rows.h"

namespace pas::store {
namespace {

// The cases that a statement gives, each with its items, in the order of `order`.
std::string with_items(const std::string& cases, const char* order) {
  return "SELECT c.*, i.sequence, i.action, i.reason, i.procedure_code, i.item_transaction, i.months, i.trace_number,"
         " i.authorization_number, i.administrative_reference_number, i.valid_from, i.valid_to, i.state FROM (" +
         cases + ") c LEFT JOIN items i ON i.case_seq = c.seq ORDER BY " + order + ", i.place";
}
constexpr int kReadColumns = 12;  // behind those of cases, of which migrations make more
constexpr int kWholeId = 23;      // column of cases
constexpr const char* kNewestFirst = "c.seq DESC";

Result<std::vector<Case>> cases_of(const StoreKeys* keys, Result<PostgresRows> row) {
  if (!row) return row.error();
  std::vector<Case> cases;
  while (row->next()) {
    if (cases.empty() || cases.back().order != row->integer(0)) {
      auto record = case_of(*row, kWholeId);
      if (!record) return record.error();
      cases.push_back(std::move(*record));
    }
    auto item = item_of(*row, row->columns() - kReadColumns, cases.back().id, keys);
    if (!item) return damaged_case(cases.back().id, "item");
    if (item->sequence != 0) cases.back().items.push_back(std::move(*item));  // a case without items has a row of NULL
  }
  return cases;
}

Result<std::optional<Case>> the_case(Result<std::vector<Case>> cases) {
  if (!cases) return cases.error();
  if (cases->empty()) return std::optional<Case>();
  return std::optional<Case>(std::move(cases->front()));
}

std::string body_query(Body body) {
  return "SELECT b." + std::string(column_of(body).name) +
         " FROM cases c JOIN bodies b ON b.case_seq = c.seq WHERE c.id = $1";
}

}  // namespace

Result<std::optional<Case>> read_case(PostgresConnection& connection, std::string_view id) {
  static const std::string sql = with_items("SELECT * FROM cases WHERE id = $1", kNewestFirst);
  return the_case(cases_of(connection.keys(), connection.ask(sql, id)));
}

Result<std::optional<std::string>> read_body(PostgresConnection& connection, std::string_view id, Body body) {
  auto row = connection.ask(body_query(body), id);
  if (!row) return row.error();
  if (!row->next()) return std::optional<std::string>();
  auto text = unpacked_text(connection.keys(), row->bytes(0), place_of(column_of(body).place, {id}));
  if (!text) return damaged_case(id, "body");
  return text;
}

Result<std::vector<DecisionRecord>> read_decisions(PostgresConnection& connection, std::string_view id,
                                                   int item_sequence) {
  auto row = connection.ask(
      "SELECT 1::bigint, b.decisions FROM cases c JOIN bodies b ON b.case_seq = c.seq WHERE c.id = $1 "
      "UNION ALL SELECT r.revision, r.decisions FROM cases c JOIN revisions r ON r.case_seq = c.seq "
      "WHERE c.id = $1 ORDER BY 1",
      id);
  if (!row) return row.error();
  std::vector<DecisionRecord> records;
  while (row->next()) {
    const auto packed = unpacked_text(connection.keys(), row->bytes(1), decisions_place(id, row->integer(0)));
    auto decisions = packed ? unpack_decisions(*packed) : std::nullopt;
    if (!decisions) return damaged_case(id, "decisions");
    for (DecisionRecord& decision : *decisions) {
      if (decision.item_sequence != item_sequence) continue;
      decision.revision = row->integer(0);
      records.push_back(std::move(decision));
    }
  }
  return records;
}

Result<std::vector<HistoryEntry>> read_history(PostgresConnection& connection, std::string_view id) {
  auto row = connection.ask(
      "SELECT 1::bigint, received_at_ms, client, $2, ''::bytea FROM cases WHERE id = $1 UNION ALL "
      "SELECT r.revision, r.at_ms, r.actor, r.action, r.note FROM cases c "
      "JOIN revisions r ON r.case_seq = c.seq WHERE c.id = $1 ORDER BY 1",
      id, kSubmitAction);
  if (!row) return row.error();
  std::vector<HistoryEntry> history;
  while (row->next()) {
    history.push_back({row->integer(0), row->integer(1), row->text(2), row->text(3), row->text(4)});
  }
  return history;
}

Result<std::vector<Supplement>> read_supplements(PostgresConnection& connection, std::string_view id) {
  auto row = connection.ask(
      "SELECT s.id, s.received_at_ms, s.json FROM cases c JOIN supplements s ON s.case_seq = c.seq "
      "WHERE c.id = $1 ORDER BY s.seq",
      id);
  if (!row) return row.error();
  std::vector<Supplement> supplements;
  while (row->next()) {
    auto json = unpacked_text(connection.keys(), row->bytes(2), place_of("supplements.json", {id, row->bytes(0)}));
    if (!json) return damaged_case(id, "supplement");
    supplements.push_back({row->text(0), row->integer(1), std::move(*json)});
  }
  return supplements;
}

Result<std::vector<Case>> read_by_key(PostgresConnection& connection, std::string_view client, std::string_view kind,
                                      std::string_view value, int limit) {
  static const std::string sql = with_items(
      "SELECT c.* FROM case_keys k JOIN cases c ON c.seq = k.case_seq "
      "WHERE k.client = $1 AND k.kind = $2 AND k.value = $3 ORDER BY k.case_seq DESC LIMIT $4",
      kNewestFirst);
  return cases_of(connection.keys(), connection.ask(sql, client, kind, value, std::clamp(limit, 0, kMaxCases)));
}

Result<std::optional<Case>> read_same_request(PostgresConnection& connection, std::string_view client,
                                              std::string_view request_sha256, std::int64_t since_ms) {
  static const std::string sql = with_items(
      "SELECT c.* FROM case_keys k JOIN cases c ON c.seq = k.case_seq "
      "WHERE k.client = $1 AND k.kind = $2 AND k.value = $3 AND c.received_at_ms >= $4 "
      "ORDER BY k.case_seq DESC LIMIT 1",
      kNewestFirst);
  return the_case(cases_of(connection.keys(), connection.ask(sql, client, kRequestKey, request_sha256, since_ms)));
}

Result<int> read_months(PostgresConnection& connection, const MonthsQuery& query) {
  auto row = connection.ask(
      "SELECT m.months - coalesce((SELECT sum(i.months) FROM cases c JOIN items i ON i.case_seq = c.seq "
      "WHERE c.id = $4 AND c.replaced_by = '' AND c.payer = m.payer AND c.member_id = m.member_id "
      "AND i.procedure_code = m.procedure_code AND i.action IN ('A1', 'A2', 'A6', 'NA')), 0)::bigint "
      "FROM months m WHERE m.payer = $1 AND m.member_id = $2 AND m.procedure_code = $3",
      query.payer, query.member_id, query.procedure_code, query.except_case);
  if (!row) return row.error();
  return row->next() ? static_cast<int>(row->integer(0)) : 0;
}

Result<Page> read_page(PostgresConnection& connection, const CaseFilter& filter, std::optional<std::int64_t> before,
                       int limit) {
  std::string sql = "SELECT * FROM cases c WHERE c.seq < $1";
  if (!filter.client.empty()) sql += " AND c.client = $2";
  if (!filter.member_id.empty()) sql += " AND c.member_id = $3";
  if (filter.status) sql += " AND c.status = $4";
  if (!filter.payer.empty()) sql += " AND c.payer = $5";
  if (filter.received_from_ms) sql += " AND c.received_at_ms >= $6";
  if (filter.received_to_ms) sql += " AND c.received_at_ms <= $7";
  if (filter.due_before_ms) sql += " AND c.due_ms > 0 AND c.due_ms <= $8";
  if (!filter.include_replaced) sql += " AND c.replaced_by = ''";
  // Only these are indexed, and the index is used only for a query that says so.
  if (filter.status && *filter.status != Status::kDecided) sql += " AND c.status <> 'decided'";
  sql += " ORDER BY c.seq DESC LIMIT $9";
  const auto most = static_cast<std::size_t>(std::clamp(limit, 0, kMaxCases));
  const std::string_view status = filter.status ? to_string(*filter.status) : std::string_view();
  const std::int64_t below = before.value_or(std::numeric_limits<std::int64_t>::max());
  auto cases =
      cases_of(connection.keys(),
               connection.ask(with_items(sql, kNewestFirst), below, filter.client, filter.member_id, status,
                              filter.payer, filter.received_from_ms.value_or(0), filter.received_to_ms.value_or(0),
                              filter.due_before_ms.value_or(0), static_cast<std::int64_t>(most) + 1));
  if (!cases) return cases.error();
  Page page{std::move(*cases), std::nullopt};
  if (page.cases.size() > most) {
    page.cases.resize(most);
    if (most > 0) page.continue_before = page.cases.back().order;
  }
  return page;
}

Result<std::vector<Case>> read_due_cases(PostgresConnection& connection, std::int64_t before_ms, int limit) {
  static const std::string sql = with_items(
      "SELECT * FROM cases WHERE status = 'pended' AND replaced_by = '' AND due_ms > 0 AND due_ms <= $1 "
      "ORDER BY due_ms, seq LIMIT $2",
      "c.due_ms, c.seq");
  return cases_of(connection.keys(), connection.ask(sql, before_ms, std::clamp(limit, 0, kMaxCases)));
}

// Of the index cases_status, status <> 'decided' is the condition.
Result<Backlog> read_backlog(PostgresConnection& connection, std::int64_t now_ms) {
  Backlog backlog;
  auto pended = connection.ask(
      "SELECT ($1 - received_at_ms) / 3600000, count(*), count(*) FILTER (WHERE due_ms > 0 AND due_ms <= $1) "
      "FROM cases WHERE status = 'pended' AND status <> 'decided' AND replaced_by = '' GROUP BY 1",
      now_ms);
  if (!pended) return pended.error();
  while (pended->next()) {
    backlog.pended_by_hours[pended->integer(0)] = pended->integer(1);
    backlog.late += pended->integer(2);
  }
  auto outbox = connection.ask(
      "SELECT count(*) FILTER (WHERE state <> 'failed'), count(*) FILTER (WHERE state = 'failed'),"
      " coalesce(min(due_ms) FILTER (WHERE state = 'waiting' AND due_ms <= $1), 0) FROM outbox",
      now_ms);
  if (!outbox) return outbox.error();
  while (outbox->next()) {
    backlog.waiting = outbox->integer(0);
    backlog.failed = outbox->integer(1);
    backlog.longest_due_ms = outbox->integer(2);
  }
  return backlog;
}

}  // namespace pas::store
