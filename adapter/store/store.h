#pragma once
// What the adapter must never lose: each submission with its answer, its decisions and the messages that follow from
// it, and who is to be told.
//
// Shapes: a Case is one submitted Claim and its answer; an update is a Case of its own that replaces its prior, so that
// the newest Case of a chain shows every item's current state; a revision changes a Case in its place. Bodies (JSON, up
// to tens of MB) and decision records are read apart from the Case. Times are milliseconds since the epoch, UTC, given
// by the caller: the store has no clock. Errors: kUnavailable (full, read-only or broken disk, queue full: try again
// later, nothing was half stored), kConflict and kInvalid as told below. What is not there is an empty optional or
// vector, not an error. Threads: every operation may be called from any thread, and blocks until it is done. A Store's
// destructor finishes what was accepted; no call may be running in another thread by then.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/store/case.h"
#include "adapter/store/outbox.h"
#include "adapter/store/retention.h"
#include "adapter/store/subscription.h"
#include "fhir/base/result.h"

namespace pas::store {

template <class T>
using Result = base::Result<T>;

// As the system of an identifier to find: whatever it has.
inline constexpr std::string_view kAnySystem = "*";

struct CaseFilter {  // empty members filter nothing
  std::string client;
  std::string member_id;
  std::optional<Status> status;
  std::string payer = {};
  std::optional<std::int64_t> received_from_ms = {};
  std::optional<std::int64_t> received_to_ms = {};  // and no later
  std::optional<std::int64_t> due_before_ms = {};   // 0 < due_ms <= this
  bool include_replaced = true;
};

struct Page {
  std::vector<Case> cases;                      // newest first
  std::optional<std::int64_t> continue_before;  // pass as `before` for the next page; nothing on the last
};

// What months of a rental count for. Member ids mean something only beside their payer.
struct MonthsQuery {
  std::string_view payer;
  std::string_view member_id;
  std::string_view procedure_code;
  std::string_view except_case;  // leave this case's items out: the one that the present request updates
};

enum class Sequence { kAuthorization, kAdministrativeReference };

struct NumberRange {
  std::int64_t first = 0;
  int count = 0;
};

struct Health {
  bool writable = true;  // false from a failed write to the next one that succeeds
  std::string message;   // the failure, for an operator
  std::size_t queued = 0;
  std::size_t queue_limit = 0;
  std::uint64_t log_bytes = 0;  // write-ahead log not yet in the database file
};

// What waits, for a monitor.
struct Backlog {
  std::map<std::int64_t, std::int64_t> pended_by_hours;  // whole hours since it came, and how many; not replaced
  std::int64_t late = 0;                                 // of these, past their due_ms
  std::int64_t waiting = 0;                              // messages of the outbox, those that are due later too
  std::int64_t failed = 0;                               // kept, and not due until they are replayed
  std::int64_t longest_due_ms = 0;                       // since when the message that is longest due waits; 0: none
  bool operator==(const Backlog&) const = default;
};

// The most cases that one call returns; a greater limit is cut to it.
inline constexpr int kMaxCases = 1000;
inline constexpr int kMaxNumbers = 100'000;

// Certified (A1, A2, A6) or no action required (NA): its months count as authorized or noted.
bool counts_months(std::string_view action);

class Store {
 public:
  virtual ~Store() = default;

  // Everything of a submission or nothing, durable when it returns without an error. kConflict: the id is taken, the
  // prior was replaced already, or a repeat (see Submission). kInvalid: a bad id or item, or an unknown prior.
  // After kUnavailable the case is not there; only a power cut right then, or a connection to the database that was
  // lost and did not come back, may yet bring it, whole.
  Result<void> commit(const Submission& submission) { return commit(std::span(&submission, 1)); }
  virtual Result<void> commit(std::span<const Submission> submissions) = 0;  // all of them or none; one at least

  // Changes a case, all or nothing and durable as with commit. kConflict: the case has another revision, was replaced,
  // or has a supplement of that id already. kInvalid: an unknown case, or as with commit.
  virtual Result<void> revise(const Revision& revision) = 0;

  virtual Result<std::optional<Case>> find_case(std::string_view id) const = 0;
  virtual Result<std::optional<std::string>> find_body(std::string_view id, Body body) const = 0;
  // The newest, or all, the oldest first: each revision may bring one.
  Result<std::optional<std::string>> decision_record(std::string_view id, int item_sequence) const;
  virtual Result<std::vector<DecisionRecord>> decision_records(std::string_view id, int item_sequence) const = 0;
  virtual Result<std::vector<HistoryEntry>> history(std::string_view id) const = 0;    // the oldest first
  virtual Result<std::vector<Supplement>> supplements(std::string_view id) const = 0;  // as they came

  // What was said of the case, the oldest first.
  virtual Result<std::vector<Exchange>> exchanges(std::string_view case_id) const = 0;
  // Of no case, whose order is above `after`, the oldest first.
  virtual Result<std::vector<Exchange>> other_exchanges(const ExchangeFilter& filter, std::int64_t after,
                                                        int limit) const = 0;
  // Those that come of no commit or revision. One whose case is not there (any more) is of none.
  virtual Result<void> note_exchanges(const std::vector<Exchange>& exchanges) = 0;

  // The client's cases with this Claim full URL, Claim identifier or patient identifier (its system may be kAnySystem),
  // newest first, at most `limit`.
  virtual Result<std::vector<Case>> find_by_claim_url(std::string_view client, std::string_view full_url,
                                                      int limit) const = 0;
  virtual Result<std::vector<Case>> find_by_claim_identifier(std::string_view client, const Identifier& identifier,
                                                             int limit) const = 0;
  virtual Result<std::vector<Case>> find_by_patient_identifier(std::string_view client, const Identifier& identifier,
                                                               int limit) const = 0;

  // The parts of the client's request that was split, in the order of its commit.
  virtual Result<std::vector<Case>> find_parts(std::string_view client, std::string_view whole_id) const = 0;

  // Over all clients, newest first. A number is an item's authorization, administrative reference or trace number, of
  // the present revision or an earlier one.
  virtual Result<std::vector<Case>> find_by_member_id(std::string_view member_id, int limit) const = 0;
  virtual Result<std::vector<Case>> find_by_number(std::string_view number, int limit) const = 0;

  // Pended, not replaced, with 0 < due_ms <= before_ms; the soonest first.
  virtual Result<std::vector<Case>> cases_due(std::int64_t before_ms, int limit) const = 0;

  // The newest case of the same client and request_sha256 received at or after `since_ms`: a resend.
  virtual Result<std::optional<Case>> find_same_request(std::string_view client, std::string_view request_sha256,
                                                        std::int64_t since_ms) const = 0;

  // The sum of Item.months over all cases that are not replaced, where counts_months(action).
  virtual Result<int> months_authorized(const MonthsQuery& query) const = 0;

  // Cases whose order is below `before` (all, without it), newest first.
  virtual Result<Page> list_cases(const CaseFilter& filter, std::optional<std::int64_t> before, int limit) const = 0;

  // Adds the subscription or takes the place of the one with its id, keeping its event_count and events; the messages
  // are written with it. kInvalid: a bad id, or a message for a case that is not there.
  virtual Result<void> put_subscription(const Subscription& subscription, const std::vector<OutboxMessage>& outbox) = 0;
  virtual Result<std::optional<Subscription>> find_subscription(std::string_view id) const = 0;
  // The oldest first; of all clients when `client` is empty.
  virtual Result<std::vector<Subscription>> list_subscriptions(std::string_view client) const = 0;
  // Those whose `organizations` hold one of these texts, the oldest first.
  virtual Result<std::vector<Subscription>> subscriptions_for(const std::vector<std::string>& organizations) const = 0;
  // Without touching the rest of it. False when it is not there, or its status is not `expected` any more.
  virtual Result<bool> change_subscription_status(std::string_view id, SubscriptionStatus expected,
                                                  SubscriptionStatus status, std::string_view error) = 0;
  // False when there was none. Its events go with it; its messages and deliveries stay.
  virtual Result<bool> remove_subscription(std::string_view id) = 0;

  virtual Result<std::optional<Event>> find_event(std::string_view subscription_id, std::int64_t number) const = 0;
  // Numbers from..to, both included, in order; those of purged cases are gone.
  virtual Result<std::vector<Event>> list_events(std::string_view subscription_id, std::int64_t from, std::int64_t to,
                                                 int limit) const = 0;

  // Messages that belong to no commit. A case_id may be empty; kInvalid when it is not there.
  virtual Result<void> enqueue(const std::vector<OutboxMessage>& messages) = 0;
  // Messages due at `now_ms`, the longest due first, each leased until `lease_until_ms` (see outbox.h).
  virtual Result<std::vector<OutboxMessage>> take_messages(std::int64_t now_ms, std::int64_t lease_until_ms,
                                                           int limit) = 0;
  // Writes the delivery log with it. kConflict: the message is gone, or was taken again since that attempt.
  virtual Result<void> settle(std::int64_t message_id, const Settlement& settlement) = 0;
  // Makes a failed message due at `due_ms`, in its old place among those of its subject. False when no such has failed.
  virtual Result<bool> replay(std::int64_t message_id, std::int64_t due_ms) = 0;
  // The subject's deliveries, newest first; no more than kMaxDeliveries are kept.
  virtual Result<std::vector<Delivery>> list_deliveries(std::string_view subject, int limit) const = 0;

  // Consecutive numbers that were never given before and never will be again, over restarts and crashes; gaps occur.
  // kInvalid unless 1 <= count <= kMaxNumbers.
  virtual Result<NumberRange> reserve_numbers(Sequence sequence, int count) = 0;

  // Chains that may be removed, by retention.h. Looks at no more than `limit` cases, those whose order is above
  // `after`.
  virtual Result<ExpiredChains> find_expired(const Retention& retention, std::int64_t after, int limit) const = 0;
  // Removes the chain that this case began, all or nothing; how many cases, 0 when it may not be removed (any more).
  virtual Result<int> purge(std::string_view first_id, const Retention& retention) = 0;

  // Those of no case that were requested before; how many.
  virtual Result<int> purge_exchanges(std::int64_t before_ms) = 0;

  // Reads everything and lists what breaks the store's invariants; empty when it is sound. Names case ids, no content.
  virtual Result<std::vector<std::string>> verify() const = 0;

  virtual Health health() const = 0;
  // It counts, and so costs the more the more waits: for once in some seconds.
  virtual Result<Backlog> backlog(std::int64_t now_ms) const = 0;
};

// kInvalid, naming the field: a bad id, an item or decision sequence that is repeated, a decision without its item, a
// supplement that is repeated; of submissions, two with the same id, prior or hash. Every backend begins with it.
Result<void> check(std::span<const Submission> submissions);
Result<void> check(const Revision& revision);
Result<void> check(const Subscription& subscription);

// "memory", "sqlite:FILE" or "postgres:CONNINFO" (libpq's "host=… dbname=…", or a URL: "postgres://…"), with the
// defaults of the backend's options.
Result<std::unique_ptr<Store>> open_store(std::string_view specification);
bool is_specification(std::string_view text);
// The same as may be shown: without a password. Of what is none, the part before a colon.
std::string shown(std::string_view specification);

}  // namespace pas::store
