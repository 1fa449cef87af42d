#include "adapter/store/sqlite_outbox.h"

#include <algorithm>

#include "adapter/store/rows.h"

namespace pas::store {
namespace {

base::Error lease_lost(std::int64_t id) {
  return {base::ErrorCode::kConflict, "message " + std::to_string(id) + ": the lease was lost"};
}

Result<std::optional<std::int64_t>> case_of_message(SqliteConnection& connection, const OutboxMessage& message) {
  if (message.case_id.empty()) return std::optional<std::int64_t>();
  SqliteQuery row(connection, "SELECT seq FROM cases WHERE id = ?", message.case_id);
  std::optional<std::int64_t> seq;
  while (row.next()) seq = row.integer(0);
  if (auto read = row.finish(); !read) return read.error();
  if (!seq) return base::invalid("message for case " + message.case_id + ": no such case");
  return seq;
}

// Makes the oldest of those behind the subject's head, if nothing is.
Result<void> next_in_line(SqliteConnection& connection, std::string_view subject) {
  if (subject.empty()) return {};
  return connection.run(
      "UPDATE outbox SET state = 'waiting' WHERE id = "
      "(SELECT min(id) FROM outbox WHERE subject = ?1 AND subject <> '' AND state = 'behind') "
      "AND NOT EXISTS (SELECT 1 FROM outbox WHERE subject = ?1 AND subject <> '' AND state = 'waiting')",
      subject);
}

Result<void> log_delivery(SqliteConnection& connection, std::int64_t id, std::string_view kind,
                          std::string_view subject, const Settlement& settlement) {
  auto logged = connection.run(
      "INSERT INTO deliveries (subject, message_id, kind, outcome, attempt, at_ms, result, http_status) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      subject, id, kind, to_string(settlement.outcome), settlement.attempt, settlement.at_ms, settlement.result,
      settlement.http_status);
  if (!logged) return logged;
  return connection.run(
      "DELETE FROM deliveries WHERE subject = ?1 AND seq <= "
      "(SELECT seq FROM deliveries WHERE subject = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)",
      subject, kMaxDeliveries);
}

}  // namespace

Result<void> insert_message(SqliteConnection& connection, const OutboxMessage& message, const Origin& origin,
                            std::optional<std::int64_t> case_seq) {
  if (!case_seq) {
    auto found = case_of_message(connection, message);
    if (!found) return found.error();
    case_seq = *found;
  }
  // A case's seq is never 0.
  return connection.run(
      "INSERT INTO outbox (case_seq, kind, payload, due_ms, subject, request_id, traceparent, state) "
      "VALUES (nullif(?1, 0), ?2, ?3, ?4, ?5, ?6, ?7, "
      "CASE WHEN EXISTS (SELECT 1 FROM outbox WHERE subject = ?5 AND subject <> '' AND state = 'waiting') "
      "THEN 'behind' ELSE 'waiting' END)",
      case_seq.value_or(0), message.kind, SqliteBlob{message.payload}, message.due_ms, message.subject,
      origin.request_id, origin.traceparent);
}

Result<void> free_leases(SqliteConnection& connection) {
  return connection.run("UPDATE outbox SET leased = 0, due_ms = 0 WHERE leased = 1");
}

Result<bool> any_due(SqliteConnection& connection, std::int64_t now_ms) {
  SqliteQuery row(connection, "SELECT 1 FROM outbox WHERE state = 'waiting' AND due_ms <= ? LIMIT 1", now_ms);
  const bool any = row.next();
  if (auto read = row.finish(); !read) return read.error();
  return any;
}

Result<std::vector<OutboxMessage>> take(SqliteConnection& connection, std::int64_t now_ms, std::int64_t lease_until_ms,
                                        int limit) {
  std::vector<OutboxMessage> taken;
  {
    SqliteQuery row(connection,
                    "SELECT o.id, coalesce(c.id, ''), o.kind, o.payload, o.subject, o.attempts, o.request_id,"
                    " o.traceparent FROM outbox o "
                    "LEFT JOIN cases c ON c.seq = o.case_seq "
                    "WHERE o.state = 'waiting' AND o.due_ms <= ? ORDER BY o.due_ms, o.id LIMIT ?",
                    now_ms, std::clamp(limit, 0, kMaxCases));
    while (row.next()) {
      taken.push_back({row.integer(0),
                       row.text(1),
                       row.text(2),
                       row.text(3),
                       lease_until_ms,
                       row.text(4),
                       static_cast<int>(row.integer(5)) + 1,
                       {row.text(6), row.text(7)}});
    }
    if (auto read = row.finish(); !read) return read.error();
  }
  for (const OutboxMessage& message : taken) {
    auto leased = connection.run("UPDATE outbox SET due_ms = ?, leased = 1, attempts = ? WHERE id = ?", lease_until_ms,
                                 message.attempts, message.id);
    if (!leased) return leased.error();
  }
  return taken;
}

Result<void> settle(SqliteConnection& connection, std::int64_t id, const Settlement& settlement) {
  std::string kind;
  std::string subject;
  {
    SqliteQuery row(connection,
                    "SELECT kind, subject FROM outbox WHERE id = ? AND state = 'waiting' AND leased = 1 "
                    "AND attempts = ?",
                    id, settlement.attempt);
    const bool found = row.next();
    if (found) {
      kind = row.text(0);
      subject = row.text(1);
    }
    if (auto read = row.finish(); !read) return read;
    if (!found) return lease_lost(id);
  }
  if (settlement.outcome != Outcome::kPutBack) {
    if (auto logged = log_delivery(connection, id, kind, subject, settlement); !logged) return logged;
  }
  Result<void> changed;
  switch (settlement.outcome) {
    case Outcome::kDone:
      changed = connection.run("DELETE FROM outbox WHERE id = ?", id);
      break;
    case Outcome::kRetry:
    case Outcome::kPutBack:  // perhaps behind an older one that was replayed meanwhile
      changed = connection.run(
          "UPDATE outbox SET leased = 0, due_ms = ?, attempts = attempts - ?,"
          " state = CASE subject WHEN '' THEN 'waiting' ELSE 'behind' END WHERE id = ?",
          settlement.retry_at_ms, settlement.outcome == Outcome::kPutBack ? 1 : 0, id);
      break;
    case Outcome::kFailed:
      changed = connection.run("UPDATE outbox SET leased = 0, state = 'failed' WHERE id = ?", id);
      break;
  }
  if (!changed) return changed;
  return next_in_line(connection, subject);
}

Result<bool> replay(SqliteConnection& connection, std::int64_t id, std::int64_t due_ms) {
  std::optional<std::string> subject;
  {
    SqliteQuery row(connection, "SELECT subject FROM outbox WHERE id = ? AND state = 'failed'", id);
    if (row.next()) subject = row.text(0);
    if (auto read = row.finish(); !read) return read.error();
  }
  if (!subject) return false;
  // Whatever waits and is not on its way steps back, and the oldest goes first.
  auto changed = connection.run(
      "UPDATE outbox SET state = 'behind' WHERE subject = ? AND subject <> '' AND state = 'waiting' AND leased = 0",
      *subject);
  if (!changed) return changed.error();
  changed = connection.run(
      "UPDATE outbox SET due_ms = ?, state = CASE subject WHEN '' THEN 'waiting' ELSE 'behind' END WHERE id = ?",
      due_ms, id);
  if (!changed) return changed.error();
  if (auto moved = next_in_line(connection, *subject); !moved) return moved.error();
  return true;
}

Result<std::vector<Delivery>> read_deliveries(SqliteConnection& connection, std::string_view subject, int limit) {
  SqliteQuery row(connection,
                  "SELECT message_id, kind, outcome, attempt, at_ms, result, http_status FROM deliveries "
                  "WHERE subject = ? ORDER BY seq DESC LIMIT ?",
                  subject, std::clamp(limit, 0, kMaxDeliveries));
  std::vector<Delivery> deliveries;
  while (row.next()) {
    deliveries.push_back(delivery_of(row, subject));
  }
  if (auto read = row.finish(); !read) return read.error();
  return deliveries;
}

}  // namespace pas::store
