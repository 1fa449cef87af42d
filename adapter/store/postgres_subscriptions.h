#pragma once
// Subscriptions and their events as statements.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/store/postgres_connection.h"
#include "adapter/store/store.h"

namespace pas::store {

Result<void> put_subscription(PostgresConnection& connection, const Subscription& subscription,
                              const std::vector<OutboxMessage>& outbox);
Result<bool> change_subscription_status(PostgresConnection& connection, std::string_view id,
                                        SubscriptionStatus expected, SubscriptionStatus status, std::string_view error);
Result<bool> remove_subscription(PostgresConnection& connection, std::string_view id);
Result<std::optional<Subscription>> read_subscription(PostgresConnection& connection, std::string_view id);
Result<std::vector<Subscription>> read_subscriptions(PostgresConnection& connection, std::string_view client);
Result<std::vector<Subscription>> read_subscriptions_for(PostgresConnection& connection,
                                                         const std::vector<std::string>& organizations);

// Queued: the subscription's next event, with the message that tells it; nothing when the subscription is not there.
// Its subject is locked. `case_seq` as with queue_message, but not 0.
void queue_event(PostgresConnection& connection, std::string_view subscription_id, std::string_view focus,
                 std::int64_t case_seq, const Origin& origin, std::int64_t timestamp_ms);
Result<std::vector<Event>> read_events(PostgresConnection& connection, std::string_view subscription_id,
                                       std::int64_t from, std::int64_t to, int limit);

}  // namespace pas::store
