#include "adapter/store/sqlite_verify.h"

#include <utility>

#include "adapter/store/case_keys.h"
#include "adapter/store/packing.h"
#include "adapter/store/sqlite_read.h"
#include "adapter/store/verify.h"

namespace pas::store {
namespace {

// Each gives the places of a fault in its only column.
struct Rule {
  std::string_view sql;
  const char* fault;
};
constexpr Rule kRules[] = {
    {"SELECT 'table ' || \"table\" FROM pragma_foreign_key_check", ": a row refers to nothing"},
    {"SELECT 'case ' || id FROM cases WHERE seq NOT IN (SELECT case_seq FROM bodies)", ": no bodies"},
    {"SELECT 'case ' || n.id FROM cases n LEFT JOIN cases p ON p.id = n.prior_id "
     "WHERE n.prior_id <> '' AND p.replaced_by IS NOT n.id",
     ": its prior does not name it"},
    {"SELECT 'case ' || p.id FROM cases p LEFT JOIN cases n ON n.id = p.replaced_by "
     "WHERE p.replaced_by <> '' AND n.prior_id IS NOT p.id",
     ": what replaced it does not name it"},
    {"SELECT 'case ' || case_seq FROM case_keys WHERE case_seq NOT IN (SELECT seq FROM cases)",
     ": a key leads to no case"},
    {"SELECT 'case ' || case_seq FROM exchanges WHERE case_seq <> 0 AND case_seq NOT IN (SELECT seq FROM cases)",
     ": an exchange leads to no case"},
    {"WITH counted AS (SELECT c.payer, c.member_id, i.procedure_code, sum(i.months) AS months "
     "FROM cases c JOIN items i ON i.case_seq = c.seq WHERE c.replaced_by = '' AND c.member_id <> '' "
     "AND i.procedure_code <> '' AND i.action IN ('A1', 'A2', 'A6', 'NA') GROUP BY 1, 2, 3 HAVING sum(i.months) <> 0) "
     "SELECT 'code ' || procedure_code FROM (SELECT * FROM counted EXCEPT SELECT * FROM months)",
     ": the months of a member do not add up"},
    {"WITH counted AS (SELECT c.payer, c.member_id, i.procedure_code, sum(i.months) AS months "
     "FROM cases c JOIN items i ON i.case_seq = c.seq WHERE c.replaced_by = '' "
     "AND i.action IN ('A1', 'A2', 'A6', 'NA') GROUP BY 1, 2, 3) "
     "SELECT 'code ' || procedure_code FROM (SELECT * FROM months WHERE months <> 0 EXCEPT SELECT * FROM counted)",
     ": months are counted that no case has"},
    {"SELECT 'sequence ' || column1 FROM (VALUES ('authorization'), ('administrative-reference')) "
     "WHERE coalesce((SELECT next FROM sequences s WHERE s.name = column1), 0) < 1",
     ": missing"},
    {"SELECT 'case ' || id FROM cases c WHERE revision <> 1 + (SELECT count(*) FROM revisions r "
     "WHERE r.case_seq = c.seq AND r.revision <= c.revision)",
     ": its history has gaps"},
    {"SELECT 'subscription ' || id FROM subscriptions s WHERE event_count <> purged_events + (SELECT count(*) FROM "
     "events e "
     "WHERE e.subscription_seq = s.seq AND e.number BETWEEN 1 AND s.event_count)",
     ": its events have gaps"},
    {"SELECT 'message ' || min(id) FROM outbox WHERE state = 'behind' GROUP BY subject "
     "HAVING subject NOT IN (SELECT subject FROM outbox WHERE state = 'waiting')",
     ": it stands behind nothing"},
};

Result<void> check_pages(SqliteConnection& connection, Faults& faults) {
  SqliteQuery row(connection, "PRAGMA integrity_check");
  while (row.next()) {
    if (row.bytes(0) != "ok") faults.push_back("file: " + row.text(0));
  }
  return row.finish();
}

Result<void> check_rule(SqliteConnection& connection, const Rule& rule, Faults& faults) {
  SqliteQuery row(connection, rule.sql);
  while (row.next()) faults.push_back(row.text(0) + rule.fault);
  return row.finish();
}

Result<void> check_keys(SqliteConnection& connection, const Case& record, Faults& faults) {
  for (const CaseKey& key : keys_of(record)) {
    SqliteQuery row(connection, "SELECT 1 FROM case_keys WHERE client = ? AND kind = ? AND value = ? AND case_seq = ?",
                    key.client_of(record), key.kind, key.value, record.order);
    if (!row.next()) faults.push_back("case " + record.id + ": no key " + std::string(key.kind));
    if (auto read = row.finish(); !read) return read;
  }
  return {};
}

Result<void> check_bodies(SqliteConnection& connection, const Case& record, Faults& faults) {
  SqliteQuery row(connection, "SELECT request, response, decisions, whole FROM bodies WHERE case_seq = ?",
                  record.order);
  while (row.next()) check_texts(record, row, connection.keys(), faults);
  return row.finish();
}

constexpr TextQuery kTexts[] = {
    {"revisions.decisions",
     "SELECT 'case ' || c.id, c.id, r.revision, r.decisions FROM revisions r JOIN cases c ON c.seq = r.case_seq", 2},
    {"supplements.json",
     "SELECT 'case ' || c.id, c.id, s.id, s.json FROM supplements s JOIN cases c ON c.seq = s.case_seq", 2},
    {"events.focus",
     "SELECT 'subscription ' || s.id, s.id, c.id, e.timestamp_ms, e.focus FROM events e "
     "JOIN subscriptions s ON s.seq = e.subscription_seq JOIN cases c ON c.seq = e.case_seq",
     3},
    {"subscriptions.json", "SELECT 'subscription ' || id, id, json FROM subscriptions", 1},
};

Result<void> check_later_texts(SqliteConnection& connection, Faults& faults) {
  for (const TextQuery& query : kTexts) {
    SqliteQuery row(connection, query.sql);
    while (row.next()) check_later_text(query, row, connection.keys(), faults);
    if (auto read = row.finish(); !read) return read;
  }
  return {};
}

Result<void> check_cases(SqliteConnection& connection, Faults& faults) {
  std::optional<std::int64_t> before;
  do {
    auto page = read_page(connection, {}, before, kMaxCases);
    if (!page) return page.error();
    for (const Case& record : page->cases) {
      if (auto checked = check_keys(connection, record, faults); !checked) return checked;
      if (auto checked = check_bodies(connection, record, faults); !checked) return checked;
    }
    before = page->continue_before;
  } while (before);
  return {};
}

Result<void> check_all(SqliteConnection& connection, Faults& faults) {
  if (auto checked = check_pages(connection, faults); !checked) return checked;
  for (const Rule& rule : kRules) {
    if (auto checked = check_rule(connection, rule, faults); !checked) return checked;
  }
  if (auto checked = check_later_texts(connection, faults); !checked) return checked;
  return check_cases(connection, faults);
}

}  // namespace

Result<std::vector<std::string>> verify_file(SqliteConnection& connection) {
  if (auto begun = connection.run("BEGIN"); !begun) return begun.error();
  Faults faults;
  auto checked = check_all(connection, faults);
  (void)connection.run("ROLLBACK");  // ends the snapshot; nothing was written
  if (!checked) return checked.error();
  return faults;
}

}  // namespace pas::store
