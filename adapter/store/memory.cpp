#include "adapter/store/memory.h"

#include <algorithm>
#include <mutex>

#include "adapter/store/case_keys.h"
#include "adapter/store/memory_store.h"

namespace pas::store {

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

Result<Backlog> MemoryStore::backlog(std::int64_t now_ms) const {
  const std::shared_lock lock(mutex_);
  Backlog backlog;
  for (const auto& [order, kept] : cases_) {
    const Case& record = kept.record;
    if (record.status != Status::kPended || !record.replaced_by.empty()) continue;
    ++backlog.pended_by_hours[(now_ms - record.received_at_ms) / 3'600'000];
    if (record.due_ms > 0 && record.due_ms <= now_ms) ++backlog.late;
  }
  outbox_.count(now_ms, backlog);
  return backlog;
}

void MemoryStore::count_months(const Case& record, int sign) {
  if (record.member_id.empty()) return;
  for (const Item& item : record.items) {
    if (item.months == 0 || item.procedure_code.empty() || !counts_months(item.action)) continue;
    months_[{record.payer, record.member_id, item.procedure_code}] += sign * item.months;
  }
}

Result<void> MemoryStore::commit(std::span<const Submission> submissions) {
  if (auto sound = check(submissions); !sound) return sound;
  const std::unique_lock lock(mutex_);
  for (const Submission& submission : submissions) {
    if (auto free = check_against_stored(submission); !free) return free;
  }
  for (const Submission& submission : submissions) add(submission);
  return {};
}

Result<void> MemoryStore::check_against_stored(const Submission& submission) const {
  const Case& record = submission.record;
  if (find(record.id) != nullptr) {
    return base::Error{base::ErrorCode::kConflict, "case " + record.id + ": the id is taken"};
  }
  if (submission.refuse_repeat_since_ms &&
      repeat_of(record.client, record.request_sha256, *submission.refuse_repeat_since_ms)) {
    return base::Error{base::ErrorCode::kConflict, "case " + record.id + ": a repeat of a stored request"};
  }
  if (record.prior_id.empty()) return {};
  const Kept* prior = find(record.prior_id);
  if (prior == nullptr) return base::invalid("case " + record.id + ": no such prior case");
  if (prior->record.replaced_by.empty()) return {};
  return base::Error{base::ErrorCode::kConflict, "case " + record.id + ": its prior was replaced already"};
}

void MemoryStore::add(const Submission& submission) {
  Kept kept{submission.record, submission.bodies, submission.decisions, {}, {}, submission.served_to};
  Case& record = kept.record;
  kept.history = {{1, record.received_at_ms, record.client, std::string(kSubmitAction), ""}};
  if (!record.prior_id.empty()) {
    Case& replaced = cases_.at(order_of_.at(record.prior_id)).record;
    count_months(replaced, -1);
    replaced.replaced_by = record.id;
  }
  record.order = ++last_order_;
  record.replaced_by.clear();
  record.revision = 1;
  count_months(record, 1);
  add_keys(record);
  if (submission.exchange) add_exchange(*submission.exchange, record.id);
  tell(record.id, submission.outbox, submission.events, submission.origin, record.received_at_ms);
  order_of_.emplace(record.id, record.order);
  cases_.emplace(record.order, std::move(kept));
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
  for (const DecisionRecord& decision : revision.decisions) {
    kept.decisions.push_back({decision.item_sequence, decision.json, record.revision});
  }
  kept.history.push_back({record.revision, revision.at_ms, revision.actor, revision.action, revision.note});
  kept.supplements.insert(kept.supplements.end(), revision.supplements.begin(), revision.supplements.end());
  if (revision.exchange) add_exchange(*revision.exchange, record.id);
  tell(record.id, revision.outbox, revision.events, revision.origin, revision.at_ms);
  return {};
}

void MemoryStore::add_exchange(Exchange exchange, const std::string& case_id) {
  exchange.case_id = case_id;
  exchange.order = ++last_exchange_;
  exchanges_[case_id].push_back(std::move(exchange));
}

Result<void> MemoryStore::note_exchanges(const std::vector<Exchange>& exchanges) {
  const std::unique_lock lock(mutex_);
  for (const Exchange& exchange : exchanges) {
    add_exchange(exchange, find(exchange.case_id) == nullptr ? "" : exchange.case_id);
  }
  return {};
}

Result<int> MemoryStore::purge_exchanges(std::int64_t before_ms) {
  const std::unique_lock lock(mutex_);
  return static_cast<int>(
      std::erase_if(exchanges_[""], [before_ms](const Exchange& each) { return each.requested_ms < before_ms; }));
}

void MemoryStore::add_keys(const Case& record) {
  for (const CaseKey& key : keys_of(record)) {
    std::set<std::int64_t>& orders = keys_[{std::string(key.client_of(record)), std::string(key.kind), key.value}];
    orders.insert(record.order);
  }
}

void MemoryStore::tell(const std::string& case_id, const std::vector<OutboxMessage>& messages,
                       const std::vector<NewEvent>& events, const Origin& origin, std::int64_t at_ms) {
  const auto add = [&](OutboxMessage message) {
    message.case_id = case_id;
    message.origin = origin;
    outbox_.add(std::move(message));
  };
  for (const OutboxMessage& message : messages) add(message);
  for (const NewEvent& event : events) {
    if (auto message = subscriptions_.add_event(event, case_id, at_ms)) add(std::move(*message));
  }
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

bool MemoryStore::has_expired(const Kept& kept, const Retention& retention) const {
  const Case& record = kept.record;
  const bool is_pended = record.status == Status::kPended && record.replaced_by.empty();
  return !is_pended && record.received_at_ms < retention.changed_before_ms &&
         kept.history.back().at_ms < retention.changed_before_ms && kept.served_to < retention.served_before &&
         std::ranges::all_of(
             record.items,
             [&](const Item& item) { return std::max(item.valid_from, item.valid_to) < retention.served_before; }) &&
         !outbox_.has_waiting(record.id);
}

// All of the chain, the first case first, or nothing.
std::vector<std::int64_t> MemoryStore::expired_chain(std::string_view first_id, const Retention& retention) const {
  std::vector<std::int64_t> orders;
  const Kept* kept = find(first_id);
  if (kept == nullptr || !kept->record.prior_id.empty()) return orders;
  for (; kept != nullptr; kept = find(kept->record.replaced_by)) {
    if (!has_expired(*kept, retention)) return {};
    orders.push_back(kept->record.order);
  }
  return orders;
}

Result<ExpiredChains> MemoryStore::find_expired(const Retention& retention, std::int64_t after, int limit) const {
  const std::shared_lock lock(mutex_);
  ExpiredChains found;
  const int most = std::clamp(limit, 1, kMaxCases);
  int seen = 0;
  for (auto kept = cases_.upper_bound(after); kept != cases_.end() && seen < most; ++kept, ++seen) {
    after = kept->first;
    const auto chain = expired_chain(kept->second.record.id, retention);
    if (!chain.empty()) found.chains.push_back({kept->second.record.id, static_cast<int>(chain.size())});
  }
  if (seen == most) found.continue_after = after;
  return found;
}

Result<int> MemoryStore::purge(std::string_view first_id, const Retention& retention) {
  const std::unique_lock lock(mutex_);
  const std::vector<std::int64_t> orders = expired_chain(first_id, retention);
  for (const std::int64_t order : orders) {
    const Case& record = cases_.at(order).record;
    if (record.replaced_by.empty()) count_months(record, -1);
    for (auto& [key, orders_of_key] : keys_) orders_of_key.erase(order);
    outbox_.forget(record.id);
    subscriptions_.forget(record.id);
    exchanges_.erase(record.id);
    order_of_.erase(record.id);
    cases_.erase(order);
  }
  std::erase_if(keys_, [](const auto& key) { return key.second.empty(); });
  return static_cast<int>(orders.size());
}

std::unique_ptr<Store> open_memory() {
  return std::make_unique<MemoryStore>();
}

}  // namespace pas::store
