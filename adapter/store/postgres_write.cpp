#include "adapter/store/postgres_write.h"

#include <set>
#include <string>

#include "adapter/store/packing.h"
#include "adapter/store/postgres_exchanges.h"
#include "adapter/store/postgres_outbox.h"
#include "adapter/store/postgres_subscriptions.h"

namespace pas::store {
namespace {

// SQLSTATEs of our own, and what they say of a case.
struct Refusal {
  std::string_view state;
  base::ErrorCode code;
  const char* why;
};
constexpr Refusal kRefusals[] = {
    {"PAS01", base::ErrorCode::kConflict, ": the id is taken"},
    {"23505", base::ErrorCode::kConflict, ": the id is taken"},  // by another that came at the same time
    {"PAS02", base::ErrorCode::kConflict, ": a repeat of a stored request"},
    {"PAS03", base::ErrorCode::kInvalid, ": no such prior case"},
    {"PAS04", base::ErrorCode::kConflict, ": its prior was replaced already"},
    {"PAS05", base::ErrorCode::kConflict, ": it has that supplement"},
};

Result<void> explained(const PostgresConnection& connection, Result<void> done, const std::string& id) {
  if (done) return done;
  for (const Refusal& refusal : kRefusals) {
    if (connection.last_state() == refusal.state) return base::Error{refusal.code, "case " + id + refusal.why};
  }
  return done;
}

base::Error refused(const std::string& id, const char* why) {
  return {base::ErrorCode::kConflict, "case " + id + why};
}

void queue_checks(PostgresConnection& connection, const Submission& submission) {
  const Case& record = submission.record;
  if (submission.refuse_repeat_since_ms) {  // of two identical requests at once one waits here for the other's end
    connection.queue("SELECT pg_advisory_xact_lock(hashtextextended(encode($1 || $2, 'hex'), 2))",
                     record.request_sha256, record.client);
  }
  connection.queue("SELECT refuse('PAS01') FROM cases WHERE id = $1", record.id);
  if (submission.refuse_repeat_since_ms) {
    connection.queue(
        "SELECT refuse('PAS02') FROM case_keys k JOIN cases c ON c.seq = k.case_seq "
        "WHERE k.client = $1 AND k.kind = $2 AND k.value = $3 AND c.received_at_ms >= $4 LIMIT 1",
        record.client, kRequestKey, record.request_sha256, *submission.refuse_repeat_since_ms);
  }
  if (record.prior_id.empty()) return;
  connection.queue("SELECT 1 FROM cases WHERE id = $1 FOR UPDATE", record.prior_id);
  connection.queue("SELECT refuse('PAS03') WHERE NOT EXISTS (SELECT 1 FROM cases WHERE id = $1)", record.prior_id);
  connection.queue("SELECT refuse('PAS04') FROM cases WHERE id = $1 AND replaced_by <> ''", record.prior_id);
}

void queue_case(PostgresConnection& connection, const Submission& submission, std::string_view token) {
  const Case& record = submission.record;
  connection.queue(
      "INSERT INTO cases (id, client, version, kind, status, claim_identifiers, claim_full_url, claim_id, member_id,"
      " patient_identifiers, payer, request_date, received_at_ms, request_sha256, prior_id, replaced_by, priority,"
      " due_ms, requestors, revision, token, served_to, whole_id) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, '', $16, $17, $18, 1, $19, $20, $21)",
      record.id, record.client, record.version, to_string(record.kind), to_string(record.status),
      pack_identifiers(record.claim_identifiers), record.claim_full_url, record.claim_id, record.member_id,
      pack_identifiers(record.patient_identifiers), record.payer, record.request_date, record.received_at_ms,
      record.request_sha256, record.prior_id, record.priority, record.due_ms, pack_identifiers(record.requestors),
      token, submission.served_to, record.whole_id);
}

// From here on `seq` is the case's, or kThisCase.
void queue_items(PostgresConnection& connection, std::int64_t seq, const std::vector<Item>& items,
                 const std::vector<std::string>& states) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Item& item = items[i];
    connection.queue(
        "INSERT INTO items (case_seq, place, sequence, action, reason, procedure_code, item_transaction, months,"
        " trace_number, authorization_number, administrative_reference_number, valid_from, valid_to, state) "
        "VALUES (CASE $1 WHEN -1 THEN currval('cases_seq_seq') ELSE $1 END,"
        " $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        seq, static_cast<std::int64_t>(i), item.sequence, item.action, item.reason, item.procedure_code,
        item.transaction, item.months, item.trace_number, item.authorization_number,
        item.administrative_reference_number, item.valid_from, item.valid_to, states[i]);
  }
}

// A key that is there already stays: a case is found by the numbers of its earlier revisions, too.
void queue_keys(PostgresConnection& connection, std::int64_t seq, std::string_view client,
                const std::vector<CaseKey>& keys) {
  PostgresArray clients, kinds, values;
  for (const CaseKey& key : keys) {
    clients.add(key.kind == kNumberKey ? kEveryClient : client);
    kinds.add(key.kind);
    values.add(key.value);
  }
  connection.queue(
      "INSERT INTO case_keys (client, kind, value, case_seq) "
      "SELECT k.client, k.kind, k.value, CASE $1 WHEN -1 THEN currval('cases_seq_seq') ELSE $1 END "
      "FROM unnest($2, $3, $4) AS k (client, kind, value) ON CONFLICT DO NOTHING",
      seq, clients, kinds, values);
}

std::set<std::string_view> subjects_of(const std::vector<OutboxMessage>& messages,
                                       const std::vector<NewEvent>& events) {
  std::set<std::string_view> subjects;
  for (const OutboxMessage& message : messages) subjects.insert(message.subject);
  for (const NewEvent& event : events) subjects.insert(event.subscription_id);
  return subjects;
}

// In the same order everywhere, and before the rows of months, against deadlocks.
void queue_subject_locks(PostgresConnection& connection, const std::set<std::string_view>& subjects) {
  for (const std::string_view subject : subjects) queue_subject_lock(connection, subject);
}

void queue_news(PostgresConnection& connection, std::int64_t seq, const std::vector<OutboxMessage>& messages,
                const std::vector<NewEvent>& events, const std::vector<std::string>& focuses, const Origin& origin,
                std::int64_t at_ms) {
  for (const OutboxMessage& message : messages) queue_message(connection, message, origin, seq);
  for (std::size_t i = 0; i < events.size(); ++i) {
    queue_event(connection, events[i].subscription_id, focuses[i], seq, origin, at_ms);
  }
}

void queue_supplements(PostgresConnection& connection, std::int64_t seq, const Revision& revision,
                       const PackedRevision& packed) {
  for (std::size_t i = 0; i < revision.supplements.size(); ++i) {
    const Supplement& supplement = revision.supplements[i];
    connection.queue("SELECT refuse('PAS05') FROM supplements WHERE case_seq = $1 AND id = $2", seq, supplement.id);
    connection.queue("INSERT INTO supplements (case_seq, id, received_at_ms, json) VALUES ($1, $2, $3, $4)", seq,
                     supplement.id, supplement.received_at_ms, packed.supplements[i]);
  }
}

void queue_submission(PostgresConnection& connection, const Submission& submission, const PackedSubmission& packed,
                      std::string_view token) {
  const Case& record = submission.record;
  queue_case(connection, submission, token);
  connection.queue(
      "INSERT INTO bodies (case_seq, request, response, decisions, whole) "
      "VALUES (currval('cases_seq_seq'), $1, $2, $3, $4)",
      packed.request, packed.response, packed.decisions, packed.whole);
  queue_items(connection, kThisCase, record.items, packed.states);
  queue_keys(connection, kThisCase, record.client, packed.keys);
  if (submission.exchange) queue_exchange(connection, *submission.exchange, kThisCase);
  queue_news(connection, kThisCase, submission.outbox, submission.events, packed.focuses, submission.origin,
             record.received_at_ms);
  if (!record.prior_id.empty()) {
    queue_months(connection, record.prior_id, -1);
    connection.queue("UPDATE cases SET replaced_by = $1 WHERE id = $2", record.id, record.prior_id);
  }
  queue_months(connection, record.id, 1);
}

std::optional<Result<void>> found(Result<PostgresRows> row) {
  if (!row) return Result<void>(row.error());
  if (row->next()) return Result<void>();
  return std::nullopt;
}

}  // namespace

void queue_months(PostgresConnection& connection, std::string_view id, int sign) {
  connection.queue(
      "INSERT INTO months AS m (payer, member_id, procedure_code, months) "
      "SELECT c.payer, c.member_id, i.procedure_code, $2 * sum(i.months)::bigint "
      "FROM cases c JOIN items i ON i.case_seq = c.seq WHERE c.id = $1 AND c.member_id <> '' "
      "AND i.months <> 0 AND i.procedure_code <> '' AND i.action IN ('A1', 'A2', 'A6', 'NA') "
      "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 "
      "ON CONFLICT (member_id, payer, procedure_code) DO UPDATE SET months = m.months + excluded.months",
      id, sign);
}

Result<void> insert(PostgresConnection& connection, std::span<const Submission> submissions,
                    std::span<const PackedSubmission> packed, std::string_view token) {
  PostgresTransaction transaction(connection);
  std::set<std::string_view> subjects;
  for (const Submission& submission : submissions) {
    queue_checks(connection, submission);
    subjects.merge(subjects_of(submission.outbox, submission.events));
  }
  queue_subject_locks(connection, subjects);
  for (std::size_t i = 0; i < submissions.size(); ++i) queue_submission(connection, submissions[i], packed[i], token);
  return explained(connection, transaction.commit(), submissions[0].record.id);
}

Result<void> revise(PostgresConnection& connection, const Revision& revision, const PackedRevision& packed,
                    std::string_view token) {
  const std::string& id = revision.case_id;
  PostgresTransaction transaction(connection);
  auto row = connection.ask("SELECT seq, revision, replaced_by FROM cases WHERE id = $1 FOR UPDATE", id);
  if (!row) return row.error();
  if (!row->next()) return base::invalid("case " + id + ": no such case");
  if (!row->bytes(2).empty()) return refused(id, ": it was replaced");
  if (row->integer(1) != revision.expected_revision) return refused(id, ": it was changed meanwhile");
  const std::int64_t seq = row->integer(0);
  const std::int64_t number = revision.expected_revision + 1;

  queue_subject_locks(connection, subjects_of(revision.outbox, revision.events));
  queue_supplements(connection, seq, revision, packed);
  queue_months(connection, id, -1);
  connection.queue("UPDATE cases SET status = $1, due_ms = $2, revision = $3 WHERE seq = $4",
                   to_string(revision.status), revision.due_ms, number, seq);
  connection.queue("DELETE FROM items WHERE case_seq = $1", seq);
  queue_items(connection, seq, revision.items, packed.states);
  queue_months(connection, id, 1);
  Case changed;  // its other keys are there
  changed.items = revision.items;
  queue_keys(connection, seq, kEveryClient, keys_of(changed));
  if (!packed.response.empty()) {
    connection.queue("UPDATE bodies SET response = $1 WHERE case_seq = $2", packed.response, seq);
  }
  connection.queue("INSERT INTO revisions VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", seq, number, revision.at_ms,
                   revision.actor, revision.action, revision.note, packed.decisions, token);
  if (revision.exchange) queue_exchange(connection, *revision.exchange, seq);
  queue_news(connection, seq, revision.outbox, revision.events, packed.focuses, revision.origin, revision.at_ms);
  return explained(connection, transaction.commit(), id);
}

std::optional<Result<void>> find_commit(PostgresConnection& connection, std::string_view id, std::string_view token) {
  return found(connection.ask("SELECT 1 FROM cases WHERE id = $1 AND token = $2", id, token));
}

std::optional<Result<void>> find_revision(PostgresConnection& connection, std::string_view id, std::string_view token) {
  return found(connection.ask(
      "SELECT 1 FROM cases c JOIN revisions r ON r.case_seq = c.seq WHERE c.id = $1 AND r.token = $2", id, token));
}

Result<std::int64_t> take_numbers(PostgresConnection& connection, Sequence sequence, int count) {
  // What nextval and setval give is durable with the transaction; the lock makes the two one step.
  const std::string name =
      sequence == Sequence::kAuthorization ? "authorization_numbers" : "administrative_reference_numbers";
  PostgresTransaction transaction(connection);
  connection.queue("SELECT pg_advisory_xact_lock('" + name + "'::regclass::bigint)");
  auto row = connection.ask("SELECT setval('" + name + "', nextval('" + name + "') + $1 - 1) - $1 + 1", count);
  if (!row) return row.error();
  if (!row->next()) return base::unavailable("PostgreSQL: no number came");
  if (auto done = transaction.commit(); !done) return done.error();
  return row->integer(0);
}

}  // namespace pas::store
