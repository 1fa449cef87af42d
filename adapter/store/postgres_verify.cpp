#include "adapter/store/postgres_verify.h"

#include <utility>

#include "adapter/store/case_keys.h"
#include "adapter/store/postgres_read.h"
#include "adapter/store/verify.h"

namespace pas::store {
namespace {

// Each gives the places of a fault in its only column. What the database checks by itself (foreign keys) is not here.
struct Check {
  std::string_view sql;
  const char* fault;
};
constexpr Check kChecks[] = {
    {"SELECT 'case '::bytea || id FROM cases WHERE seq NOT IN (SELECT case_seq FROM bodies)", ": no bodies"},
    {"SELECT 'case '::bytea || n.id FROM cases n LEFT JOIN cases p ON p.id = n.prior_id "
     "WHERE n.prior_id <> '' AND p.replaced_by IS DISTINCT FROM n.id",
     ": its prior does not name it"},
    {"SELECT 'case '::bytea || p.id FROM cases p LEFT JOIN cases n ON n.id = p.replaced_by "
     "WHERE p.replaced_by <> '' AND n.prior_id IS DISTINCT FROM p.id",
     ": what replaced it does not name it"},
    {"SELECT 'case ' || case_seq FROM case_keys k WHERE NOT EXISTS (SELECT 1 FROM cases c WHERE c.seq = k.case_seq)",
     ": a key leads to no case"},
    {"SELECT 'case ' || case_seq FROM exchanges e WHERE case_seq <> 0 "
     "AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.seq = e.case_seq)",
     ": an exchange leads to no case"},
    {"WITH counted AS (SELECT c.payer, c.member_id, i.procedure_code, sum(i.months)::bigint AS months "
     "FROM cases c JOIN items i ON i.case_seq = c.seq WHERE c.replaced_by = '' AND c.member_id <> '' "
     "AND i.procedure_code <> '' AND i.action IN ('A1', 'A2', 'A6', 'NA') GROUP BY 1, 2, 3 HAVING sum(i.months) <> 0) "
     "SELECT 'code '::bytea || procedure_code FROM (SELECT * FROM counted EXCEPT SELECT * FROM months) AS other",
     ": the months of a member do not add up"},
    {"WITH counted AS (SELECT c.payer, c.member_id, i.procedure_code, sum(i.months)::bigint AS months "
     "FROM cases c JOIN items i ON i.case_seq = c.seq WHERE c.replaced_by = '' "
     "AND i.action IN ('A1', 'A2', 'A6', 'NA') GROUP BY 1, 2, 3) "
     "SELECT 'code '::bytea || procedure_code "
     "FROM (SELECT * FROM months WHERE months <> 0 EXCEPT SELECT * FROM counted) AS other",
     ": months are counted that no case has"},
    {"SELECT 'case '::bytea || id FROM cases c WHERE revision <> 1 + (SELECT count(*) FROM revisions r "
     "WHERE r.case_seq = c.seq AND r.revision <= c.revision)",
     ": its history has gaps"},
    {"SELECT 'subscription '::bytea || id FROM subscriptions s WHERE event_count <> purged_events + (SELECT count(*) "
     "FROM events e "
     "WHERE e.subscription_seq = s.seq AND e.number BETWEEN 1 AND s.event_count)",
     ": its events have gaps"},
    {"SELECT 'message ' || min(id) FROM outbox WHERE state = 'behind' GROUP BY subject "
     "HAVING subject NOT IN (SELECT subject FROM outbox WHERE state = 'waiting')",
     ": it stands behind nothing"},
};

// Read in pieces, so that memory stays bounded.
constexpr TextQuery kTextsToFetch[] = {
    {"revisions.decisions",
     "DECLARE texts CURSOR FOR SELECT 'case '::bytea || c.id, c.id, convert_to(r.revision::text, 'UTF8'), r.decisions "
     "FROM revisions r JOIN cases c ON c.seq = r.case_seq",
     2},
    {"supplements.json",
     "DECLARE texts CURSOR FOR SELECT 'case '::bytea || c.id, c.id, s.id, s.json FROM supplements s "
     "JOIN cases c ON c.seq = s.case_seq",
     2},
    {"events.focus",
     "DECLARE texts CURSOR FOR SELECT 'subscription '::bytea || s.id, s.id, c.id,"
     " convert_to(e.timestamp_ms::text, 'UTF8'), e.focus FROM events e "
     "JOIN subscriptions s ON s.seq = e.subscription_seq JOIN cases c ON c.seq = e.case_seq",
     3},
    {"subscriptions.json", "DECLARE texts CURSOR FOR SELECT 'subscription '::bytea || id, id, json FROM subscriptions",
     1},
};

Result<void> check_database(PostgresConnection& connection, const Check& check, Faults& faults) {
  auto row = connection.ask(check.sql);
  if (!row) return row.error();
  while (row->next()) faults.push_back(row->text(0) + check.fault);
  return {};
}

Result<void> check_fetched(PostgresConnection& connection, const TextQuery& query, Faults& faults) {
  connection.queue(query.sql);
  for (;;) {
    auto row = connection.ask("FETCH FORWARD 100 FROM texts");
    if (!row) return row.error();
    bool any = false;
    while (row->next()) {
      any = true;
      check_later_text(query, *row, connection.keys(), faults);
    }
    if (!any) break;
  }
  auto closed = connection.ask("CLOSE texts");
  if (!closed) return closed.error();
  return {};
}

// Its keys and bodies, in one round trip.
Result<void> check_case(PostgresConnection& connection, const Case& record, Faults& faults) {
  const auto keys = keys_of(record);
  for (const CaseKey& key : keys) {
    connection.queue("SELECT 1 FROM case_keys WHERE client = $1 AND kind = $2 AND value = $3 AND case_seq = $4",
                     key.client_of(record), key.kind, key.value, record.order);
  }
  connection.queue("SELECT request, response, decisions, whole FROM bodies WHERE case_seq = $1", record.order);
  auto rows = connection.send();
  if (!rows) return rows.error();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!(*rows)[i].next()) faults.push_back("case " + record.id + ": no key " + std::string(keys[i].kind));
  }
  while (rows->back().next()) check_texts(record, rows->back(), connection.keys(), faults);
  return {};
}

Result<void> check_each_case(PostgresConnection& connection, Faults& faults) {
  std::optional<std::int64_t> before;
  do {
    auto page = read_page(connection, {}, before, kMaxCases);
    if (!page) return page.error();
    for (const Case& record : page->cases) {
      if (auto checked = check_case(connection, record, faults); !checked) return checked;
    }
    before = page->continue_before;
  } while (before);
  return {};
}

}  // namespace

Result<std::vector<std::string>> verify_database(PostgresConnection& connection) {
  PostgresTransaction transaction(connection);
  connection.queue("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
  Faults faults;
  for (const Check& check : kChecks) {
    if (auto checked = check_database(connection, check, faults); !checked) return checked.error();
  }
  for (const TextQuery& texts : kTextsToFetch) {
    if (auto checked = check_fetched(connection, texts, faults); !checked) return checked.error();
  }
  if (auto checked = check_each_case(connection, faults); !checked) return checked.error();
  return faults;
}

}  // namespace pas::store
