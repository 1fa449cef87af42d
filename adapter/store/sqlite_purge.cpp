#include "adapter/store/sqlite_purge.h"

#include <algorithm>
#include <vector>

#include "adapter/store/case_keys.h"
#include "adapter/store/sqlite_read.h"
#include "adapter/store/sqlite_write.h"

namespace pas::store {
namespace {

// ?1 the chain's first case, ?2 and ?3 the retention: all of the chain, the first case first, or nothing.
constexpr std::string_view kExpiredChain =
    "WITH RECURSIVE chain (seq, id, status, replaced_by, received_at_ms, served_to) AS ("
    "SELECT seq, id, status, replaced_by, received_at_ms, served_to FROM cases WHERE id = ?1 AND prior_id = '' "
    "UNION ALL SELECT c.seq, c.id, c.status, c.replaced_by, c.received_at_ms, c.served_to "
    "FROM chain p JOIN cases c ON c.id = p.replaced_by) "
    "SELECT seq, id FROM chain "
    "WHERE NOT EXISTS (SELECT 1 FROM chain WHERE received_at_ms >= ?2 OR served_to >= ?3"
    " OR (status = 'pended' AND replaced_by = '')) "
    "AND NOT EXISTS (SELECT 1 FROM chain JOIN revisions r ON r.case_seq = chain.seq WHERE r.at_ms >= ?2) "
    "AND NOT EXISTS (SELECT 1 FROM chain JOIN items i ON i.case_seq = chain.seq"
    " WHERE max(i.valid_from, i.valid_to) >= ?3) "
    "AND NOT EXISTS (SELECT 1 FROM chain JOIN outbox o ON o.case_seq = chain.seq WHERE o.state <> 'failed') "
    "ORDER BY seq";

Result<std::vector<std::string>> expired_chain(SqliteConnection& connection, std::string_view first_id,
                                               const Retention& retention) {
  SqliteQuery row(connection, kExpiredChain, first_id, retention.changed_before_ms,
                  std::string_view(retention.served_before));
  std::vector<std::string> ids;
  while (row.next()) ids.push_back(row.text(1));
  if (auto read = row.finish(); !read) return read.error();
  return ids;
}

Result<void> remove_keys(SqliteConnection& connection, const Case& record) {
  for (const CaseKey& key : keys_of(record)) {
    auto removed = connection.run("DELETE FROM case_keys WHERE client = ? AND kind = ? AND value = ? AND case_seq = ?",
                                  key.client_of(record), key.kind, key.value, record.order);
    if (!removed) return removed;
  }
  // Those of earlier revisions.
  return connection.run("DELETE FROM case_keys WHERE kind = 'number' AND case_seq = ?", record.order);
}

Result<void> remove_case(SqliteConnection& connection, const Case& record) {
  if (record.replaced_by.empty()) {
    if (auto taken = add_months(connection, record, -1); !taken) return taken;
    auto cleared = connection.run("DELETE FROM months WHERE payer = ? AND member_id = ? AND months = 0", record.payer,
                                  record.member_id);
    if (!cleared) return cleared;
  }
  if (auto removed = remove_keys(connection, record); !removed) return removed;
  auto counted = connection.run(
      "UPDATE subscriptions SET purged_events = purged_events + "
      "(SELECT count(*) FROM events e WHERE e.subscription_seq = subscriptions.seq AND e.case_seq = ?1) "
      "WHERE seq IN (SELECT subscription_seq FROM events WHERE case_seq = ?1)",
      record.order);
  if (!counted) return counted;
  auto removed = connection.run("DELETE FROM exchanges WHERE case_seq = ?", record.order);
  if (!removed) return removed;
  return connection.run("DELETE FROM cases WHERE seq = ?", record.order);
}

}  // namespace

Result<ExpiredChains> read_expired(SqliteConnection& connection, const Retention& retention, std::int64_t after,
                                   int limit) {
  ExpiredChains found;
  int seen = 0;
  const int most = std::clamp(limit, 1, kMaxCases);
  SqliteQuery row(connection, "SELECT seq, id, prior_id FROM cases WHERE seq > ? ORDER BY seq LIMIT ?", after, most);
  for (; row.next(); ++seen) {
    after = row.integer(0);
    if (!row.bytes(2).empty()) continue;
    auto chain = expired_chain(connection, row.bytes(1), retention);
    if (!chain) return chain.error();
    if (!chain->empty()) found.chains.push_back({row.text(1), static_cast<int>(chain->size())});
  }
  if (auto read = row.finish(); !read) return read.error();
  if (seen == most) found.continue_after = after;
  return found;
}

Result<int> purge(SqliteConnection& connection, std::string_view first_id, const Retention& retention) {
  const auto chain = expired_chain(connection, first_id, retention);
  if (!chain) return chain.error();
  for (const std::string& id : *chain) {
    const auto record = read_case(connection, id);
    if (!record) return record.error();
    if (auto removed = remove_case(connection, **record); !removed) return removed.error();
  }
  return static_cast<int>(chain->size());
}

}  // namespace pas::store
