#include "adapter/store/postgres.h"

#include <algorithm>
#include <utility>

#include "adapter/store/case_keys.h"
#include "adapter/store/number_blocks.h"
#include "adapter/store/packed.h"
#include "adapter/store/postgres_exchanges.h"
#include "adapter/store/postgres_outbox.h"
#include "adapter/store/postgres_pool.h"
#include "adapter/store/postgres_purge.h"
#include "adapter/store/postgres_read.h"
#include "adapter/store/postgres_schema.h"
#include "adapter/store/postgres_subscriptions.h"
#include "adapter/store/postgres_verify.h"
#include "adapter/store/postgres_write.h"
#include "fhir/base/clock.h"

namespace pas::store {
namespace {

class PostgresStore final : public Store {
 public:
  explicit PostgresStore(const PostgresOptions& options) : keys_(options.keys), pool_(options) {}

  Result<void> commit(std::span<const Submission> submissions) override {
    if (auto sound = check(submissions); !sound) return sound;
    const auto packed = PackedSubmission::all(submissions, keys_.get());
    const std::string token = base::RandomIds().uuid();
    return pool_.write_once(
        [&](PostgresConnection& connection) { return insert(connection, submissions, packed, token); },
        [&](PostgresConnection& connection) { return find_commit(connection, submissions[0].record.id, token); });
  }

  Result<void> revise(const Revision& revision) override {
    if (auto sound = check(revision); !sound) return sound;
    const PackedRevision packed(revision, keys_.get());
    const std::string token = base::RandomIds().uuid();
    return pool_.write_once(
        [&](PostgresConnection& connection) { return store::revise(connection, revision, packed, token); },
        [&](PostgresConnection& connection) { return find_revision(connection, revision.case_id, token); });
  }

  Result<std::optional<Case>> find_case(std::string_view id) const override {
    return pool_.read([&](PostgresConnection& connection) { return read_case(connection, id); });
  }

  Result<std::optional<std::string>> find_body(std::string_view id, Body body) const override {
    return pool_.read([&](PostgresConnection& connection) { return read_body(connection, id, body); });
  }

  Result<std::vector<DecisionRecord>> decision_records(std::string_view id, int item_sequence) const override {
    return pool_.read([&](PostgresConnection& connection) { return read_decisions(connection, id, item_sequence); });
  }

  Result<std::vector<HistoryEntry>> history(std::string_view id) const override {
    return pool_.read([&](PostgresConnection& connection) { return read_history(connection, id); });
  }

  Result<std::vector<Supplement>> supplements(std::string_view id) const override {
    return pool_.read([&](PostgresConnection& connection) { return read_supplements(connection, id); });
  }

  Result<std::vector<Exchange>> exchanges(std::string_view case_id) const override {
    return pool_.read([&](PostgresConnection& connection) { return read_exchanges(connection, case_id); });
  }

  Result<std::vector<Exchange>> other_exchanges(const ExchangeFilter& filter, std::int64_t after,
                                                int limit) const override {
    return pool_.read(
        [&](PostgresConnection& connection) { return read_other_exchanges(connection, filter, after, limit); });
  }

  Result<void> note_exchanges(const std::vector<Exchange>& exchanges) override {
    return pool_.write_at_most_once(
        [&](PostgresConnection& connection) { return store::note_exchanges(connection, exchanges); });
  }

  Result<std::vector<Case>> find_by_claim_url(std::string_view client, std::string_view full_url,
                                              int limit) const override {
    return find_by_key(client, kClaimUrlKey, full_url, limit);
  }

  Result<std::vector<Case>> find_by_claim_identifier(std::string_view client, const Identifier& identifier,
                                                     int limit) const override {
    return find_by_key(client, kClaimIdentifierKey, key_value(identifier), limit);
  }

  Result<std::vector<Case>> find_by_patient_identifier(std::string_view client, const Identifier& identifier,
                                                       int limit) const override {
    return find_by_key(client, kPatientIdentifierKey, key_value(identifier), limit);
  }

  Result<std::vector<Case>> find_parts(std::string_view client, std::string_view whole_id) const override {
    auto parts = find_by_key(client, kWholeKey, whole_id, kMaxCases);
    if (parts) std::ranges::reverse(*parts);  // the newest come first
    return parts;
  }

  Result<std::vector<Case>> find_by_member_id(std::string_view member_id, int limit) const override {
    if (member_id.empty()) return std::vector<Case>();
    CaseFilter filter;
    filter.member_id = member_id;
    auto page = list_cases(filter, std::nullopt, limit);
    if (!page) return page.error();
    return std::move(page->cases);
  }

  Result<std::vector<Case>> find_by_number(std::string_view number, int limit) const override {
    return find_by_key(kEveryClient, kNumberKey, number, limit);
  }

  Result<std::vector<Case>> cases_due(std::int64_t before_ms, int limit) const override {
    return pool_.read([&](PostgresConnection& connection) { return read_due_cases(connection, before_ms, limit); });
  }

  Result<std::optional<Case>> find_same_request(std::string_view client, std::string_view request_sha256,
                                                std::int64_t since_ms) const override {
    return pool_.read([&](PostgresConnection& connection) {
      return read_same_request(connection, client, request_sha256, since_ms);
    });
  }

  Result<int> months_authorized(const MonthsQuery& query) const override {
    return pool_.read([&](PostgresConnection& connection) { return read_months(connection, query); });
  }

  Result<Page> list_cases(const CaseFilter& filter, std::optional<std::int64_t> before, int limit) const override {
    return pool_.read([&](PostgresConnection& connection) { return read_page(connection, filter, before, limit); });
  }

  Result<void> put_subscription(const Subscription& subscription, const std::vector<OutboxMessage>& outbox) override {
    if (auto sound = check(subscription); !sound) return sound;
    return pool_.write_at_most_once(
        [&](PostgresConnection& connection) { return store::put_subscription(connection, subscription, outbox); });
  }

  Result<std::optional<Subscription>> find_subscription(std::string_view id) const override {
    return pool_.read([&](PostgresConnection& connection) { return read_subscription(connection, id); });
  }

  Result<std::vector<Subscription>> list_subscriptions(std::string_view client) const override {
    return pool_.read([&](PostgresConnection& connection) { return read_subscriptions(connection, client); });
  }

  Result<std::vector<Subscription>> subscriptions_for(const std::vector<std::string>& organizations) const override {
    return pool_.read(
        [&](PostgresConnection& connection) { return read_subscriptions_for(connection, organizations); });
  }

  Result<bool> change_subscription_status(std::string_view id, SubscriptionStatus expected, SubscriptionStatus status,
                                          std::string_view error) override {
    return pool_.write_at_most_once([&](PostgresConnection& connection) {
      return store::change_subscription_status(connection, id, expected, status, error);
    });
  }

  Result<bool> remove_subscription(std::string_view id) override {
    return pool_.write_at_most_once(
        [&](PostgresConnection& connection) { return store::remove_subscription(connection, id); });
  }

  Result<std::optional<Event>> find_event(std::string_view subscription_id, std::int64_t number) const override {
    auto events = list_events(subscription_id, number, number, 1);
    if (!events) return events.error();
    if (events->empty()) return std::optional<Event>();
    return std::optional(std::move(events->front()));
  }

  Result<std::vector<Event>> list_events(std::string_view subscription_id, std::int64_t from, std::int64_t to,
                                         int limit) const override {
    return pool_.read(
        [&](PostgresConnection& connection) { return read_events(connection, subscription_id, from, to, limit); });
  }

  Result<void> enqueue(const std::vector<OutboxMessage>& messages) override {
    return pool_.write_at_most_once(
        [&](PostgresConnection& connection) { return store::enqueue(connection, messages); });
  }

  // What a lost try has taken comes back when its lease ends.
  Result<std::vector<OutboxMessage>> take_messages(std::int64_t now_ms, std::int64_t lease_until_ms,
                                                   int limit) override {
    return pool_.write([&](PostgresConnection& connection) { return take(connection, now_ms, lease_until_ms, limit); });
  }

  // A second try after one that was done is told that the lease was lost, which stops the same work.
  Result<void> settle(std::int64_t message_id, const Settlement& settlement) override {
    return pool_.write(
        [&](PostgresConnection& connection) { return store::settle(connection, message_id, settlement); });
  }

  Result<bool> replay(std::int64_t message_id, std::int64_t due_ms) override {
    return pool_.write_at_most_once(
        [&](PostgresConnection& connection) { return store::replay(connection, message_id, due_ms); });
  }

  Result<std::vector<Delivery>> list_deliveries(std::string_view subject, int limit) const override {
    return pool_.read([&](PostgresConnection& connection) { return read_deliveries(connection, subject, limit); });
  }

  Result<NumberRange> reserve_numbers(Sequence sequence, int count) override {
    return numbers_.reserve(sequence, count, [&](int size) {
      return pool_.write([&](PostgresConnection& connection) { return take_numbers(connection, sequence, size); });
    });
  }

  Result<ExpiredChains> find_expired(const Retention& retention, std::int64_t after, int limit) const override {
    return pool_.read(
        [&](PostgresConnection& connection) { return read_expired(connection, retention, after, limit); });
  }

  // A second try after one that was done finds nothing to remove.
  Result<int> purge(std::string_view first_id, const Retention& retention) override {
    return pool_.write([&](PostgresConnection& connection) { return store::purge(connection, first_id, retention); });
  }

  Result<int> purge_exchanges(std::int64_t before_ms) override {
    return pool_.write([&](PostgresConnection& connection) { return store::purge_exchanges(connection, before_ms); });
  }

  Result<std::vector<std::string>> verify() const override {
    return pool_.read([](PostgresConnection& connection) { return verify_database(connection); });
  }

  Health health() const override { return pool_.health(); }

  Result<Backlog> backlog(std::int64_t now_ms) const override {
    return pool_.read([&](PostgresConnection& connection) { return read_backlog(connection, now_ms); });
  }

 private:
  Result<std::vector<Case>> find_by_key(std::string_view client, std::string_view kind, std::string_view value,
                                        int limit) const {
    return pool_.read(
        [&](PostgresConnection& connection) { return read_by_key(connection, client, kind, value, limit); });
  }

  const SharedKeys keys_;
  mutable PostgresPool pool_;
  NumberBlocks numbers_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_postgres(const PostgresOptions& options) {
  auto connection = PostgresConnection::open(options.conninfo, PostgresConnection::Access::kWrite, options.keys);
  if (!connection) return connection.error();
  if (auto ready = migrate(**connection); !ready) return ready.error();
  if (auto fitting = use_keys(**connection); !fitting) return fitting.error();
  return std::make_unique<PostgresStore>(options);
}

Result<Migration> migrate_postgres(const PostgresOptions& options) {
  auto connection = PostgresConnection::open(options.conninfo, PostgresConnection::Access::kWrite);
  if (!connection) return connection.error();
  return migrate(**connection);
}

std::string without_password(const std::string& conninfo) {
  PQconninfoOption* options = PQconninfoParse(conninfo.c_str(), nullptr);
  if (options == nullptr) return "?";
  std::string text;
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    const bool is_secret = option->dispchar[0] == '*';
    if (option->val == nullptr || is_secret) continue;
    text.append(text.empty() ? "" : " ").append(option->keyword).append("=").append(option->val);
  }
  PQconninfoFree(options);
  return text;
}

}  // namespace pas::store
