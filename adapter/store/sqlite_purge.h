#pragma once
// The end of a chain of cases as statements; the caller owns the transaction.

#include <cstdint>
#include <string_view>

#include "adapter/store/sqlite_connection.h"
#include "adapter/store/store.h"

namespace pas::store {

Result<ExpiredChains> read_expired(SqliteConnection& connection, const Retention& retention, std::int64_t after,
                                   int limit);
Result<int> purge(SqliteConnection& connection, std::string_view first_id, const Retention& retention);

}  // namespace pas::store
