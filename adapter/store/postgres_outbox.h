#pragma once
// The outbox and the delivery log as statements.

#include <cstdint>
#include <string_view>
#include <vector>

#include "adapter/store/postgres_connection.h"
#include "adapter/store/store.h"

namespace pas::store {

// Queued before anything of the subject is written: others that would write wait until this transaction ends. Nothing
// for an empty subject.
void queue_subject_lock(PostgresConnection& connection, std::string_view subject);

// Queued, at the end of its subject's line, whose lock is held. `case_seq` 0: of no case; below: the case that this
// transaction inserts.
void queue_message(PostgresConnection& connection, const OutboxMessage& message, const Origin& origin,
                   std::int64_t case_seq);
inline constexpr std::int64_t kThisCase = -1;

Result<void> enqueue(PostgresConnection& connection, const std::vector<OutboxMessage>& messages);
// Within the caller's transaction, of which it sends what is queued. Each message is of the case that it names.
Result<void> queue_messages(PostgresConnection& connection, const std::vector<OutboxMessage>& messages);

Result<std::vector<OutboxMessage>> take(PostgresConnection& connection, std::int64_t now_ms,
                                        std::int64_t lease_until_ms, int limit);
Result<void> settle(PostgresConnection& connection, std::int64_t id, const Settlement& settlement);
Result<bool> replay(PostgresConnection& connection, std::int64_t id, std::int64_t due_ms);
Result<std::vector<Delivery>> read_deliveries(PostgresConnection& connection, std::string_view subject, int limit);

}  // namespace pas::store
