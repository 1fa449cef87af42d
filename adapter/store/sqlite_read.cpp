#include "adapter/store/sqlite_read.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "adapter/store/case_keys.h"
#include "adapter/store/packing.h"
#include "adapter/store/rows.h"

namespace pas::store {
namespace {

constexpr int kWholeId = 22;  // column of cases

Result<void> read_items(SqliteConnection& connection, Case& record) {
  SqliteQuery row(connection,
                  "SELECT sequence, action, reason, procedure_code, item_transaction, months, trace_number,"
                  " authorization_number, administrative_reference_number, valid_from, valid_to, state "
                  "FROM items WHERE case_seq = ? ORDER BY place",
                  record.order);
  while (row.next()) {
    auto item = item_of(row, 0, record.id, connection.keys());
    if (!item) return damaged_case(record.id, "item");
    record.items.push_back(std::move(*item));
  }
  return row.finish();
}

Result<std::vector<Case>> read_cases(SqliteConnection& connection, SqliteQuery& row) {
  std::vector<Case> cases;
  while (row.next()) {
    auto record = case_of(row, kWholeId);
    if (!record) return record.error();
    if (auto read = read_items(connection, *record); !read) return read.error();
    cases.push_back(std::move(*record));
  }
  if (auto read = row.finish(); !read) return read.error();
  return cases;
}

Result<std::optional<Case>> first_of(Result<std::vector<Case>> cases) {
  if (!cases) return cases.error();
  if (cases->empty()) return std::optional<Case>();
  return std::optional<Case>(std::move(cases->front()));
}

int most_cases(int limit) {
  return std::clamp(limit, 0, kMaxCases);
}

std::string body_query(Body body) {
  return "SELECT b." + std::string(column_of(body).name) +
         " FROM cases c JOIN bodies b ON b.case_seq = c.seq WHERE c.id = ?";
}

}  // namespace

Result<std::optional<Case>> read_case(SqliteConnection& connection, std::string_view id) {
  SqliteQuery row(connection, "SELECT c.* FROM cases c WHERE c.id = ?", id);
  return first_of(read_cases(connection, row));
}

Result<std::optional<std::string>> read_body(SqliteConnection& connection, std::string_view id, Body body) {
  SqliteQuery row(connection, body_query(body), id);
  std::optional<std::string> text;
  if (row.next()) {
    text = unpacked_text(connection.keys(), row.bytes(0), place_of(column_of(body).place, {id}));
    if (!text) return damaged_case(id, "body");
  }
  if (auto read = row.finish(); !read) return read.error();
  return text;
}

Result<std::vector<DecisionRecord>> read_decisions(SqliteConnection& connection, std::string_view id,
                                                   int item_sequence) {
  SqliteQuery row(connection,
                  "SELECT 1 AS revision, b.decisions FROM cases c JOIN bodies b ON b.case_seq = c.seq WHERE c.id = ?1 "
                  "UNION ALL SELECT r.revision, r.decisions FROM cases c JOIN revisions r ON r.case_seq = c.seq "
                  "WHERE c.id = ?1 ORDER BY 1",
                  id);
  std::vector<DecisionRecord> records;
  while (row.next()) {
    const auto packed = unpacked_text(connection.keys(), row.bytes(1), decisions_place(id, row.integer(0)));
    auto decisions = packed ? unpack_decisions(*packed) : std::nullopt;
    if (!decisions) return damaged_case(id, "decisions");
    for (DecisionRecord& decision : *decisions) {
      if (decision.item_sequence != item_sequence) continue;
      decision.revision = row.integer(0);
      records.push_back(std::move(decision));
    }
  }
  if (auto read = row.finish(); !read) return read.error();
  return records;
}

Result<std::vector<HistoryEntry>> read_history(SqliteConnection& connection, std::string_view id) {
  SqliteQuery row(connection,
                  "SELECT 1, received_at_ms, client, ?2, '' FROM cases WHERE id = ?1 UNION ALL "
                  "SELECT r.revision, r.at_ms, r.actor, r.action, r.note FROM cases c "
                  "JOIN revisions r ON r.case_seq = c.seq WHERE c.id = ?1 ORDER BY 1",
                  id, kSubmitAction);
  std::vector<HistoryEntry> history;
  while (row.next()) {
    history.push_back({row.integer(0), row.integer(1), row.text(2), row.text(3), row.text(4)});
  }
  if (auto read = row.finish(); !read) return read.error();
  return history;
}

Result<std::vector<Supplement>> read_supplements(SqliteConnection& connection, std::string_view id) {
  SqliteQuery row(connection,
                  "SELECT s.id, s.received_at_ms, s.json FROM cases c JOIN supplements s ON s.case_seq = c.seq "
                  "WHERE c.id = ? ORDER BY s.seq",
                  id);
  std::vector<Supplement> supplements;
  while (row.next()) {
    auto json = unpacked_text(connection.keys(), row.bytes(2), place_of("supplements.json", {id, row.bytes(0)}));
    if (!json) return damaged_case(id, "supplement");
    supplements.push_back({row.text(0), row.integer(1), std::move(*json)});
  }
  if (auto read = row.finish(); !read) return read.error();
  return supplements;
}

Result<std::vector<Case>> read_by_key(SqliteConnection& connection, std::string_view client, std::string_view kind,
                                      std::string_view value, int limit) {
  SqliteQuery row(connection,
                  "SELECT c.* FROM case_keys k JOIN cases c ON c.seq = k.case_seq "
                  "WHERE k.client = ? AND k.kind = ? AND k.value = ? ORDER BY k.case_seq DESC LIMIT ?",
                  client, kind, value, most_cases(limit));
  return read_cases(connection, row);
}

Result<std::optional<Case>> read_same_request(SqliteConnection& connection, std::string_view client,
                                              std::string_view request_sha256, std::int64_t since_ms) {
  SqliteQuery row(connection,
                  "SELECT c.* FROM case_keys k JOIN cases c ON c.seq = k.case_seq "
                  "WHERE k.client = ? AND k.kind = ? AND k.value = ? AND c.received_at_ms >= ? "
                  "ORDER BY k.case_seq DESC LIMIT 1",
                  client, kRequestKey, request_sha256, since_ms);
  return first_of(read_cases(connection, row));
}

Result<int> read_months(SqliteConnection& connection, const MonthsQuery& query) {
  // The total is kept by each commit, so that this stays one look-up however many cases a member has.
  SqliteQuery row(connection,
                  "SELECT m.months - coalesce((SELECT sum(i.months) FROM cases c JOIN items i ON i.case_seq = c.seq "
                  "WHERE c.id = ?4 AND c.replaced_by = '' AND c.payer = m.payer AND c.member_id = m.member_id "
                  "AND i.procedure_code = m.procedure_code AND i.action IN ('A1', 'A2', 'A6', 'NA')), 0) "
                  "FROM months m WHERE m.payer = ?1 AND m.member_id = ?2 AND m.procedure_code = ?3",
                  query.payer, query.member_id, query.procedure_code, query.except_case);
  const int months = row.next() ? static_cast<int>(row.integer(0)) : 0;
  if (auto read = row.finish(); !read) return read.error();
  return months;
}

Result<Page> read_page(SqliteConnection& connection, const CaseFilter& filter, std::optional<std::int64_t> before,
                       int limit) {
  // A filter that is not set still names its value, so that the values bound are always the same.
  std::string sql = "SELECT c.* FROM cases c WHERE c.seq < ?1";
  sql += filter.client.empty() ? " AND ?2 = ''" : " AND c.client = ?2";
  sql += filter.member_id.empty() ? " AND ?3 = ''" : " AND c.member_id = ?3";
  sql += filter.status ? " AND c.status = ?4" : " AND ?4 = ''";
  sql += filter.payer.empty() ? " AND ?5 = ''" : " AND c.payer = ?5";
  sql += filter.received_from_ms ? " AND c.received_at_ms >= ?6" : " AND ?6 = 0";
  sql += filter.received_to_ms ? " AND c.received_at_ms <= ?7" : " AND ?7 = 0";
  sql += filter.due_before_ms ? " AND c.due_ms > 0 AND c.due_ms <= ?8" : " AND ?8 = 0";
  if (!filter.include_replaced) sql += " AND c.replaced_by = ''";
  // Only these are indexed, and SQLite uses the index only for a query that says so.
  if (filter.status && *filter.status != Status::kDecided) sql += " AND c.status <> 'decided'";
  sql += " ORDER BY c.seq DESC LIMIT ?9";
  const auto most = static_cast<std::size_t>(most_cases(limit));
  const std::string_view status = filter.status ? to_string(*filter.status) : std::string_view();
  const std::int64_t below = before.value_or(std::numeric_limits<std::int64_t>::max());
  SqliteQuery row(connection, sql, below, filter.client, filter.member_id, status, filter.payer,
                  filter.received_from_ms.value_or(0), filter.received_to_ms.value_or(0),
                  filter.due_before_ms.value_or(0), static_cast<std::int64_t>(most) + 1);
  auto cases = read_cases(connection, row);
  if (!cases) return cases.error();
  Page page{std::move(*cases), std::nullopt};
  if (page.cases.size() > most) {
    page.cases.resize(most);
    if (most > 0) page.continue_before = page.cases.back().order;
  }
  return page;
}

Result<std::vector<Case>> read_due_cases(SqliteConnection& connection, std::int64_t before_ms, int limit) {
  SqliteQuery row(connection,
                  "SELECT c.* FROM cases c WHERE c.status = 'pended' AND c.replaced_by = '' AND c.due_ms > 0 "
                  "AND c.due_ms <= ? ORDER BY c.due_ms, c.seq LIMIT ?",
                  before_ms, most_cases(limit));
  return read_cases(connection, row);
}

// Of the index cases_status, status <> 'decided' is the condition.
Result<Backlog> read_backlog(SqliteConnection& connection, std::int64_t now_ms) {
  Backlog backlog;
  SqliteQuery pended(connection,
                     "SELECT (?1 - received_at_ms) / 3600000, count(*), sum(due_ms > 0 AND due_ms <= ?1) FROM cases "
                     "WHERE status = 'pended' AND status <> 'decided' AND replaced_by = '' GROUP BY 1",
                     now_ms);
  while (pended.next()) {
    backlog.pended_by_hours[pended.integer(0)] = pended.integer(1);
    backlog.late += pended.integer(2);
  }
  if (auto read = pended.finish(); !read) return read.error();
  SqliteQuery outbox(connection,
                     "SELECT coalesce(sum(state <> 'failed'), 0), coalesce(sum(state = 'failed'), 0),"
                     " coalesce(min(CASE WHEN state = 'waiting' AND due_ms <= ?1 THEN due_ms END), 0) FROM outbox",
                     now_ms);
  while (outbox.next()) {
    backlog.waiting = outbox.integer(0);
    backlog.failed = outbox.integer(1);
    backlog.longest_due_ms = outbox.integer(2);
  }
  if (auto read = outbox.finish(); !read) return read.error();
  return backlog;
}

}  // namespace pas::store
