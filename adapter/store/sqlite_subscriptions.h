#pragma once
// Subscriptions and their events as statements; the caller owns the transaction of what writes.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/store/sqlite_connection.h"
#include "adapter/store/store.h"

namespace pas::store {

Result<void> put_subscription(SqliteConnection& connection, const Subscription& subscription);
Result<bool> change_subscription_status(SqliteConnection& connection, std::string_view id, SubscriptionStatus expected,
                                        SubscriptionStatus status, std::string_view error);
Result<bool> remove_subscription(SqliteConnection& connection, std::string_view id);
Result<std::optional<Subscription>> read_subscription(SqliteConnection& connection, std::string_view id);
Result<std::vector<Subscription>> read_subscriptions(SqliteConnection& connection, std::string_view client);
Result<std::vector<Subscription>> read_subscriptions_for(SqliteConnection& connection,
                                                         const std::vector<std::string>& organizations);

// Numbers the event and writes its message; does nothing when the subscription is not there. `focus` is compressed.
Result<void> insert_event(SqliteConnection& connection, const std::string& subscription_id, std::string_view focus,
                          std::int64_t case_seq, const Origin& origin, std::int64_t timestamp_ms);
Result<std::vector<Event>> read_events(SqliteConnection& connection, std::string_view subscription_id,
                                       std::int64_t from, std::int64_t to, int limit);

}  // namespace pas::store
