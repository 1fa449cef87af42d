#pragma once
// The store's questions as statements; each is one round trip.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/store/postgres_connection.h"
#include "adapter/store/store.h"

namespace pas::store {

Result<std::optional<Case>> read_case(PostgresConnection& connection, std::string_view id);
Result<std::optional<std::string>> read_body(PostgresConnection& connection, std::string_view id, Body body);
Result<std::vector<DecisionRecord>> read_decisions(PostgresConnection& connection, std::string_view id,
                                                   int item_sequence);
Result<std::vector<HistoryEntry>> read_history(PostgresConnection& connection, std::string_view id);
Result<std::vector<Supplement>> read_supplements(PostgresConnection& connection, std::string_view id);
// `kind` is one of case_keys.h.
Result<std::vector<Case>> read_by_key(PostgresConnection& connection, std::string_view client, std::string_view kind,
                                      std::string_view value, int limit);
Result<std::optional<Case>> read_same_request(PostgresConnection& connection, std::string_view client,
                                              std::string_view request_sha256, std::int64_t since_ms);
Result<int> read_months(PostgresConnection& connection, const MonthsQuery& query);
Result<Page> read_page(PostgresConnection& connection, const CaseFilter& filter, std::optional<std::int64_t> before,
                       int limit);
Result<Backlog> read_backlog(PostgresConnection& connection, std::int64_t now_ms);
Result<std::vector<Case>> read_due_cases(PostgresConnection& connection, std::int64_t before_ms, int limit);

}  // namespace pas::store
