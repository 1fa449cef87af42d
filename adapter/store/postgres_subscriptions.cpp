#include "adapter/store/postgres_subscriptions.h"

#include <algorithm>
#include <utility>

#include "adapter/store/packing.h"
#include "adapter/store/postgres_outbox.h"
#include "adapter/store/rows.h"

namespace pas::store {
namespace {

Result<std::vector<Subscription>> subscriptions_of(const StoreKeys* keys, Result<PostgresRows> row) {
  if (!row) return row.error();
  std::vector<Subscription> subscriptions;
  while (row->next()) {
    auto subscription = subscription_of(*row, keys);
    if (!subscription) return subscription.error();
    subscriptions.push_back(std::move(*subscription));
  }
  return subscriptions;
}

}  // namespace

Result<void> put_subscription(PostgresConnection& connection, const Subscription& subscription,
                              const std::vector<OutboxMessage>& outbox) {
  PostgresTransaction transaction(connection);
  connection.queue(
      "INSERT INTO subscriptions (id, client, status, json, endpoint, organizations, version, created_ms, end_ms,"
      " heartbeat_s, event_count, error) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11) "
      "ON CONFLICT (id) DO UPDATE SET client = excluded.client, status = excluded.status, json = excluded.json,"
      " endpoint = excluded.endpoint, organizations = excluded.organizations, version = excluded.version,"
      " created_ms = excluded.created_ms, end_ms = excluded.end_ms, heartbeat_s = excluded.heartbeat_s,"
      " error = excluded.error",
      subscription.id, subscription.client, to_string(subscription.status),
      packed_text(connection.keys(), subscription.json, place_of("subscriptions.json", {subscription.id})),
      subscription.endpoint, pack_texts(subscription.organizations), subscription.version, subscription.created_ms,
      subscription.end_ms, subscription.heartbeat_s, subscription.error);
  connection.queue(
      "DELETE FROM subscription_organizations WHERE subscription_seq = (SELECT seq FROM subscriptions WHERE id = $1)",
      subscription.id);
  for (const std::string& organization : subscription.organizations) {
    connection.queue(
        "INSERT INTO subscription_organizations SELECT $1, seq FROM subscriptions WHERE id = $2 ON CONFLICT DO NOTHING",
        organization, subscription.id);
  }
  if (auto queued = queue_messages(connection, outbox); !queued) return queued;
  return transaction.commit();
}

Result<bool> change_subscription_status(PostgresConnection& connection, std::string_view id,
                                        SubscriptionStatus expected, SubscriptionStatus status,
                                        std::string_view error) {
  auto changed = connection.ask("UPDATE subscriptions SET status = $1, error = $2 WHERE id = $3 AND status = $4",
                                to_string(status), error, id, to_string(expected));
  if (!changed) return changed.error();
  return changed->affected() > 0;
}

Result<bool> remove_subscription(PostgresConnection& connection, std::string_view id) {
  auto removed = connection.ask("DELETE FROM subscriptions WHERE id = $1", id);
  if (!removed) return removed.error();
  return removed->affected() > 0;
}

Result<std::optional<Subscription>> read_subscription(PostgresConnection& connection, std::string_view id) {
  auto found =
      subscriptions_of(connection.keys(), connection.ask("SELECT s.* FROM subscriptions s WHERE s.id = $1", id));
  if (!found) return found.error();
  if (found->empty()) return std::optional<Subscription>();
  return std::optional(std::move(found->front()));
}

Result<std::vector<Subscription>> read_subscriptions(PostgresConnection& connection, std::string_view client) {
  return subscriptions_of(
      connection.keys(),
      connection.ask("SELECT s.* FROM subscriptions s WHERE $1 = ''::bytea OR s.client = $1 ORDER BY s.seq", client));
}

Result<std::vector<Subscription>> read_subscriptions_for(PostgresConnection& connection,
                                                         const std::vector<std::string>& organizations) {
  PostgresArray texts;
  for (const std::string& organization : organizations) texts.add(organization);
  return subscriptions_of(
      connection.keys(),
      connection.ask(
          "SELECT s.* FROM subscriptions s WHERE s.seq IN "
          "(SELECT subscription_seq FROM subscription_organizations WHERE organization = ANY ($1)) ORDER BY s.seq",
          texts));
}

void queue_event(PostgresConnection& connection, std::string_view subscription_id, std::string_view focus,
                 std::int64_t case_seq, const Origin& origin, std::int64_t timestamp_ms) {
  connection.queue(
      "WITH counted AS (UPDATE subscriptions SET event_count = event_count + 1 WHERE id = $1 "
      "RETURNING seq, event_count AS number, CASE $3 WHEN -1 THEN currval('cases_seq_seq') ELSE $3 END AS case_seq), "
      "told AS (INSERT INTO events (subscription_seq, number, case_seq, timestamp_ms, focus) "
      "SELECT seq, number, case_seq, $4, $2 FROM counted) "
      "INSERT INTO outbox (case_seq, kind, payload, due_ms, subject, request_id, traceparent, state) "
      "SELECT case_seq, $5, convert_to(number::text, 'UTF8'), $4, $1, $6, $7, "
      "CASE WHEN EXISTS (SELECT 1 FROM outbox WHERE subject = $1 AND subject <> '' AND state = 'waiting') "
      "THEN 'behind'::bytea ELSE 'waiting' END FROM counted",
      subscription_id, focus, case_seq, timestamp_ms, kEventMessage, origin.request_id, origin.traceparent);
}

Result<std::vector<Event>> read_events(PostgresConnection& connection, std::string_view subscription_id,
                                       std::int64_t from, std::int64_t to, int limit) {
  auto row = connection.ask(
      "SELECT e.number, c.id, e.timestamp_ms, e.focus FROM subscriptions s "
      "JOIN events e ON e.subscription_seq = s.seq JOIN cases c ON c.seq = e.case_seq "
      "WHERE s.id = $1 AND e.number BETWEEN $2 AND $3 ORDER BY e.number LIMIT $4",
      subscription_id, from, to, std::clamp(limit, 0, kMaxCases));
  if (!row) return row.error();
  std::vector<Event> events;
  while (row->next()) {
    const std::string place =
        place_of("events.focus", {subscription_id, row->bytes(1), std::to_string(row->integer(2))});
    auto focus = unpacked_text(connection.keys(), row->bytes(3), place);
    if (!focus) return damaged_subscription(subscription_id, "event");
    events.push_back({std::string(subscription_id), row->integer(0), row->text(1), row->integer(2), std::move(*focus)});
  }
  return events;
}

}  // namespace pas::store
