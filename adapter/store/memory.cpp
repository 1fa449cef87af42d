#include "adapter/store/memory.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <tuple>

#include "adapter/store/case_keys.h"
#include "adapter/store/memory_outbox.h"
#include "fhir/base/digest.h"

namespace pas::store {
namespace {

bool passes(const CaseFilter& filter, const Case& record) {
  return (filter.client.empty() || record.client == filter.client) &&
         (filter.member_id.empty() || record.member_id == filter.member_id) &&
         (filter.payer.empty() || record.payer == filter.payer) &&
         (!filter.status || record.status == *filter.status) &&
         (!filter.received_from_ms || record.received_at_ms >= *filter.received_from_ms) &&
         (!filter.received_to_ms || record.received_at_ms <= *filter.received_to_ms) &&
         (!filter.due_before_ms || (record.due_ms > 0 && record.due_ms <= *filter.due_before_ms)) &&
         (filter.include_replaced || record.replaced_by.empty());
}

class MemoryStore final : public Store {
 public:
  Result<void> commit(const Submission& submission) override;
  Result<void> revise(const Revision& revision) override;
  Result<std::optional<Case>> find_case(std::string_view id) const override;
  Result<std::optional<std::string>> find_body(std::string_view id, Body body) const override;
  Result<std::optional<std::string>> decision_record(std::string_view id, int item_sequence) const override;
  Result<std::vector<std::string>> decision_records(std::string_view id, int item_sequence) const override;
  Result<std::vector<HistoryEntry>> history(std::string_view id) const override;
  Result<std::vector<Supplement>> supplements(std::string_view id) const override;
  Result<std::vector<Case>> find_by_claim_url(std::string_view client, std::string_view full_url,
                                              int limit) const override;
  Result<std::vector<Case>> find_by_claim_identifier(std::string_view client, const Identifier& identifier,
                                                     int limit) const override;
  Result<std::vector<Case>> find_by_patient_identifier(std::string_view client, const Identifier& identifier,
                                                       int limit) const override;
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
  Result<std::vector<std::string>> verify() const override;
  Health health() const override { return {}; }

 private:
  struct Kept {
    Case record;
    Bodies bodies;
    std::map<int, std::vector<std::string>> decisions;  // the oldest first
    std::vector<HistoryEntry> history;
    std::vector<Supplement> supplements;
  };
  using KeyOfClient = std::tuple<std::string, std::string, std::string>;  // client, kind, value
  using Months = std::tuple<std::string, std::string, std::string>;       // payer, member, procedure code

  // These want the mutex held.
  const Kept* find(std::string_view id) const;
  std::optional<Case> repeat_of(std::string_view client, std::string_view sha256, std::int64_t since_ms) const;
  void count_months(const Case& record, int sign);
  void add_keys(const Case& record);
  Result<void> check_messages(const std::vector<OutboxMessage>& messages) const;
  void tell(const std::string& case_id, const std::vector<OutboxMessage>& messages, const std::vector<NewEvent>& events,
            std::int64_t at_ms);

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
};

const MemoryStore::Kept* MemoryStore::find(std::string_view id) const {
  const auto order = order_of_.find(id);
  return order == order_of_.end() ? nullptr : &cases_.at(order->second);
}

std::optional<Case> MemoryStore::repeat_of(std::string_view client, std::string_view sha256,
                                           std::int64_t since_ms) const {
  const auto orders = keys_.find({std::string(client), std::string(kRequestKey), std::string(sha256)});
  if (orders == keys_.end()) return std::nullopt;
  for (auto order = orders->second.rbegin(); order != orders->second.rend(); ++order) {
    const Case& record = cases_.at(*order).record;
    if (record.received_at_ms >= since_ms) return record;
  }
  return std::nullopt;
}

void MemoryStore::count_months(const Case& record, int sign) {
  if (record.member_id.empty()) return;
  for (const Item& item : record.items) {
    if (item.months == 0 || item.procedure_code.empty() || !counts_months(item.action)) continue;
    months_[{record.payer, record.member_id, item.procedure_code}] += sign * item.months;
  }
}

Result<void> MemoryStore::commit(const Submission& submission) {
  if (auto sound = check(submission); !sound) return sound;
  Kept kept{submission.record, submission.bodies, {}, {}, {}};
  for (const DecisionRecord& decision : submission.decisions) {
    kept.decisions[decision.item_sequence].push_back(decision.json);
  }
  Case& record = kept.record;
  kept.history = {{1, record.received_at_ms, record.client, std::string(kSubmitAction), ""}};

  const std::unique_lock lock(mutex_);
  if (find(record.id) != nullptr) {
    return base::Error{base::ErrorCode::kConflict, "case " + record.id + ": the id is taken"};
  }
  if (submission.refuse_repeat_since_ms &&
      repeat_of(record.client, record.request_sha256, *submission.refuse_repeat_since_ms)) {
    return base::Error{base::ErrorCode::kConflict, "case " + record.id + ": a repeat of a stored request"};
  }
  if (!record.prior_id.empty()) {
    const Kept* prior = find(record.prior_id);
    if (prior == nullptr) return base::invalid("case " + record.id + ": no such prior case");
    if (!prior->record.replaced_by.empty()) {
      return base::Error{base::ErrorCode::kConflict, "case " + record.id + ": its prior was replaced already"};
    }
    Case& replaced = cases_.at(prior->record.order).record;
    count_months(replaced, -1);
    replaced.replaced_by = record.id;
  }
  record.order = ++last_order_;
  record.replaced_by.clear();
  record.revision = 1;
  count_months(record, 1);
  add_keys(record);
  tell(record.id, submission.outbox, submission.events, record.received_at_ms);
  order_of_.emplace(record.id, record.order);
  cases_.emplace(record.order, std::move(kept));
  return {};
}

Result<void> MemoryStore::revise(const Revision& revision) {
  if (auto sound = check(revision); !sound) return sound;
  const std::unique_lock lock(mutex_);
  const std::string place = "case " + revision.case_id;
  const auto order = order_of_.find(revision.case_id);
  if (order == order_of_.end()) return base::invalid(place + ": no such case");
  Kept& kept = cases_.at(order->second);
  Case& record = kept.record;
  if (!record.replaced_by.empty()) return base::Error{base::ErrorCode::kConflict, place + ": it was replaced"};
  if (record.revision != revision.expected_revision) {
    return base::Error{base::ErrorCode::kConflict, place + ": it was changed meanwhile"};
  }
  for (const Supplement& known : kept.supplements) {
    for (const Supplement& added : revision.supplements) {
      if (added.id == known.id) return base::Error{base::ErrorCode::kConflict, place + ": it has that supplement"};
    }
  }

  count_months(record, -1);
  record.status = revision.status;
  record.due_ms = revision.due_ms;
  record.items = revision.items;
  ++record.revision;
  count_months(record, 1);
  add_keys(record);
  if (!revision.response.empty()) kept.bodies.response = revision.response;
  if (!revision.claim_response.empty()) kept.bodies.claim_response = revision.claim_response;
  for (const DecisionRecord& decision : revision.decisions) {
    kept.decisions[decision.item_sequence].push_back(decision.json);
  }
  kept.history.push_back({record.revision, revision.at_ms, revision.actor, revision.action, revision.note});
  kept.supplements.insert(kept.supplements.end(), revision.supplements.begin(), revision.supplements.end());
  tell(record.id, revision.outbox, revision.events, revision.at_ms);
  return {};
}

void MemoryStore::add_keys(const Case& record) {
  for (const CaseKey& key : keys_of(record)) {
    std::set<std::int64_t>& orders = keys_[{std::string(key.client_of(record)), std::string(key.kind), key.value}];
    orders.insert(record.order);
  }
}

void MemoryStore::tell(const std::string& case_id, const std::vector<OutboxMessage>& messages,
                       const std::vector<NewEvent>& events, std::int64_t at_ms) {
  for (OutboxMessage message : messages) {
    message.case_id = case_id;
    outbox_.add(std::move(message));
  }
  for (const NewEvent& event : events) {
    if (auto message = subscriptions_.add_event(event, case_id, at_ms)) outbox_.add(std::move(*message));
  }
}

Result<std::optional<Case>> MemoryStore::find_case(std::string_view id) const {
  const std::shared_lock lock(mutex_);
  const Kept* kept = find(id);
  if (kept == nullptr) return std::optional<Case>();
  return std::optional<Case>(kept->record);
}

Result<std::optional<std::string>> MemoryStore::find_body(std::string_view id, Body body) const {
  const std::shared_lock lock(mutex_);
  const Kept* kept = find(id);
  if (kept == nullptr) return std::optional<std::string>();
  switch (body) {
    case Body::kRequest:
      return std::optional(kept->bodies.request);
    case Body::kResponse:
      return std::optional(kept->bodies.response);
    case Body::kClaim:
      return std::optional(kept->bodies.claim);
    case Body::kClaimResponse:
      break;
  }
  return std::optional(kept->bodies.claim_response);
}

Result<std::optional<std::string>> MemoryStore::decision_record(std::string_view id, int item_sequence) const {
  auto records = decision_records(id, item_sequence);
  if (records->empty()) return std::optional<std::string>();
  return std::optional(std::move(records->back()));
}

Result<std::vector<std::string>> MemoryStore::decision_records(std::string_view id, int item_sequence) const {
  const std::shared_lock lock(mutex_);
  const Kept* kept = find(id);
  if (kept == nullptr) return std::vector<std::string>();
  const auto decisions = kept->decisions.find(item_sequence);
  if (decisions == kept->decisions.end()) return std::vector<std::string>();
  return decisions->second;
}

Result<std::vector<HistoryEntry>> MemoryStore::history(std::string_view id) const {
  const std::shared_lock lock(mutex_);
  const Kept* kept = find(id);
  return kept == nullptr ? std::vector<HistoryEntry>() : kept->history;
}

Result<std::vector<Supplement>> MemoryStore::supplements(std::string_view id) const {
  const std::shared_lock lock(mutex_);
  const Kept* kept = find(id);
  return kept == nullptr ? std::vector<Supplement>() : kept->supplements;
}

std::vector<Case> MemoryStore::find_by_key(std::string_view client, std::string_view kind, std::string_view value,
                                           int limit) const {
  const std::shared_lock lock(mutex_);
  std::vector<Case> found;
  const auto orders = keys_.find({std::string(client), std::string(kind), std::string(value)});
  if (orders == keys_.end()) return found;
  const auto most = static_cast<std::size_t>(std::clamp(limit, 0, kMaxCases));
  for (auto order = orders->second.rbegin(); order != orders->second.rend() && found.size() < most; ++order) {
    found.push_back(cases_.at(*order).record);
  }
  return found;
}

Result<std::vector<Case>> MemoryStore::find_by_claim_url(std::string_view client, std::string_view full_url,
                                                         int limit) const {
  return find_by_key(client, kClaimUrlKey, full_url, limit);
}

Result<std::vector<Case>> MemoryStore::find_by_claim_identifier(std::string_view client, const Identifier& identifier,
                                                                int limit) const {
  return find_by_key(client, kClaimIdentifierKey, key_value(identifier), limit);
}

Result<std::vector<Case>> MemoryStore::find_by_patient_identifier(std::string_view client, const Identifier& identifier,
                                                                  int limit) const {
  return find_by_key(client, kPatientIdentifierKey, key_value(identifier), limit);
}

Result<std::vector<Case>> MemoryStore::find_by_number(std::string_view number, int limit) const {
  return find_by_key(kEveryClient, kNumberKey, number, limit);
}

Result<std::vector<Case>> MemoryStore::find_by_member_id(std::string_view member_id, int limit) const {
  if (member_id.empty()) return std::vector<Case>();
  CaseFilter filter;
  filter.member_id = member_id;
  return std::move(list_cases(filter, std::nullopt, limit)->cases);
}

Result<std::vector<Case>> MemoryStore::cases_due(std::int64_t before_ms, int limit) const {
  CaseFilter filter;
  filter.status = Status::kPended;
  filter.include_replaced = false;
  filter.due_before_ms = before_ms;
  const std::shared_lock lock(mutex_);
  std::vector<Case> due;
  for (const auto& [order, kept] : cases_) {
    if (passes(filter, kept.record)) due.push_back(kept.record);
  }
  std::stable_sort(due.begin(), due.end(), [](const Case& a, const Case& b) { return a.due_ms < b.due_ms; });
  due.resize(std::min(due.size(), static_cast<std::size_t>(std::clamp(limit, 0, kMaxCases))));
  return due;
}

Result<std::optional<Case>> MemoryStore::find_same_request(std::string_view client, std::string_view request_sha256,
                                                           std::int64_t since_ms) const {
  const std::shared_lock lock(mutex_);
  return repeat_of(client, request_sha256, since_ms);
}

Result<int> MemoryStore::months_authorized(const MonthsQuery& query) const {
  const std::shared_lock lock(mutex_);
  const auto counted =
      months_.find({std::string(query.payer), std::string(query.member_id), std::string(query.procedure_code)});
  if (counted == months_.end()) return 0;
  int months = counted->second;
  const Kept* except = find(query.except_case);
  if (except == nullptr || !except->record.replaced_by.empty()) return months;
  if (except->record.payer != query.payer || except->record.member_id != query.member_id) return months;
  for (const Item& item : except->record.items) {
    if (item.procedure_code == query.procedure_code && counts_months(item.action)) months -= item.months;
  }
  return months;
}

Result<Page> MemoryStore::list_cases(const CaseFilter& filter, std::optional<std::int64_t> before, int limit) const {
  const std::shared_lock lock(mutex_);
  Page page;
  const auto most = static_cast<std::size_t>(std::clamp(limit, 0, kMaxCases));
  auto place = before ? cases_.lower_bound(*before) : cases_.end();
  while (place != cases_.begin()) {
    --place;
    const Case& record = place->second.record;
    if (!passes(filter, record)) continue;
    if (page.cases.size() == most) {
      if (most > 0) page.continue_before = page.cases.back().order;
      break;
    }
    page.cases.push_back(record);
  }
  return page;
}

Result<void> MemoryStore::check_messages(const std::vector<OutboxMessage>& messages) const {
  for (const OutboxMessage& message : messages) {
    if (!message.case_id.empty() && find(message.case_id) == nullptr) {
      return base::invalid("message for case " + message.case_id + ": no such case");
    }
  }
  return {};
}

Result<void> MemoryStore::put_subscription(const Subscription& subscription, const std::vector<OutboxMessage>& outbox) {
  if (auto sound = check(subscription); !sound) return sound;
  const std::unique_lock lock(mutex_);
  if (auto sound = check_messages(outbox); !sound) return sound;
  subscriptions_.put(subscription);
  for (const OutboxMessage& message : outbox) outbox_.add(message);
  return {};
}

Result<std::optional<Subscription>> MemoryStore::find_subscription(std::string_view id) const {
  const std::shared_lock lock(mutex_);
  return subscriptions_.find(id);
}

Result<std::vector<Subscription>> MemoryStore::list_subscriptions(std::string_view client) const {
  const std::shared_lock lock(mutex_);
  return subscriptions_.list(client);
}

Result<std::vector<Subscription>> MemoryStore::subscriptions_for(const std::vector<std::string>& organizations) const {
  const std::shared_lock lock(mutex_);
  return subscriptions_.of(organizations);
}

Result<bool> MemoryStore::change_subscription_status(std::string_view id, SubscriptionStatus expected,
                                                     SubscriptionStatus status, std::string_view error) {
  const std::unique_lock lock(mutex_);
  return subscriptions_.change_status(id, expected, status, error);
}

Result<bool> MemoryStore::remove_subscription(std::string_view id) {
  const std::unique_lock lock(mutex_);
  return subscriptions_.remove(id);
}

Result<std::optional<Event>> MemoryStore::find_event(std::string_view subscription_id, std::int64_t number) const {
  const std::shared_lock lock(mutex_);
  return subscriptions_.event(subscription_id, number);
}

Result<std::vector<Event>> MemoryStore::list_events(std::string_view subscription_id, std::int64_t from,
                                                    std::int64_t to, int limit) const {
  const std::shared_lock lock(mutex_);
  return subscriptions_.events(subscription_id, from, to, limit);
}

Result<void> MemoryStore::enqueue(const std::vector<OutboxMessage>& messages) {
  const std::unique_lock lock(mutex_);
  if (auto sound = check_messages(messages); !sound) return sound;
  for (const OutboxMessage& message : messages) outbox_.add(message);
  return {};
}

Result<std::vector<OutboxMessage>> MemoryStore::take_messages(std::int64_t now_ms, std::int64_t lease_until_ms,
                                                              int limit) {
  const std::unique_lock lock(mutex_);
  return outbox_.take(now_ms, lease_until_ms, limit);
}

Result<void> MemoryStore::settle(std::int64_t message_id, const Settlement& settlement) {
  const std::unique_lock lock(mutex_);
  return outbox_.settle(message_id, settlement);
}

Result<bool> MemoryStore::replay(std::int64_t message_id, std::int64_t due_ms) {
  const std::unique_lock lock(mutex_);
  return outbox_.replay(message_id, due_ms);
}

Result<std::vector<Delivery>> MemoryStore::list_deliveries(std::string_view subject, int limit) const {
  const std::shared_lock lock(mutex_);
  return outbox_.deliveries(subject, limit);
}

Result<NumberRange> MemoryStore::reserve_numbers(Sequence sequence, int count) {
  if (count < 1 || count > kMaxNumbers) return base::invalid("reserve_numbers: count is not 1 to 100000");
  const std::unique_lock lock(mutex_);
  std::int64_t& next = next_number_.try_emplace(sequence, 1).first->second;
  const std::int64_t first = next;
  next += count;
  return NumberRange{first, count};
}

Result<std::vector<std::string>> MemoryStore::verify() const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> faults;
  for (const auto& [order, kept] : cases_) {
    if (!kept.bodies.request.empty() && !kept.record.request_sha256.empty() &&
        base::sha256_hex(kept.bodies.request) != kept.record.request_sha256) {
      faults.push_back("case " + kept.record.id + ": the request does not have its hash");
    }
  }
  return faults;
}

}  // namespace

std::unique_ptr<Store> open_memory() {
  return std::make_unique<MemoryStore>();
}

}  // namespace pas::store
