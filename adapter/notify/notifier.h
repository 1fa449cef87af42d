#pragma once
// Sends what the outbox holds for subscribers: handshakes, events and heartbeats, as handlers of an OutboxWorker.
//
// A handshake that arrives makes a subscription active. What cannot be delivered is tried again by the back-off, and
// after its last try makes the subscription error; the message stays and can be replayed, and a delivery makes the
// subscription active again. A new event of a subscription in error is not tried, and can be replayed likewise.
// Handlers run on any number of threads; at most `per_host` send to one host at the same time.

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "adapter/notify/backoff.h"
#include "adapter/notify/http_sender.h"
#include "adapter/notify/outbox_worker.h"
#include "adapter/notify/subscription_service.h"

namespace pas::notify {

class Notifier {
 public:
  // All references outlive the notifier, and the notifier the worker that it is registered at.
  Notifier(store::Store& store, const SubscriptionService& subscriptions, Sender& sender, const Backoff& backoff,
           const base::Clock& clock, int per_host = 2);

  void register_at(OutboxWorker& worker);

  Handled handshake(const store::OutboxMessage& message);
  Handled event(const store::OutboxMessage& message);
  Handled heartbeat(const store::OutboxMessage& message);

 private:
  class HostSlot;

  Handled deliver(const store::OutboxMessage& message, const store::Subscription& subscription, std::string body,
                  const std::vector<std::string>& headers);
  Handled give_up(const store::Subscription& subscription, Handled handled);
  std::int64_t now_ms() const;

  store::Store& store_;
  const SubscriptionService& subscriptions_;
  Sender& sender_;
  const Backoff& backoff_;
  const base::Clock& clock_;
  const int per_host_;
  std::mutex mutex_;
  std::map<std::string, int> sending_;  // by host
};

}  // namespace pas::notify
