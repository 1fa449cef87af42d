#include "adapter/store/sqlite_subscriptions.h"

#include <algorithm>
#include <map>
#include <utility>

#include "adapter/store/packing.h"
#include "adapter/store/rows.h"
#include "adapter/store/sqlite_outbox.h"

namespace pas::store {
namespace {

Result<std::vector<Subscription>> read_all(SqliteConnection& connection, SqliteQuery& row) {
  std::vector<Subscription> subscriptions;
  while (row.next()) {
    auto subscription = subscription_of(row, connection.keys());
    if (!subscription) return subscription.error();
    subscriptions.push_back(std::move(*subscription));
  }
  if (auto read = row.finish(); !read) return read.error();
  return subscriptions;
}

// The row that the statement returns, or nothing.
Result<std::optional<std::pair<std::int64_t, std::int64_t>>> two_integers(SqliteQuery& row) {
  std::optional<std::pair<std::int64_t, std::int64_t>> found;
  while (row.next()) found = {row.integer(0), row.integer(1)};
  if (auto read = row.finish(); !read) return read.error();
  return found;
}

}  // namespace

Result<void> put_subscription(SqliteConnection& connection, const Subscription& subscription) {
  const std::string json =
      packed_text(connection.keys(), subscription.json, place_of("subscriptions.json", {subscription.id}));
  const std::string organizations = pack_texts(subscription.organizations);
  auto put = connection.run(
      "INSERT INTO subscriptions (id, client, status, json, endpoint, organizations, version, created_ms, end_ms,"
      " heartbeat_s, event_count, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?) "
      "ON CONFLICT (id) DO UPDATE SET client = excluded.client, status = excluded.status, json = excluded.json,"
      " endpoint = excluded.endpoint, organizations = excluded.organizations, version = excluded.version,"
      " created_ms = excluded.created_ms, end_ms = excluded.end_ms, heartbeat_s = excluded.heartbeat_s,"
      " error = excluded.error",
      subscription.id, subscription.client, to_string(subscription.status), SqliteBlob{json}, subscription.endpoint,
      organizations, subscription.version, subscription.created_ms, subscription.end_ms, subscription.heartbeat_s,
      subscription.error);
  if (!put) return put;
  auto removed = connection.run(
      "DELETE FROM subscription_organizations WHERE subscription_seq = (SELECT seq FROM subscriptions WHERE id = ?)",
      subscription.id);
  if (!removed) return removed;
  for (const std::string& organization : subscription.organizations) {
    auto inserted =
        connection.run("INSERT OR IGNORE INTO subscription_organizations SELECT ?, seq FROM subscriptions WHERE id = ?",
                       organization, subscription.id);
    if (!inserted) return inserted;
  }
  return {};
}

Result<bool> change_subscription_status(SqliteConnection& connection, std::string_view id, SubscriptionStatus expected,
                                        SubscriptionStatus status, std::string_view error) {
  SqliteQuery row(connection,
                  "UPDATE subscriptions SET status = ?, error = ? WHERE id = ? AND status = ? RETURNING seq, 0",
                  to_string(status), error, id, to_string(expected));
  const auto changed = two_integers(row);
  if (!changed) return changed.error();
  return changed->has_value();
}

Result<bool> remove_subscription(SqliteConnection& connection, std::string_view id) {
  SqliteQuery row(connection, "DELETE FROM subscriptions WHERE id = ? RETURNING seq, event_count", id);
  const auto removed = two_integers(row);
  if (!removed) return removed.error();
  return removed->has_value();
}

Result<std::optional<Subscription>> read_subscription(SqliteConnection& connection, std::string_view id) {
  SqliteQuery row(connection, "SELECT s.* FROM subscriptions s WHERE s.id = ?", id);
  auto found = read_all(connection, row);
  if (!found) return found.error();
  if (found->empty()) return std::optional<Subscription>();
  return std::optional(std::move(found->front()));
}

Result<std::vector<Subscription>> read_subscriptions(SqliteConnection& connection, std::string_view client) {
  SqliteQuery row(connection, "SELECT s.* FROM subscriptions s WHERE ?1 = '' OR s.client = ?1 ORDER BY s.seq", client);
  return read_all(connection, row);
}

Result<std::vector<Subscription>> read_subscriptions_for(SqliteConnection& connection,
                                                         const std::vector<std::string>& organizations) {
  std::map<std::int64_t, Subscription> found;  // a subscription may name several of them
  for (const std::string& organization : organizations) {
    SqliteQuery row(connection,
                    "SELECT s.* FROM subscription_organizations o JOIN subscriptions s ON s.seq = o.subscription_seq "
                    "WHERE o.organization = ?",
                    organization);
    while (row.next()) {
      if (found.contains(row.integer(0))) continue;
      auto subscription = subscription_of(row, connection.keys());
      if (!subscription) return subscription.error();
      found.emplace(row.integer(0), std::move(*subscription));
    }
    if (auto read = row.finish(); !read) return read.error();
  }
  std::vector<Subscription> subscriptions;
  subscriptions.reserve(found.size());
  for (auto& [seq, subscription] : found) subscriptions.push_back(std::move(subscription));
  return subscriptions;
}

Result<void> insert_event(SqliteConnection& connection, const std::string& subscription_id, std::string_view focus,
                          std::int64_t case_seq, const Origin& origin, std::int64_t timestamp_ms) {
  SqliteQuery row(connection,
                  "UPDATE subscriptions SET event_count = event_count + 1 WHERE id = ? RETURNING seq, event_count",
                  subscription_id);
  const auto counted = two_integers(row);
  if (!counted) return counted.error();
  if (!*counted) return {};
  const auto [seq, number] = **counted;
  auto inserted = connection.run("INSERT INTO events VALUES (?, ?, ?, ?, ?)", seq, number, case_seq, timestamp_ms,
                                 SqliteBlob{focus});
  if (!inserted) return inserted;
  const OutboxMessage message{0, "", std::string(kEventMessage), std::to_string(number), timestamp_ms, subscription_id};
  return insert_message(connection, message, origin, case_seq);
}

Result<std::vector<Event>> read_events(SqliteConnection& connection, std::string_view subscription_id,
                                       std::int64_t from, std::int64_t to, int limit) {
  SqliteQuery row(connection,
                  "SELECT e.number, c.id, e.timestamp_ms, e.focus FROM subscriptions s "
                  "JOIN events e ON e.subscription_seq = s.seq JOIN cases c ON c.seq = e.case_seq "
                  "WHERE s.id = ? AND e.number BETWEEN ? AND ? ORDER BY e.number LIMIT ?",
                  subscription_id, from, to, std::clamp(limit, 0, kMaxCases));
  std::vector<Event> events;
  while (row.next()) {
    const std::string place = place_of("events.focus", {subscription_id, row.bytes(1), std::to_string(row.integer(2))});
    auto focus = unpacked_text(connection.keys(), row.bytes(3), place);
    if (!focus) return damaged_subscription(subscription_id, "event");
    events.push_back({std::string(subscription_id), row.integer(0), row.text(1), row.integer(2), std::move(*focus)});
  }
  if (auto read = row.finish(); !read) return read.error();
  return events;
}

}  // namespace pas::store
