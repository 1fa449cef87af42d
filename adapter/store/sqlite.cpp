#include "adapter/store/sqlite.h"

#include <algorithm>
#include <utility>

#include "adapter/store/case_keys.h"
#include "adapter/store/file_lock.h"
#include "adapter/store/number_blocks.h"
#include "adapter/store/sqlite_checkpointer.h"
#include "adapter/store/sqlite_exchanges.h"
#include "adapter/store/sqlite_outbox.h"
#include "adapter/store/sqlite_purge.h"
#include "adapter/store/sqlite_read.h"
#include "adapter/store/sqlite_readers.h"
#include "adapter/store/sqlite_schema.h"
#include "adapter/store/sqlite_subscriptions.h"
#include "adapter/store/sqlite_verify.h"
#include "adapter/store/sqlite_write.h"
#include "adapter/store/sqlite_writer.h"

namespace pas::store {
namespace {

// Destroyed from the last member to the first: nobody reads, then the log is left alone, then the writer finishes its
// queue and closes, which empties the log, and the file is given up.
class SqliteStore final : public Store {
 public:
  SqliteStore(const SqliteOptions& options, FileLock lock, std::unique_ptr<SqliteConnection> write,
              std::unique_ptr<SqliteConnection> checkpoint, std::unique_ptr<SqliteReaders> readers)
      : options_(options),
        lock_(std::move(lock)),
        writer_(std::move(write), {options.group_limit, options.queue_limit, options.queue_limit_bytes}),
        checkpointer_(std::move(checkpoint), writer_, options.checkpoint_interval, options.log_limit_bytes),
        readers_(std::move(readers)) {}

  Result<void> commit(std::span<const Submission> submissions) override {
    if (auto sound = check(submissions); !sound) return sound;
    const auto packed = PackedSubmission::all(submissions, options_.keys.get());
    std::size_t bytes = 0;
    for (const PackedSubmission& each : packed) bytes += each.bytes();
    return writer_.run(
        [&](SqliteConnection& connection) -> Result<void> {
          for (std::size_t i = 0; i < packed.size(); ++i) {
            if (auto inserted = insert(connection, submissions[i], packed[i]); !inserted) return inserted;
          }
          return {};
        },
        bytes);
  }

  Result<void> revise(const Revision& revision) override {
    if (auto sound = check(revision); !sound) return sound;
    const PackedRevision packed(revision, options_.keys.get());
    return writer_.run([&](SqliteConnection& connection) { return store::revise(connection, revision, packed); },
                       packed.bytes());
  }

  Result<std::optional<Case>> find_case(std::string_view id) const override {
    return readers_->ask([&](SqliteConnection& connection) { return read_case(connection, id); });
  }

  Result<std::optional<std::string>> find_body(std::string_view id, Body body) const override {
    return readers_->ask([&](SqliteConnection& connection) { return read_body(connection, id, body); });
  }

  Result<std::vector<DecisionRecord>> decision_records(std::string_view id, int item_sequence) const override {
    return readers_->ask([&](SqliteConnection& connection) { return read_decisions(connection, id, item_sequence); });
  }

  Result<std::vector<HistoryEntry>> history(std::string_view id) const override {
    return readers_->ask([&](SqliteConnection& connection) { return read_history(connection, id); });
  }

  Result<std::vector<Supplement>> supplements(std::string_view id) const override {
    return readers_->ask([&](SqliteConnection& connection) { return read_supplements(connection, id); });
  }

  Result<std::vector<Exchange>> exchanges(std::string_view case_id) const override {
    return readers_->ask([&](SqliteConnection& connection) { return read_exchanges(connection, case_id); });
  }

  Result<std::vector<Exchange>> other_exchanges(const ExchangeFilter& filter, std::int64_t after,
                                                int limit) const override {
    return readers_->ask(
        [&](SqliteConnection& connection) { return read_other_exchanges(connection, filter, after, limit); });
  }

  Result<void> note_exchanges(const std::vector<Exchange>& exchanges) override {
    return writer_.run([&](SqliteConnection& connection) { return store::note_exchanges(connection, exchanges); },
                       exchanges.size() * sizeof(Exchange));
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
    return readers_->ask([&](SqliteConnection& connection) { return read_due_cases(connection, before_ms, limit); });
  }

  Result<std::optional<Case>> find_same_request(std::string_view client, std::string_view request_sha256,
                                                std::int64_t since_ms) const override {
    return readers_->ask(
        [&](SqliteConnection& connection) { return read_same_request(connection, client, request_sha256, since_ms); });
  }

  Result<int> months_authorized(const MonthsQuery& query) const override {
    return readers_->ask([&](SqliteConnection& connection) { return read_months(connection, query); });
  }

  Result<Page> list_cases(const CaseFilter& filter, std::optional<std::int64_t> before, int limit) const override {
    return readers_->ask([&](SqliteConnection& connection) { return read_page(connection, filter, before, limit); });
  }

  Result<void> put_subscription(const Subscription& subscription, const std::vector<OutboxMessage>& outbox) override {
    if (auto sound = check(subscription); !sound) return sound;
    return writer_.run(
        [&](SqliteConnection& connection) -> Result<void> {
          if (auto put = store::put_subscription(connection, subscription); !put) return put;
          return insert_messages(connection, outbox);
        },
        subscription.json.size());
  }

  Result<std::optional<Subscription>> find_subscription(std::string_view id) const override {
    return readers_->ask([&](SqliteConnection& connection) { return read_subscription(connection, id); });
  }

  Result<std::vector<Subscription>> list_subscriptions(std::string_view client) const override {
    return readers_->ask([&](SqliteConnection& connection) { return read_subscriptions(connection, client); });
  }

  Result<std::vector<Subscription>> subscriptions_for(const std::vector<std::string>& organizations) const override {
    return readers_->ask(
        [&](SqliteConnection& connection) { return read_subscriptions_for(connection, organizations); });
  }

  Result<bool> change_subscription_status(std::string_view id, SubscriptionStatus expected, SubscriptionStatus status,
                                          std::string_view error) override {
    return write<bool>([&](SqliteConnection& connection) {
      return store::change_subscription_status(connection, id, expected, status, error);
    });
  }

  Result<bool> remove_subscription(std::string_view id) override {
    return write<bool>([&](SqliteConnection& connection) { return store::remove_subscription(connection, id); });
  }

  Result<std::optional<Event>> find_event(std::string_view subscription_id, std::int64_t number) const override {
    auto events = list_events(subscription_id, number, number, 1);
    if (!events) return events.error();
    if (events->empty()) return std::optional<Event>();
    return std::optional(std::move(events->front()));
  }

  Result<std::vector<Event>> list_events(std::string_view subscription_id, std::int64_t from, std::int64_t to,
                                         int limit) const override {
    return readers_->ask(
        [&](SqliteConnection& connection) { return read_events(connection, subscription_id, from, to, limit); });
  }

  Result<void> enqueue(const std::vector<OutboxMessage>& messages) override {
    return writer_.run([&](SqliteConnection& connection) { return insert_messages(connection, messages); }, 0);
  }

  // Most looks find nothing: they cost a read and no transaction.
  Result<std::vector<OutboxMessage>> take_messages(std::int64_t now_ms, std::int64_t lease_until_ms,
                                                   int limit) override {
    const auto any = readers_->ask([&](SqliteConnection& connection) { return any_due(connection, now_ms); });
    if (!any) return any.error();
    if (!*any) return std::vector<OutboxMessage>();
    return write<std::vector<OutboxMessage>>(
        [&](SqliteConnection& connection) { return take(connection, now_ms, lease_until_ms, limit); });
  }

  Result<void> settle(std::int64_t message_id, const Settlement& settlement) override {
    return writer_.run([&](SqliteConnection& connection) { return store::settle(connection, message_id, settlement); },
                       0);
  }

  Result<bool> replay(std::int64_t message_id, std::int64_t due_ms) override {
    return write<bool>([&](SqliteConnection& connection) { return store::replay(connection, message_id, due_ms); });
  }

  Result<std::vector<Delivery>> list_deliveries(std::string_view subject, int limit) const override {
    return readers_->ask([&](SqliteConnection& connection) { return read_deliveries(connection, subject, limit); });
  }

  Result<NumberRange> reserve_numbers(Sequence sequence, int count) override {
    return numbers_.reserve(sequence, count, [&](int size) {
      return write<std::int64_t>(
          [&](SqliteConnection& connection) { return take_numbers(connection, sequence, size); });
    });
  }

  Result<ExpiredChains> find_expired(const Retention& retention, std::int64_t after, int limit) const override {
    return readers_->ask(
        [&](SqliteConnection& connection) { return read_expired(connection, retention, after, limit); });
  }

  Result<int> purge(std::string_view first_id, const Retention& retention) override {
    return write<int>([&](SqliteConnection& connection) { return store::purge(connection, first_id, retention); });
  }

  Result<int> purge_exchanges(std::int64_t before_ms) override {
    return write<int>([&](SqliteConnection& connection) { return store::purge_exchanges(connection, before_ms); });
  }

  Result<std::vector<std::string>> verify() const override {
    auto connection =
        SqliteConnection::open(options_.file, SqliteConnection::Mode::kRead, options_.keys);  // it may take minutes
    if (!connection) return connection.error();
    return verify_file(**connection);
  }

  Health health() const override {
    Health health;
    health.message = writer_.failure();
    health.writable = health.message.empty();
    health.queued = writer_.queued();
    health.queue_limit = options_.queue_limit;
    health.log_bytes = writer_.log_bytes();
    return health;
  }

  Result<Backlog> backlog(std::int64_t now_ms) const override {
    return readers_->ask([&](SqliteConnection& connection) { return read_backlog(connection, now_ms); });
  }

 private:
  Result<std::vector<Case>> find_by_key(std::string_view client, std::string_view kind, std::string_view value,
                                        int limit) const {
    return readers_->ask(
        [&](SqliteConnection& connection) { return read_by_key(connection, client, kind, value, limit); });
  }

  static Result<void> insert_messages(SqliteConnection& connection, const std::vector<OutboxMessage>& messages) {
    for (const OutboxMessage& message : messages) {
      if (auto inserted = insert_message(connection, message, message.origin, std::nullopt); !inserted) return inserted;
    }
    return {};
  }

  // A job that has a value to give.
  template <class Value, class Job>
  Result<Value> write(const Job& job) {
    Value value{};
    auto ran = writer_.run(
        [&](SqliteConnection& connection) -> Result<void> {
          Result<Value> made = job(connection);
          if (!made) return made.error();
          value = std::move(*made);
          return {};
        },
        0);
    if (!ran) return ran.error();
    return value;
  }

  const SqliteOptions options_;
  const FileLock lock_;
  NumberBlocks numbers_;
  SqliteWriter writer_;
  SqliteCheckpointer checkpointer_;
  const std::unique_ptr<SqliteReaders> readers_;
};

// The connections in the state that the threads need, or why not. The lock is held.
struct Connections {
  std::unique_ptr<SqliteConnection> write, checkpoint;
  std::unique_ptr<SqliteReaders> readers;
};

Result<Connections> connect(const SqliteOptions& options) {
  Connections connections;
  auto write = SqliteConnection::open(options.file, SqliteConnection::Mode::kWrite, options.keys);
  if (!write) return write.error();
  connections.write = std::move(*write);
  if (auto ready = migrate(*connections.write); !ready) return ready.error();
  if (auto fitting = use_keys(*connections.write); !fitting) return fitting.error();
  // A job's savepoint keeps the pages that it changes: in memory, or beyond 64 KB they would go to a file in /var/tmp.
  for (const char* setting : {"PRAGMA journal_mode=WAL", "PRAGMA temp_store=MEMORY", kWriterCache}) {
    if (auto set = connections.write->execute(setting); !set) return set.error();
  }
  if (auto freed = free_leases(*connections.write); !freed) return freed.error();
  if (options.file_limit_pages > 0) {
    const std::string limit = "PRAGMA max_page_count=" + std::to_string(options.file_limit_pages);
    if (auto set = connections.write->execute(limit.c_str()); !set) return set.error();
  }
  auto checkpoint = SqliteConnection::open(options.file, SqliteConnection::Mode::kWrite, options.keys);
  if (!checkpoint) return checkpoint.error();
  if (auto ready = (*checkpoint)->open_files(); !ready) return ready.error();
  connections.checkpoint = std::move(*checkpoint);
  auto readers = SqliteReaders::open(options.file, options.readers, options.keys);
  if (!readers) return readers.error();
  connections.readers = std::move(*readers);
  return connections;
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(const SqliteOptions& options) {
  auto lock = FileLock::take(options.file);
  if (!lock) return lock.error();
  auto connections = connect(options);
  if (!connections) return base::Error{connections.error().code, options.file + ": " + connections.error().message};
  return std::make_unique<SqliteStore>(options, std::move(*lock), std::move(connections->write),
                                       std::move(connections->checkpoint), std::move(connections->readers));
}

Result<Migration> migrate_sqlite(const SqliteOptions& options) {
  auto lock = FileLock::take(options.file);
  if (!lock) return lock.error();
  auto connection = SqliteConnection::open(options.file, SqliteConnection::Mode::kWrite);
  if (!connection) return connection.error();
  auto migrated = migrate(**connection);
  if (!migrated) return base::Error{migrated.error().code, options.file + ": " + migrated.error().message};
  return migrated;
}

}  // namespace pas::store
