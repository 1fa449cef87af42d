#pragma once
// Exchanges as statements; the caller owns the transaction. Those of no case have the case_seq 0.

#include <vector>

#include "adapter/store/exchange.h"
#include "adapter/store/sqlite_connection.h"

namespace pas::store {

Result<void> insert_exchange(SqliteConnection& connection, const Exchange& exchange, std::int64_t case_seq);
// Each for the case that it names, or for none where that is gone.
Result<void> note_exchanges(SqliteConnection& connection, const std::vector<Exchange>& exchanges);
Result<std::vector<Exchange>> read_exchanges(SqliteConnection& connection, std::string_view case_id);
Result<std::vector<Exchange>> read_other_exchanges(SqliteConnection& connection, const ExchangeFilter& filter,
                                                   std::int64_t after, int limit);
Result<int> purge_exchanges(SqliteConnection& connection, std::int64_t before_ms);

}  // namespace pas::store
