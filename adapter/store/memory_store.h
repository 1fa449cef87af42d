#pragma once
// The store in memory, for memory.cpp (what changes it) and memory_read.cpp (its questions) only.

#include <map>
#include <set>
#include <shared_mutex>
#include <string>
#include <tuple>
#include <vector>

#include "adapter/store/memory_outbox.h"
#include "adapter/store/store.h"

namespace pas::store {

class MemoryStore final : public Store {
 public:
  Result<void> commit(std::span<const Submission> submissions) override;
  Result<void> revise(const Revision& revision) override;
  Result<std::optional<Case>> find_case(std::string_view id) const override;
  Result<std::optional<std::string>> find_body(std::string_view id, Body body) const override;
  Result<std::vector<DecisionRecord>> decision_records(std::string_view id, int item_sequence) const override;
  Result<std::vector<HistoryEntry>> history(std::string_view id) const override;
  Result<std::vector<Supplement>> supplements(std::string_view id) const override;
  Result<std::vector<Exchange>> exchanges(std::string_view case_id) const override;
  Result<std::vector<Exchange>> other_exchanges(const ExchangeFilter& filter, std::int64_t after,
                                                int limit) const override;
  Result<void> note_exchanges(const std::vector<Exchange>& exchanges) override;
  Result<std::vector<Case>> find_by_claim_url(std::string_view client, std::string_view full_url,
                                              int limit) const override;
  Result<std::vector<Case>> find_by_claim_identifier(std::string_view client, const Identifier& identifier,
                                                     int limit) const override;
  Result<std::vector<Case>> find_by_patient_identifier(std::string_view client, const Identifier& identifier,
                                                       int limit) const override;
  Result<std::vector<Case>> find_parts(std::string_view client, std::string_view whole_id) const override;
  Result<std::vector<Case>> find_by_member_id(std::string_view member_id, int limit) const override;
  Result<std::vector<Case>> find_by_number(std::string_view number, int limit) const override;
  Result<std::vector<Case>> cases_due(std::int64_t before_ms, int limit) const override;
  Result<std::optional<Case>> find_same_request(std::string_view client, std::string_view request_sha256,
                                                std::int64_t since_ms) const override;
  Result<int> months_authorized(const MonthsQuery& query) const override;
  Result<Page> list_cases(const CaseFilter& filter, std::optional<std::int64_t> before, int limit) const override;
  Result<void> put_subscription(const Subscription& subscription, const std::vector<OutboxMessage>& outbox) override;
  Result<std::optional<Subscription>> find_subscription(std::string_view id) const override;
  Result<std::vector<Subscription>> list_subscriptions(std::string_view client) const override;
  Result<std::vector<Subscription>> subscriptions_for(const std::vector<std::string>& organizations) const override;
  Result<bool> change_subscription_status(std::string_view id, SubscriptionStatus expected, SubscriptionStatus status,
                                          std::string_view error) override;
  Result<bool> remove_subscription(std::string_view id) override;
  Result<std::optional<Event>> find_event(std::string_view subscription_id, std::int64_t number) const override;
  Result<std::vector<Event>> list_events(std::string_view subscription_id, std::int64_t from, std::int64_t to,
                                         int limit) const override;
  Result<void> enqueue(const std::vector<OutboxMessage>& messages) override;
  Result<std::vector<OutboxMessage>> take_messages(std::int64_t now_ms, std::int64_t lease_until_ms,
                                                   int limit) override;
  Result<void> settle(std::int64_t message_id, const Settlement& settlement) override;
  Result<bool> replay(std::int64_t message_id, std::int64_t due_ms) override;
  Result<std::vector<Delivery>> list_deliveries(std::string_view subject, int limit) const override;
  Result<NumberRange> reserve_numbers(Sequence sequence, int count) override;
  Result<ExpiredChains> find_expired(const Retention& retention, std::int64_t after, int limit) const override;
  Result<int> purge(std::string_view first_id, const Retention& retention) override;
  Result<int> purge_exchanges(std::int64_t before_ms) override;
  Result<std::vector<std::string>> verify() const override;
  Health health() const override { return {}; }
  Result<Backlog> backlog(std::int64_t now_ms) const override;

 private:
  struct Kept {
    Case record;
    Bodies bodies;
    std::vector<DecisionRecord> decisions;  // the oldest first
    std::vector<HistoryEntry> history;
    std::vector<Supplement> supplements;
    std::string served_to;
  };
  using KeyOfClient = std::tuple<std::string, std::string, std::string>;  // client, kind, value
  using Months = std::tuple<std::string, std::string, std::string>;       // payer, member, procedure code

  // These want the mutex held.
  const Kept* find(std::string_view id) const;
  Result<void> check_against_stored(const Submission& submission) const;
  void add(const Submission& submission);
  std::optional<Case> repeat_of(std::string_view client, std::string_view sha256, std::int64_t since_ms) const;
  void count_months(const Case& record, int sign);
  void add_keys(const Case& record);
  bool has_expired(const Kept& kept, const Retention& retention) const;
  std::vector<std::int64_t> expired_chain(std::string_view first_id, const Retention& retention) const;
  void add_exchange(Exchange exchange, const std::string& case_id);
  Result<void> check_messages(const std::vector<OutboxMessage>& messages) const;
  void tell(const std::string& case_id, const std::vector<OutboxMessage>& messages, const std::vector<NewEvent>& events,
            const Origin& origin, std::int64_t at_ms);

  std::vector<Case> find_by_key(std::string_view client, std::string_view kind, std::string_view value,
                                int limit) const;

  mutable std::shared_mutex mutex_;
  std::map<std::int64_t, Kept> cases_;  // by order
  std::map<std::string, std::int64_t, std::less<>> order_of_;
  std::map<KeyOfClient, std::set<std::int64_t>> keys_;
  std::map<Months, int> months_;
  MemoryOutbox outbox_;
  MemorySubscriptions subscriptions_;
  std::int64_t last_order_ = 0;
  std::map<Sequence, std::int64_t> next_number_;
  std::map<std::string, std::vector<Exchange>, std::less<>> exchanges_;  // by case; those of none by ""
  std::int64_t last_exchange_ = 0;
};

}  // namespace pas::store
