#include "adapter/store/postgres_outbox.h"

#include <algorithm>
#include <set>

#include "adapter/store/rows.h"

namespace pas::store {
namespace {

// Makes the oldest of those behind the subject's head, if nothing is.
void queue_next_in_line(PostgresConnection& connection, std::string_view subject) {
  if (subject.empty()) return;
  connection.queue(
      "UPDATE outbox SET state = 'waiting' WHERE id = "
      "(SELECT min(id) FROM outbox WHERE subject = $1 AND state = 'behind') "
      "AND NOT EXISTS (SELECT 1 FROM outbox WHERE subject = $1 AND subject <> '' AND state = 'waiting')",
      subject);
}

void queue_delivery(PostgresConnection& connection, std::int64_t id, std::string_view kind, std::string_view subject,
                    const Settlement& settlement) {
  connection.queue(
      "INSERT INTO deliveries (subject, message_id, kind, outcome, attempt, at_ms, result, http_status) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      subject, id, kind, to_string(settlement.outcome), settlement.attempt, settlement.at_ms, settlement.result,
      settlement.http_status);
  connection.queue(
      "DELETE FROM deliveries WHERE subject = $1 AND seq <= "
      "(SELECT seq FROM deliveries WHERE subject = $1 ORDER BY seq DESC LIMIT 1 OFFSET $2)",
      subject, kMaxDeliveries);
}

void queue_outcome(PostgresConnection& connection, std::int64_t id, const Settlement& settlement) {
  switch (settlement.outcome) {
    case Outcome::kDone:
      connection.queue("DELETE FROM outbox WHERE id = $1", id);
      break;
    case Outcome::kRetry:
    case Outcome::kPutBack:  // perhaps behind an older one that was replayed meanwhile
      connection.queue(
          "UPDATE outbox SET leased = 0, due_ms = $1, attempts = attempts - $2,"
          " state = CASE subject WHEN '' THEN 'waiting'::bytea ELSE 'behind' END WHERE id = $3",
          settlement.retry_at_ms, settlement.outcome == Outcome::kPutBack ? 1 : 0, id);
      break;
    case Outcome::kFailed:
      connection.queue("UPDATE outbox SET leased = 0, state = 'failed' WHERE id = $1", id);
      break;
  }
}

constexpr std::string_view kLeaseLost = "PAS10";

}  // namespace

void queue_subject_lock(PostgresConnection& connection, std::string_view subject) {
  if (subject.empty()) return;
  connection.queue("SELECT pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 1))", subject);
}

void queue_message(PostgresConnection& connection, const OutboxMessage& message, const Origin& origin,
                   std::int64_t case_seq) {
  connection.queue(
      "INSERT INTO outbox (case_seq, kind, payload, due_ms, subject, request_id, traceparent, state) "
      "VALUES (CASE $1 WHEN 0 THEN NULL WHEN -1 THEN currval('cases_seq_seq') ELSE $1 END, $2, $3, $4, $5, $6, $7, "
      "CASE WHEN EXISTS (SELECT 1 FROM outbox WHERE subject = $5 AND subject <> '' AND state = 'waiting') "
      "THEN 'behind'::bytea ELSE 'waiting' END)",
      case_seq, message.kind, message.payload, message.due_ms, message.subject, origin.request_id, origin.traceparent);
}

Result<void> queue_messages(PostgresConnection& connection, const std::vector<OutboxMessage>& messages) {
  std::set<std::string_view> subjects;
  for (const OutboxMessage& message : messages) subjects.insert(message.subject);
  for (const std::string_view subject : subjects) queue_subject_lock(connection, subject);
  for (const OutboxMessage& message : messages) {
    std::int64_t seq = 0;
    if (!message.case_id.empty()) {
      auto row = connection.ask("SELECT seq FROM cases WHERE id = $1", message.case_id);
      if (!row) return row.error();
      if (!row->next()) return base::invalid("message for case " + message.case_id + ": no such case");
      seq = row->integer(0);
    }
    queue_message(connection, message, message.origin, seq);
  }
  return {};
}

Result<void> enqueue(PostgresConnection& connection, const std::vector<OutboxMessage>& messages) {
  PostgresTransaction transaction(connection);
  if (auto queued = queue_messages(connection, messages); !queued) return queued;
  return transaction.commit();
}

Result<std::vector<OutboxMessage>> take(PostgresConnection& connection, std::int64_t now_ms,
                                        std::int64_t lease_until_ms, int limit) {
  auto row = connection.ask(
      "WITH due AS (SELECT id, due_ms FROM outbox WHERE state = 'waiting' AND due_ms <= $1 "
      "ORDER BY due_ms, id LIMIT $3 FOR UPDATE SKIP LOCKED), "
      "taken AS (UPDATE outbox o SET due_ms = $2, leased = 1, attempts = attempts + 1 FROM due WHERE o.id = due.id "
      "RETURNING due.due_ms AS was_due_ms, o.*) "
      "SELECT t.id, c.id, t.kind, t.payload, t.subject, t.attempts, t.request_id, t.traceparent FROM taken t LEFT JOIN "
      "cases c ON c.seq = "
      "t.case_seq "
      "ORDER BY t.was_due_ms, t.id",
      now_ms, lease_until_ms, std::clamp(limit, 0, kMaxCases));
  if (!row) return row.error();
  std::vector<OutboxMessage> messages;
  while (row->next()) {
    messages.push_back({row->integer(0),
                        row->text(1),
                        row->text(2),
                        row->text(3),
                        lease_until_ms,
                        row->text(4),
                        static_cast<int>(row->integer(5)),
                        {row->text(6), row->text(7)}});
  }
  return messages;
}

Result<void> settle(PostgresConnection& connection, std::int64_t id, const Settlement& settlement) {
  const base::Error lost{base::ErrorCode::kConflict, "message " + std::to_string(id) + ": the lease was lost"};
  auto row = connection.ask("SELECT kind, subject FROM outbox WHERE id = $1", id);  // neither ever changes
  if (!row) return row.error();
  if (!row->next()) return lost;
  const std::string kind = row->text(0);
  const std::string subject = row->text(1);
  PostgresTransaction transaction(connection);
  queue_subject_lock(connection, subject);
  connection.queue("SELECT 1 FROM outbox WHERE id = $1 FOR UPDATE", id);
  connection.queue(
      "SELECT refuse('PAS10') WHERE NOT EXISTS "
      "(SELECT 1 FROM outbox WHERE id = $1 AND state = 'waiting' AND leased = 1 AND attempts = $2)",
      id, settlement.attempt);
  if (settlement.outcome != Outcome::kPutBack) queue_delivery(connection, id, kind, subject, settlement);
  queue_outcome(connection, id, settlement);
  queue_next_in_line(connection, subject);
  auto settled = transaction.commit();
  if (!settled && connection.last_state() == kLeaseLost) return lost;
  return settled;
}

Result<bool> replay(PostgresConnection& connection, std::int64_t id, std::int64_t due_ms) {
  auto row = connection.ask("SELECT subject FROM outbox WHERE id = $1", id);
  if (!row) return row.error();
  if (!row->next()) return false;
  const std::string subject = row->text(0);
  PostgresTransaction transaction(connection);
  queue_subject_lock(connection, subject);
  // At first it is made to stand behind the others. Then whatever waits and is not on its way steps back, and the
  // oldest goes first.
  auto failed = connection.ask(
      "UPDATE outbox SET due_ms = $2, state = CASE subject WHEN '' THEN 'waiting'::bytea ELSE 'behind' END "
      "WHERE id = $1 AND state = 'failed'",
      id, due_ms);
  if (!failed) return failed.error();
  if (failed->affected() == 0) return false;
  if (!subject.empty()) {
    connection.queue("UPDATE outbox SET state = 'behind' WHERE subject = $1 AND state = 'waiting' AND leased = 0",
                     subject);
    queue_next_in_line(connection, subject);
  }
  if (auto done = transaction.commit(); !done) return done.error();
  return true;
}

Result<std::vector<Delivery>> read_deliveries(PostgresConnection& connection, std::string_view subject, int limit) {
  auto row = connection.ask(
      "SELECT message_id, kind, outcome, attempt, at_ms, result, http_status FROM deliveries "
      "WHERE subject = $1 ORDER BY seq DESC LIMIT $2",
      subject, std::clamp(limit, 0, kMaxDeliveries));
  if (!row) return row.error();
  std::vector<Delivery> deliveries;
  while (row->next()) deliveries.push_back(delivery_of(*row, subject));
  return deliveries;
}

}  // namespace pas::store
