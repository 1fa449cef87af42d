#include "adapter/store/memory_outbox.h"

#include <algorithm>
#include <utility>

#include "adapter/store/store.h"

namespace pas::store {

void MemoryOutbox::wait(Kept& kept, std::int64_t due_ms) {
  kept.state = State::kWaiting;
  kept.leased = false;
  kept.message.due_ms = due_ms;
  due_.emplace(due_ms, kept.message.id);
  if (!kept.message.subject.empty()) lines_[kept.message.subject].head = kept.message.id;
}

void MemoryOutbox::stop_waiting(Kept& kept, State state) {
  due_.erase({kept.message.due_ms, kept.message.id});
  kept.state = state;
  kept.leased = false;
  if (state == State::kBehind) lines_[kept.message.subject].behind.insert(kept.message.id);
}

void MemoryOutbox::next_in_line(const std::string& subject) {
  const auto line = lines_.find(subject);
  if (line == lines_.end()) return;
  if (line->second.behind.empty()) {
    lines_.erase(line);
    return;
  }
  Kept& next = messages_.at(*line->second.behind.begin());
  line->second.behind.erase(line->second.behind.begin());
  wait(next, next.message.due_ms);
}

void MemoryOutbox::add(OutboxMessage message) {
  const std::int64_t id = ++last_id_;
  message.id = id;
  message.attempts = 0;
  Kept& kept = messages_.emplace(id, Kept{std::move(message)}).first->second;
  if (lines_.contains(kept.message.subject)) {
    kept.state = State::kBehind;
    lines_[kept.message.subject].behind.insert(kept.message.id);
  } else {
    wait(kept, kept.message.due_ms);
  }
}

std::vector<OutboxMessage> MemoryOutbox::take(std::int64_t now_ms, std::int64_t lease_until_ms, int limit) {
  std::vector<OutboxMessage> taken;
  const auto most = static_cast<std::size_t>(std::clamp(limit, 0, kMaxCases));
  std::vector<std::int64_t> ids;
  for (const auto& [due_ms, id] : due_) {
    if (due_ms > now_ms || ids.size() == most) break;
    ids.push_back(id);
  }
  for (const std::int64_t id : ids) {
    Kept& kept = messages_.at(id);
    due_.erase({kept.message.due_ms, id});
    wait(kept, lease_until_ms);
    kept.leased = true;
    ++kept.message.attempts;
    taken.push_back(kept.message);
  }
  return taken;
}

base::Result<void> MemoryOutbox::settle(std::int64_t id, const Settlement& settlement) {
  const auto found = messages_.find(id);
  if (found == messages_.end() || found->second.state != State::kWaiting || !found->second.leased ||
      found->second.message.attempts != settlement.attempt) {
    return base::Error{base::ErrorCode::kConflict, "message " + std::to_string(id) + ": the lease was lost"};
  }
  Kept& kept = found->second;
  const std::string subject = kept.message.subject;
  const bool put_back = settlement.outcome == Outcome::kPutBack;
  std::deque<Delivery>& log = deliveries_[subject];
  if (put_back) --kept.message.attempts;
  if (!put_back)
    log.push_front({id, kept.message.kind, subject, settlement.outcome, settlement.attempt, settlement.at_ms,
                    settlement.result, settlement.http_status});
  if (log.size() > kMaxDeliveries) log.pop_back();

  stop_waiting(kept, State::kFailed);
  if (settlement.outcome == Outcome::kDone) messages_.erase(found);
  if (settlement.outcome == Outcome::kRetry || put_back) {
    kept.message.due_ms = settlement.retry_at_ms;
    if (subject.empty()) {
      wait(kept, settlement.retry_at_ms);
      return {};
    }
    stop_waiting(kept, State::kBehind);  // an older one may have been replayed meanwhile
  }
  next_in_line(subject);
  return {};
}

bool MemoryOutbox::replay(std::int64_t id, std::int64_t due_ms) {
  const auto found = messages_.find(id);
  if (found == messages_.end() || found->second.state != State::kFailed) return false;
  Kept& kept = found->second;
  kept.message.due_ms = due_ms;
  const std::string& subject = kept.message.subject;
  const auto line = lines_.find(subject);
  if (line == lines_.end()) {
    wait(kept, due_ms);
    return true;
  }
  stop_waiting(kept, State::kBehind);
  Kept& head = messages_.at(line->second.head);
  if (!head.leased) {
    stop_waiting(head, State::kBehind);
    next_in_line(subject);
  }
  return true;
}

bool MemoryOutbox::has_waiting(std::string_view case_id) const {
  return std::ranges::any_of(messages_, [case_id](const auto& each) {
    return each.second.message.case_id == case_id && each.second.state != State::kFailed;
  });
}

void MemoryOutbox::forget(std::string_view case_id) {
  std::erase_if(messages_, [case_id](const auto& each) { return each.second.message.case_id == case_id; });
}

void MemoryOutbox::count(std::int64_t now_ms, Backlog& backlog) const {
  for (const auto& [id, kept] : messages_) ++(kept.state == State::kFailed ? backlog.failed : backlog.waiting);
  if (!due_.empty() && due_.begin()->first <= now_ms) backlog.longest_due_ms = due_.begin()->first;
}

std::vector<Delivery> MemoryOutbox::deliveries(std::string_view subject, int limit) const {
  const auto log = deliveries_.find(subject);
  if (log == deliveries_.end()) return {};
  const auto count = std::min(log->second.size(), static_cast<std::size_t>(std::clamp(limit, 0, kMaxDeliveries)));
  return {log->second.begin(), log->second.begin() + static_cast<std::ptrdiff_t>(count)};
}

template <class Wanted>
std::vector<Subscription> MemorySubscriptions::in_order(const Wanted& wanted) const {
  std::map<std::int64_t, Subscription> found;
  for (const auto& [id, kept] : subscriptions_) {
    if (wanted(kept.subscription)) found.emplace(kept.order, kept.subscription);
  }
  std::vector<Subscription> list;
  list.reserve(found.size());
  for (auto& [order, subscription] : found) list.push_back(std::move(subscription));
  return list;
}

void MemorySubscriptions::put(Subscription subscription) {
  Kept& kept = subscriptions_[subscription.id];
  if (kept.order == 0) kept.order = ++last_order_;
  subscription.event_count = kept.subscription.event_count;
  kept.subscription = std::move(subscription);
}

std::optional<Subscription> MemorySubscriptions::find(std::string_view id) const {
  const auto found = subscriptions_.find(id);
  return found == subscriptions_.end() ? std::nullopt : std::optional(found->second.subscription);
}

std::vector<Subscription> MemorySubscriptions::list(std::string_view client) const {
  return in_order([client](const Subscription& each) { return client.empty() || each.client == client; });
}

std::vector<Subscription> MemorySubscriptions::of(const std::vector<std::string>& organizations) const {
  return in_order([&](const Subscription& each) {
    return std::find_first_of(each.organizations.begin(), each.organizations.end(), organizations.begin(),
                              organizations.end()) != each.organizations.end();
  });
}

bool MemorySubscriptions::change_status(std::string_view id, SubscriptionStatus expected, SubscriptionStatus status,
                                        std::string_view error) {
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end() || found->second.subscription.status != expected) return false;
  found->second.subscription.status = status;
  found->second.subscription.error = error;
  return true;
}

bool MemorySubscriptions::remove(std::string_view id) {
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end()) return false;
  subscriptions_.erase(found);
  return true;
}

std::optional<OutboxMessage> MemorySubscriptions::add_event(const NewEvent& event, const std::string& case_id,
                                                            std::int64_t at_ms) {
  const auto found = subscriptions_.find(event.subscription_id);
  if (found == subscriptions_.end()) return std::nullopt;
  Kept& kept = found->second;
  const std::int64_t number = ++kept.subscription.event_count;
  kept.events.push_back({event.subscription_id, number, case_id, at_ms, event.focus});
  return OutboxMessage{0, case_id, std::string(kEventMessage), std::to_string(number), at_ms, event.subscription_id};
}

std::optional<Event> MemorySubscriptions::event(std::string_view id, std::int64_t number) const {
  const auto found = events(id, number, number, 1);
  return found.empty() ? std::nullopt : std::optional(found.front());
}

void MemorySubscriptions::forget(std::string_view case_id) {
  for (auto& [id, kept] : subscriptions_) {
    std::erase_if(kept.events, [case_id](const Event& event) { return event.case_id == case_id; });
  }
}

std::vector<Event> MemorySubscriptions::events(std::string_view id, std::int64_t from, std::int64_t to,
                                               int limit) const {
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end()) return {};
  std::vector<Event> events;
  const auto most = static_cast<std::size_t>(std::clamp(limit, 0, kMaxCases));
  for (const Event& event : found->second.events) {
    if (event.number < from || event.number > to) continue;
    if (events.size() == most) break;
    events.push_back(event);
  }
  return events;
}

}  // namespace pas::store
