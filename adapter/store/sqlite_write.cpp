#include "adapter/store/sqlite_write.h"

#include "adapter/store/packing.h"
#include "adapter/store/sqlite_read.h"

namespace pas::store {
namespace {

base::Error conflict(const Case& record, const char* why) {
  return {base::ErrorCode::kConflict, "case " + record.id + why};
}

Result<void> check_against_stored(SqliteConnection& connection, const Submission& submission) {
  const Case& record = submission.record;
  auto taken = read_case(connection, record.id);
  if (!taken) return taken.error();
  if (*taken) return conflict(record, ": the id is taken");
  if (submission.refuse_repeat_since_ms) {
    auto repeat =
        read_same_request(connection, record.client, record.request_sha256, *submission.refuse_repeat_since_ms);
    if (!repeat) return repeat.error();
    if (*repeat) return conflict(record, ": a repeat of a stored request");
  }
  return {};
}

Result<void> add_months(SqliteConnection& connection, const Case& record, int sign) {
  if (record.member_id.empty()) return {};
  for (const Item& item : record.items) {
    if (item.months == 0 || item.procedure_code.empty() || !counts_months(item.action)) continue;
    auto added = connection.run(
        "INSERT INTO months VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET months = months + excluded.months",
        record.payer, record.member_id, item.procedure_code, sign * item.months);
    if (!added) return added;
  }
  return {};
}

Result<void> replace_prior(SqliteConnection& connection, const Case& record) {
  if (record.prior_id.empty()) return {};
  auto prior = read_case(connection, record.prior_id);
  if (!prior) return prior.error();
  if (!*prior) return base::invalid("case " + record.id + ": no such prior case");
  if (!(*prior)->replaced_by.empty()) return conflict(record, ": its prior was replaced already");
  if (auto taken = add_months(connection, **prior, -1); !taken) return taken;
  return connection.run("UPDATE cases SET replaced_by = ? WHERE id = ?", record.id, record.prior_id);
}

Result<void> insert_case(SqliteConnection& connection, const Case& record) {
  return connection.run(
      "INSERT INTO cases (id, client, version, kind, status, claim_identifiers, claim_full_url, claim_id, member_id,"
      " patient_identifiers, payer, request_date, received_at_ms, request_sha256, prior_id, replaced_by) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')",
      record.id, record.client, record.version, to_string(record.kind), to_string(record.status),
      pack_identifiers(record.claim_identifiers), record.claim_full_url, record.claim_id, record.member_id,
      pack_identifiers(record.patient_identifiers), record.payer, record.request_date, record.received_at_ms,
      record.request_sha256, record.prior_id);
}

Result<void> insert_bodies(SqliteConnection& connection, std::int64_t seq, const PackedSubmission& packed) {
  return connection.run(
      "INSERT INTO bodies (case_seq, claim_response, decisions, claim, response, request) VALUES (?, ?, ?, ?, ?, ?)",
      seq, SqliteBlob{packed.claim_response}, SqliteBlob{packed.decisions}, SqliteBlob{packed.claim},
      SqliteBlob{packed.response}, SqliteBlob{packed.request});
}

Result<void> insert_items(SqliteConnection& connection, std::int64_t seq, const std::vector<Item>& items) {
  int place = 0;
  for (const Item& item : items) {
    auto inserted = connection.run(
        "INSERT INTO items (case_seq, place, sequence, action, reason, procedure_code, item_transaction, months,"
        " trace_number, authorization_number, administrative_reference_number, valid_from, valid_to) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        seq, place++, item.sequence, item.action, item.reason, item.procedure_code, item.transaction, item.months,
        item.trace_number, item.authorization_number, item.administrative_reference_number, item.valid_from,
        item.valid_to);
    if (!inserted) return inserted;
  }
  return {};
}

}  // namespace

PackedSubmission::PackedSubmission(const Submission& submission)
    : request(compress(submission.bodies.request)),
      response(compress(submission.bodies.response)),
      claim(compress(submission.bodies.claim)),
      claim_response(compress(submission.bodies.claim_response)),
      decisions(compress(pack_decisions(submission.decisions))),
      keys(keys_of(submission.record)) {}

std::size_t PackedSubmission::bytes() const {
  return request.size() + response.size() + claim.size() + claim_response.size() + decisions.size();
}

Result<void> insert(SqliteConnection& connection, const Submission& submission, const PackedSubmission& packed) {
  const Case& record = submission.record;
  if (auto free = check_against_stored(connection, submission); !free) return free;
  if (auto replaced = replace_prior(connection, record); !replaced) return replaced;
  if (auto inserted = insert_case(connection, record); !inserted) return inserted;
  const std::int64_t seq = connection.last_row();
  if (auto inserted = insert_bodies(connection, seq, packed); !inserted) return inserted;
  if (auto inserted = insert_items(connection, seq, record.items); !inserted) return inserted;
  for (const CaseKey& key : packed.keys) {
    auto inserted =
        connection.run("INSERT INTO case_keys VALUES (?, ?, ?, ?)", record.client, key.kind, key.value, seq);
    if (!inserted) return inserted;
  }
  for (const OutboxMessage& message : submission.outbox) {
    auto inserted = connection.run("INSERT INTO outbox (case_seq, kind, payload, due_ms) VALUES (?, ?, ?, ?)", seq,
                                   message.kind, SqliteBlob{message.payload}, message.due_ms);
    if (!inserted) return inserted;
  }
  return add_months(connection, record, 1);
}

Result<std::int64_t> take_numbers(SqliteConnection& connection, Sequence sequence, int count) {
  const std::string_view name = sequence == Sequence::kAuthorization ? "authorization" : "administrative-reference";
  SqliteQuery query(connection, "UPDATE sequences SET next = next + ?1 WHERE name = ?2 RETURNING next - ?1", count,
                    name);
  std::int64_t first = 0;
  while (query.next()) first = query.integer(0);
  if (auto taken = query.finish(); !taken) return taken.error();
  if (first < 1) return base::unavailable("the store has no sequence " + std::string(name));
  return first;
}

}  // namespace pas::store
