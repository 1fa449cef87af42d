#pragma once
// The outbox and the delivery log as statements; the caller owns the transaction of what writes.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "adapter/store/sqlite_connection.h"
#include "adapter/store/store.h"

namespace pas::store {

// At the end of its subject's line. Without `case_seq` the case is message.case_id, if that is not empty.
Result<void> insert_message(SqliteConnection& connection, const OutboxMessage& message, const Origin& origin,
                            std::optional<std::int64_t> case_seq);

// Makes what was taken and not settled due again. Only where no other worker can be at work: when the file is opened.
Result<void> free_leases(SqliteConnection& connection);

Result<bool> any_due(SqliteConnection& connection, std::int64_t now_ms);
Result<std::vector<OutboxMessage>> take(SqliteConnection& connection, std::int64_t now_ms, std::int64_t lease_until_ms,
                                        int limit);
Result<void> settle(SqliteConnection& connection, std::int64_t id, const Settlement& settlement);
Result<bool> replay(SqliteConnection& connection, std::int64_t id, std::int64_t due_ms);
Result<std::vector<Delivery>> read_deliveries(SqliteConnection& connection, std::string_view subject, int limit);

}  // namespace pas::store
