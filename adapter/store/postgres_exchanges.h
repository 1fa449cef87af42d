#pragma once
// Exchanges as statements. Those of no case have the case_seq 0.

#include <vector>

#include "adapter/store/exchange.h"
#include "adapter/store/postgres_connection.h"

namespace pas::store {

// Queued; `case_seq` is the case's, or kThisCase.
void queue_exchange(PostgresConnection& connection, const Exchange& exchange, std::int64_t case_seq);
// Each for the case that it names, or for none where that is gone; one transaction.
Result<void> note_exchanges(PostgresConnection& connection, const std::vector<Exchange>& exchanges);
Result<std::vector<Exchange>> read_exchanges(PostgresConnection& connection, std::string_view case_id);
Result<std::vector<Exchange>> read_other_exchanges(PostgresConnection& connection, const ExchangeFilter& filter,
                                                   std::int64_t after, int limit);
Result<int> purge_exchanges(PostgresConnection& connection, std::int64_t before_ms);

}  // namespace pas::store
