#pragma once
// The end of a chain of cases as statements.

#include <cstdint>
#include <string_view>

#include "adapter/store/postgres_connection.h"
#include "adapter/store/store.h"

namespace pas::store {

Result<ExpiredChains> read_expired(PostgresConnection& connection, const Retention& retention, std::int64_t after,
                                   int limit);
// One transaction.
Result<int> purge(PostgresConnection& connection, std::string_view first_id, const Retention& retention);

}  // namespace pas::store
