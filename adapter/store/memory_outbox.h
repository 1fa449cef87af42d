#pragma once
// The outbox, the delivery log, and the subscriptions with their events, in memory. The caller holds the lock.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/store/outbox.h"
#include "adapter/store/subscription.h"
#include "fhir/base/result.h"

namespace pas::store {

struct Backlog;

class MemoryOutbox {
 public:
  void add(OutboxMessage message);
  std::vector<OutboxMessage> take(std::int64_t now_ms, std::int64_t lease_until_ms, int limit);
  base::Result<void> settle(std::int64_t id, const Settlement& settlement);
  bool replay(std::int64_t id, std::int64_t due_ms);
  // Whether a message of the case has yet to be sent or done.
  bool has_waiting(std::string_view case_id) const;
  // Removes those of the case, none of which waits.
  void forget(std::string_view case_id);
  void count(std::int64_t now_ms, Backlog& backlog) const;
  std::vector<Delivery> deliveries(std::string_view subject, int limit) const;

 private:
  // Of a subject's messages one is kWaiting and the others stand kBehind it.
  enum class State { kWaiting, kBehind, kFailed };
  struct Kept {
    OutboxMessage message;
    State state = State::kWaiting;
    bool leased = false;
  };
  struct Line {  // of one subject; an empty subject has none
    std::int64_t head = 0;
    std::set<std::int64_t> behind;
  };

  void wait(Kept& kept, std::int64_t due_ms);
  void stop_waiting(Kept& kept, State state);
  void next_in_line(const std::string& subject);

  std::map<std::int64_t, Kept> messages_;
  std::set<std::pair<std::int64_t, std::int64_t>> due_;  // time and id of those that wait
  std::map<std::string, Line, std::less<>> lines_;
  std::map<std::string, std::deque<Delivery>, std::less<>> deliveries_;  // the newest in front
  std::int64_t last_id_ = 0;
};

class MemorySubscriptions {
 public:
  void put(Subscription subscription);
  std::optional<Subscription> find(std::string_view id) const;
  std::vector<Subscription> list(std::string_view client) const;
  std::vector<Subscription> of(const std::vector<std::string>& organizations) const;
  bool change_status(std::string_view id, SubscriptionStatus expected, SubscriptionStatus status,
                     std::string_view error);
  bool remove(std::string_view id);

  // The message that tells it; nothing when the subscription is not there.
  std::optional<OutboxMessage> add_event(const NewEvent& event, const std::string& case_id, std::int64_t at_ms);
  std::optional<Event> event(std::string_view id, std::int64_t number) const;
  // Removes the events of the case; no number is given again.
  void forget(std::string_view case_id);
  std::vector<Event> events(std::string_view id, std::int64_t from, std::int64_t to, int limit) const;

 private:
  struct Kept {
    Subscription subscription;
    std::int64_t order = 0;
    std::vector<Event> events;  // number 1 first
  };
  template <class Wanted>
  std::vector<Subscription> in_order(const Wanted& wanted) const;

  std::map<std::string, Kept, std::less<>> subscriptions_;
  std::int64_t last_order_ = 0;
};

}  // namespace pas::store
