#include "adapter/store/sqlite_write.h"

#include <algorithm>

#include "adapter/store/packing.h"
#include "adapter/store/sqlite_exchanges.h"
#include "adapter/store/sqlite_outbox.h"
#include "adapter/store/sqlite_read.h"
#include "adapter/store/sqlite_subscriptions.h"

namespace pas::store {
namespace {

constexpr std::size_t kBigBlob = std::size_t{1} << 20U;

base::Error conflict(const std::string& id, const char* why) {
  return {base::ErrorCode::kConflict, "case " + id + why};
}

Result<void> check_against_stored(SqliteConnection& connection, const Submission& submission) {
  const Case& record = submission.record;
  auto taken = read_case(connection, record.id);
  if (!taken) return taken.error();
  if (*taken) return conflict(record.id, ": the id is taken");
  if (submission.refuse_repeat_since_ms) {
    auto repeat =
        read_same_request(connection, record.client, record.request_sha256, *submission.refuse_repeat_since_ms);
    if (!repeat) return repeat.error();
    if (*repeat) return conflict(record.id, ": a repeat of a stored request");
  }
  return {};
}

Result<void> replace_prior(SqliteConnection& connection, const Case& record) {
  if (record.prior_id.empty()) return {};
  auto prior = read_case(connection, record.prior_id);
  if (!prior) return prior.error();
  if (!*prior) return base::invalid("case " + record.id + ": no such prior case");
  if (!(*prior)->replaced_by.empty()) return conflict(record.id, ": its prior was replaced already");
  if (auto taken = add_months(connection, **prior, -1); !taken) return taken;
  return connection.run("UPDATE cases SET replaced_by = ? WHERE id = ?", record.id, record.prior_id);
}

Result<void> insert_case(SqliteConnection& connection, const Submission& submission) {
  const Case& record = submission.record;
  return connection.run(
      "INSERT INTO cases (id, client, version, kind, status, claim_identifiers, claim_full_url, claim_id, member_id,"
      " patient_identifiers, payer, request_date, received_at_ms, request_sha256, prior_id, replaced_by, priority,"
      " due_ms, requestors, revision, served_to, whole_id) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, ?, 1, ?, ?)",
      record.id, record.client, record.version, to_string(record.kind), to_string(record.status),
      pack_identifiers(record.claim_identifiers), record.claim_full_url, record.claim_id, record.member_id,
      pack_identifiers(record.patient_identifiers), record.payer, record.request_date, record.received_at_ms,
      record.request_sha256, record.prior_id, record.priority, record.due_ms, pack_identifiers(record.requestors),
      submission.served_to, record.whole_id);
}

Result<void> insert_bodies(SqliteConnection& connection, std::int64_t seq, const PackedSubmission& packed) {
  // The pages of a big body go to the log as they are made, instead of staying in memory to the end of the group.
  const bool is_big = std::max(packed.request.size(), packed.whole.size()) > kBigBlob;
  if (is_big) {
    if (auto set = connection.execute("PRAGMA cache_size=-1024"); !set) return set;
  }
  auto inserted = connection.run(
      "INSERT INTO bodies (case_seq, decisions, response, request, whole) VALUES (?, ?, ?, ?, ?)", seq,
      SqliteBlob{packed.decisions}, SqliteBlob{packed.response}, SqliteBlob{packed.request}, SqliteBlob{packed.whole});
  if (is_big) {
    if (auto set = connection.execute(kWriterCache); !set) return set;
  }
  return inserted;
}

Result<void> insert_items(SqliteConnection& connection, std::int64_t seq, const std::vector<Item>& items,
                          const std::vector<std::string>& states) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Item& item = items[i];
    auto inserted = connection.run(
        "INSERT INTO items (case_seq, place, sequence, action, reason, procedure_code, item_transaction, months,"
        " trace_number, authorization_number, administrative_reference_number, valid_from, valid_to, state) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        seq, static_cast<std::int64_t>(i), item.sequence, item.action, item.reason, item.procedure_code,
        item.transaction, item.months, item.trace_number, item.authorization_number,
        item.administrative_reference_number, item.valid_from, item.valid_to, states[i]);
    if (!inserted) return inserted;
  }
  return {};
}

// A key that is there already stays: a case is found by the numbers of its earlier revisions, too.
Result<void> insert_keys(SqliteConnection& connection, const Case& record, std::int64_t seq,
                         const std::vector<CaseKey>& keys) {
  for (const CaseKey& key : keys) {
    auto inserted = connection.run("INSERT OR IGNORE INTO case_keys VALUES (?, ?, ?, ?)", key.client_of(record),
                                   key.kind, key.value, seq);
    if (!inserted) return inserted;
  }
  return {};
}

Result<void> tell(SqliteConnection& connection, std::int64_t seq, const std::vector<OutboxMessage>& messages,
                  const std::vector<NewEvent>& events, const std::vector<std::string>& focuses, const Origin& origin,
                  std::int64_t at_ms) {
  for (const OutboxMessage& message : messages) {
    if (auto inserted = insert_message(connection, message, origin, seq); !inserted) return inserted;
  }
  for (std::size_t i = 0; i < events.size(); ++i) {
    auto inserted = insert_event(connection, events[i].subscription_id, focuses[i], seq, origin, at_ms);
    if (!inserted) return inserted;
  }
  return {};
}

Result<void> insert_supplements(SqliteConnection& connection, std::int64_t seq, const Revision& revision,
                                const PackedRevision& packed) {
  for (std::size_t i = 0; i < revision.supplements.size(); ++i) {
    const Supplement& supplement = revision.supplements[i];
    SqliteQuery known(connection, "SELECT 1 FROM supplements WHERE case_seq = ? AND id = ?", seq, supplement.id);
    if (known.next()) return conflict(revision.case_id, ": it has that supplement");
    if (auto read = known.finish(); !read) return read;
    auto inserted = connection.run("INSERT INTO supplements (case_seq, id, received_at_ms, json) VALUES (?, ?, ?, ?)",
                                   seq, supplement.id, supplement.received_at_ms, SqliteBlob{packed.supplements[i]});
    if (!inserted) return inserted;
  }
  return {};
}

Result<void> replace_response(SqliteConnection& connection, std::int64_t seq, const PackedRevision& packed) {
  if (packed.response.empty()) return {};
  return connection.run("UPDATE bodies SET response = ? WHERE case_seq = ?", SqliteBlob{packed.response}, seq);
}

}  // namespace

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

Result<void> insert(SqliteConnection& connection, const Submission& submission, const PackedSubmission& packed) {
  const Case& record = submission.record;
  if (auto free = check_against_stored(connection, submission); !free) return free;
  if (auto replaced = replace_prior(connection, record); !replaced) return replaced;
  if (auto inserted = insert_case(connection, submission); !inserted) return inserted;
  const std::int64_t seq = connection.last_row();
  if (auto inserted = insert_bodies(connection, seq, packed); !inserted) return inserted;
  if (auto inserted = insert_items(connection, seq, record.items, packed.states); !inserted) return inserted;
  if (auto inserted = insert_keys(connection, record, seq, packed.keys); !inserted) return inserted;
  if (submission.exchange) {
    if (auto inserted = insert_exchange(connection, *submission.exchange, seq); !inserted) return inserted;
  }
  auto told = tell(connection, seq, submission.outbox, submission.events, packed.focuses, submission.origin,
                   record.received_at_ms);
  if (!told) return told;
  return add_months(connection, record, 1);
}

Result<void> revise(SqliteConnection& connection, const Revision& revision, const PackedRevision& packed) {
  auto found = read_case(connection, revision.case_id);
  if (!found) return found.error();
  if (!*found) return base::invalid("case " + revision.case_id + ": no such case");
  Case& record = **found;
  const std::int64_t seq = record.order;
  if (!record.replaced_by.empty()) return conflict(record.id, ": it was replaced");
  if (record.revision != revision.expected_revision) return conflict(record.id, ": it was changed meanwhile");
  if (auto inserted = insert_supplements(connection, seq, revision, packed); !inserted) return inserted;

  if (auto taken = add_months(connection, record, -1); !taken) return taken;
  record.items = revision.items;
  if (auto added = add_months(connection, record, 1); !added) return added;
  auto updated = connection.run("UPDATE cases SET status = ?, due_ms = ?, revision = ? WHERE seq = ?",
                                to_string(revision.status), revision.due_ms, record.revision + 1, seq);
  if (!updated) return updated;
  if (auto removed = connection.run("DELETE FROM items WHERE case_seq = ?", seq); !removed) return removed;
  if (auto inserted = insert_items(connection, seq, revision.items, packed.states); !inserted) return inserted;
  if (auto inserted = insert_keys(connection, record, seq, keys_of(record)); !inserted) return inserted;
  if (auto replaced = replace_response(connection, seq, packed); !replaced) return replaced;
  auto written =
      connection.run("INSERT INTO revisions VALUES (?, ?, ?, ?, ?, ?, ?)", seq, record.revision + 1, revision.at_ms,
                     revision.actor, revision.action, revision.note, SqliteBlob{packed.decisions});
  if (!written) return written;
  if (revision.exchange) {
    if (auto inserted = insert_exchange(connection, *revision.exchange, seq); !inserted) return inserted;
  }
  return tell(connection, seq, revision.outbox, revision.events, packed.focuses, revision.origin, revision.at_ms);
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
