#include "adapter/store/postgres_purge.h"

#include <algorithm>
#include <string>
#include <vector>

#include "adapter/store/case_keys.h"
#include "adapter/store/postgres_outbox.h"
#include "adapter/store/postgres_read.h"
#include "adapter/store/postgres_write.h"

namespace pas::store {
namespace {

// The chain of the case $1, for a statement about it.
std::string of_chain(std::string_view statement) {
  return std::string(
             "WITH RECURSIVE chain (seq, id, status, replaced_by, received_at_ms, served_to) AS ("
             "SELECT seq, id, status, replaced_by, received_at_ms, served_to FROM cases WHERE id = $1 AND prior_id = "
             "'' "
             "UNION ALL SELECT c.seq, c.id, c.status, c.replaced_by, c.received_at_ms, c.served_to "
             "FROM chain p JOIN cases c ON c.id = p.replaced_by) ")
      .append(statement);
}

// $2 and $3 the retention: all of the chain, the first case first, or nothing.
constexpr std::string_view kExpired =
    "SELECT seq, id FROM chain "
    "WHERE NOT EXISTS (SELECT 1 FROM chain WHERE received_at_ms >= $2 OR served_to >= $3"
    " OR (status = 'pended' AND replaced_by = '')) "
    "AND NOT EXISTS (SELECT 1 FROM chain JOIN revisions r ON r.case_seq = chain.seq WHERE r.at_ms >= $2) "
    "AND NOT EXISTS (SELECT 1 FROM chain JOIN items i ON i.case_seq = chain.seq"
    " WHERE greatest(i.valid_from, i.valid_to) >= $3) "
    "AND NOT EXISTS (SELECT 1 FROM chain JOIN outbox o ON o.case_seq = chain.seq WHERE o.state <> 'failed') "
    "ORDER BY seq";

// Commits wait that would add to the chain.
constexpr std::string_view kLocked = "SELECT 1 FROM cases WHERE seq IN (SELECT seq FROM chain) ORDER BY seq FOR UPDATE";

void queue_removal(PostgresConnection& connection, const Case& record) {
  PostgresArray clients, kinds, values;
  for (const CaseKey& key : keys_of(record)) {
    clients.add(key.client_of(record));
    kinds.add(key.kind);
    values.add(key.value);
  }
  connection.queue(
      "DELETE FROM case_keys k USING unnest($2, $3, $4) AS gone (client, kind, value) WHERE k.client = gone.client "
      "AND k.kind = gone.kind AND k.value = gone.value AND k.case_seq = $1",
      record.order, clients, kinds, values);
  // Those of earlier revisions.
  connection.queue("DELETE FROM case_keys WHERE kind = 'number' AND case_seq = $1", record.order);
  connection.queue(
      "UPDATE subscriptions s SET purged_events = s.purged_events + e.gone FROM "
      "(SELECT subscription_seq, count(*) AS gone FROM events WHERE case_seq = $1 GROUP BY 1) AS e "
      "WHERE s.seq = e.subscription_seq",
      record.order);
  if (record.replaced_by.empty()) {
    queue_months(connection, record.id, -1);
    connection.queue("DELETE FROM months WHERE payer = $1 AND member_id = $2 AND months = 0", record.payer,
                     record.member_id);
  }
  connection.queue("DELETE FROM exchanges WHERE case_seq = $1", record.order);
  connection.queue("DELETE FROM cases WHERE seq = $1", record.order);
}

// In the order in which commits lock them.
Result<void> lock_subjects(PostgresConnection& connection, std::string_view first_id) {
  auto row = connection.ask(of_chain("SELECT DISTINCT s.id FROM chain JOIN events e ON e.case_seq = chain.seq "
                                     "JOIN subscriptions s ON s.seq = e.subscription_seq ORDER BY s.id"),
                            first_id);
  if (!row) return row.error();
  while (row->next()) queue_subject_lock(connection, row->bytes(0));
  return {};
}

}  // namespace

Result<ExpiredChains> read_expired(PostgresConnection& connection, const Retention& retention, std::int64_t after,
                                   int limit) {
  const int most = std::clamp(limit, 1, kMaxCases);
  auto row = connection.ask("SELECT seq, id, prior_id FROM cases WHERE seq > $1 ORDER BY seq LIMIT $2", after, most);
  if (!row) return row.error();
  ExpiredChains found;
  int seen = 0;
  for (; row->next(); ++seen) {
    after = row->integer(0);
    if (!row->bytes(2).empty()) continue;
    found.chains.push_back({row->text(1), 0});
    connection.queue(of_chain(kExpired), row->bytes(1), retention.changed_before_ms,
                     std::string_view(retention.served_before));
  }
  if (seen == most) found.continue_after = after;
  if (found.chains.empty()) return found;
  auto chains = connection.send();
  if (!chains) return chains.error();
  for (std::size_t i = 0; i < found.chains.size(); ++i) {
    while ((*chains)[i].next()) ++found.chains[i].cases;
  }
  std::erase_if(found.chains, [](const Chain& chain) { return chain.cases == 0; });
  return found;
}

Result<int> purge(PostgresConnection& connection, std::string_view first_id, const Retention& retention) {
  PostgresTransaction transaction(connection);
  if (auto locked = connection.ask(of_chain(kLocked), first_id); !locked) return locked.error();
  auto row = connection.ask(of_chain(kExpired), first_id, retention.changed_before_ms,
                            std::string_view(retention.served_before));
  if (!row) return row.error();
  std::vector<std::string> ids;
  while (row->next()) ids.push_back(row->text(1));
  if (ids.empty()) return 0;
  std::vector<Case> cases;
  for (const std::string& id : ids) {
    auto record = read_case(connection, id);
    if (!record) return record.error();
    if (*record) cases.push_back(std::move(**record));
  }
  if (auto locked = lock_subjects(connection, first_id); !locked) return locked.error();
  for (const Case& record : cases) queue_removal(connection, record);
  if (auto done = transaction.commit(); !done) return done.error();
  return static_cast<int>(ids.size());
}

}  // namespace pas::store
