#pragma once
// The store's questions as statements, on any connection to the file.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/store/sqlite_connection.h"
#include "adapter/store/store.h"

namespace pas::store {

Result<std::optional<Case>> read_case(SqliteConnection& connection, std::string_view id);
Result<std::optional<std::string>> read_body(SqliteConnection& connection, std::string_view id, Body body);
Result<std::vector<DecisionRecord>> read_decisions(SqliteConnection& connection, std::string_view id,
                                                   int item_sequence);
Result<std::vector<HistoryEntry>> read_history(SqliteConnection& connection, std::string_view id);
Result<std::vector<Supplement>> read_supplements(SqliteConnection& connection, std::string_view id);
// `kind` is one of case_keys.h.
Result<std::vector<Case>> read_by_key(SqliteConnection& connection, std::string_view client, std::string_view kind,
                                      std::string_view value, int limit);
Result<std::optional<Case>> read_same_request(SqliteConnection& connection, std::string_view client,
                                              std::string_view request_sha256, std::int64_t since_ms);
Result<int> read_months(SqliteConnection& connection, const MonthsQuery& query);
Result<Page> read_page(SqliteConnection& connection, const CaseFilter& filter, std::optional<std::int64_t> before,
                       int limit);
Result<Backlog> read_backlog(SqliteConnection& connection, std::int64_t now_ms);
Result<std::vector<Case>> read_due_cases(SqliteConnection& connection, std::int64_t before_ms, int limit);

}  // namespace pas::store
