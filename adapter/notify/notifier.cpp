#include "adapter/notify/notifier.h"

#include <charconv>
#include <chrono>
#include <utility>

#include "adapter/notify/subscription_request.h"
#include "adapter/observe/trace.h"
#include "fhir/base/digest.h"

namespace pas::notify {
namespace {

using store::Outcome;
using store::SubscriptionStatus;

constexpr std::int64_t kBusyHostMs = 200;

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

// Of the subscriber's choice, and what its log and ours can be put together by.
std::vector<std::string> headers_for(const store::OutboxMessage& message, std::vector<std::string> headers) {
  headers.push_back(std::string(observe::kTraceParent) + ": " + message.origin.traceparent);
  if (!message.origin.request_id.empty()) headers.push_back("X-Request-Id: " + message.origin.request_id);
  return headers;
}

Handled try_again(const base::Error& error) {
  return {Outcome::kRetry, error.message};
}

}  // namespace

// One of the host's places, if there is one.
class Notifier::HostSlot {
 public:
  HostSlot(Notifier& notifier, const std::string& host) : notifier_(notifier), host_(host) {
    const std::scoped_lock lock(notifier_.mutex_);
    int& sending = notifier_.sending_[host_];
    taken_ = sending < notifier_.per_host_;
    if (taken_) ++sending;
  }
  HostSlot(const HostSlot&) = delete;
  HostSlot& operator=(const HostSlot&) = delete;
  ~HostSlot() {
    if (!taken_) return;
    const std::scoped_lock lock(notifier_.mutex_);
    const auto sending = notifier_.sending_.find(host_);
    if (--sending->second == 0) notifier_.sending_.erase(sending);
  }
  explicit operator bool() const { return taken_; }

 private:
  Notifier& notifier_;
  const std::string host_;
  bool taken_ = false;
};

Notifier::Notifier(store::Store& store, const SubscriptionService& subscriptions, Sender& sender,
                   const Backoff& backoff, const base::Clock& clock, int per_host)
    : store_(store),
      subscriptions_(subscriptions),
      sender_(sender),
      backoff_(backoff),
      clock_(clock),
      per_host_(per_host) {}

void Notifier::register_at(OutboxWorker& worker) {
  worker.register_handler(std::string(kHandshakeMessage), [this](const auto& message) { return handshake(message); });
  worker.register_handler(std::string(store::kEventMessage), [this](const auto& message) { return event(message); });
  worker.register_handler(std::string(kHeartbeatMessage), [this](const auto& message) { return heartbeat(message); });
}

std::int64_t Notifier::now_ms() const {
  return base::to_ms(clock_.now());
}

Handled Notifier::give_up(const store::Subscription& subscription, Handled handled) {
  handled.outcome = Outcome::kFailed;
  if (subscription.status != SubscriptionStatus::kError) {
    auto changed = store_.change_subscription_status(subscription.id, subscription.status, SubscriptionStatus::kError,
                                                     "Notifications could not be delivered: " + handled.result);
    if (!changed) return try_again(changed.error());
  }
  return handled;
}

// One try, and what follows from it for the message and the subscription's status.
Handled Notifier::deliver(const store::OutboxMessage& message, const store::Subscription& subscription,
                          std::string body, const std::vector<std::string>& headers) {
  const auto endpoint = subscriptions_.options().endpoints.check(subscription.endpoint);
  if (!endpoint) return give_up(subscription, {Outcome::kFailed, endpoint.error().message});
  const HostSlot slot(*this, endpoint->host);
  if (!slot) return {Outcome::kPutBack, "", 0, kBusyHostMs};
  const Sent sent = sender_.post({*endpoint, headers_for(message, headers), std::move(body)});
  Handled handled{Outcome::kDone, sent.status > 0 ? "HTTP " + std::to_string(sent.status) : sent.error, sent.status};
  if (sent.ok()) {
    const bool becomes_active = message.kind == kHandshakeMessage || message.kind == store::kEventMessage;
    if (becomes_active && subscription.status != SubscriptionStatus::kActive) {
      const auto present = store_.find_subscription(subscription.id);
      if (!present) return try_again(present.error());
      if (*present && (*present)->json == subscription.json) {  // not replaced while it was on its way
        auto changed =
            store_.change_subscription_status(subscription.id, subscription.status, SubscriptionStatus::kActive, {});
        if (!changed) return try_again(changed.error());
      }
    }
    return handled;
  }
  const auto delay = sent.refused ? std::nullopt : backoff_.delay_ms(message.attempts);
  if (!delay) return give_up(subscription, handled);
  handled.outcome = Outcome::kRetry;
  handled.retry_after_ms = *delay;
  return handled;
}

Handled Notifier::handshake(const store::OutboxMessage& message) {
  const auto found = subscriptions_.find(message.subject);
  if (!found) return try_again(found.error());
  if (!*found) return {Outcome::kDone, "the subscription is gone"};
  const store::Subscription& subscription = **found;
  if (subscription.status == SubscriptionStatus::kOff) return {Outcome::kDone, "the subscription is off"};
  const auto document = json::Document::parse(subscription.json);
  if (!document) return {Outcome::kFailed, "the stored subscription cannot be read"};
  const std::int64_t at_ms = number_of(message.payload).value_or(subscription.created_ms);
  return deliver(message, subscription,
                 write_handshake(subscription, subscriptions_.options().base_url(subscription.version), at_ms),
                 channel_of(document->root()).headers);
}

Handled Notifier::event(const store::OutboxMessage& message) {
  const auto found = subscriptions_.find(message.subject);
  if (!found) return try_again(found.error());
  if (!*found) return {Outcome::kDone, "the subscription is gone"};
  const store::Subscription& subscription = **found;
  if (subscription.status == SubscriptionStatus::kOff) return {Outcome::kDone, "the subscription is off"};
  if (subscription.status == SubscriptionStatus::kError && message.attempts == 1) {
    return {Outcome::kFailed, "the subscription is in error"};
  }
  const auto event = store_.find_event(message.subject, number_of(message.payload).value_or(0));
  if (!event) return try_again(event.error());
  const auto document = json::Document::parse(subscription.json);
  if (!*event || !document) return {Outcome::kFailed, "the stored event or subscription cannot be read"};
  const Channel channel = channel_of(document->root());
  return deliver(message, subscription,
                 write_event(**event, channel.content, subscriptions_.options().base_url(subscription.version)),
                 channel.headers);
}

// The message stands for all heartbeats of one resource: it comes again and again. None is tried twice.
Handled Notifier::heartbeat(const store::OutboxMessage& message) {
  const auto bar = message.payload.rfind('/');
  const std::string id = message.payload.substr(0, bar);
  const auto found = subscriptions_.find(id);
  if (!found) return try_again(found.error());
  if (!*found || bar == std::string::npos) return {Outcome::kDone, "the subscription is gone"};
  const store::Subscription& subscription = **found;
  if (base::sha256_hex(subscription.json) != std::string_view(message.payload).substr(bar + 1)) {
    return {Outcome::kDone, "the subscription was replaced"};
  }
  const std::int64_t period_ms = subscription.heartbeat_s * 1000;
  if (subscription.status == SubscriptionStatus::kOff) return {Outcome::kDone, "the subscription is off"};
  if (subscription.status != SubscriptionStatus::kActive) return {Outcome::kPutBack, "", 0, period_ms};
  const auto document = json::Document::parse(subscription.json);
  const auto endpoint = subscriptions_.options().endpoints.check(subscription.endpoint);
  if (!document || !endpoint) return {Outcome::kFailed, "the stored subscription cannot be read"};
  const HostSlot slot(*this, endpoint->host);
  if (!slot) return {Outcome::kPutBack, "", 0, kBusyHostMs};
  const Sent sent =
      sender_.post({*endpoint, headers_for(message, channel_of(document->root()).headers),
                    write_heartbeat(subscription, subscriptions_.options().base_url(subscription.version), now_ms())});
  return {Outcome::kRetry, sent.status > 0 ? "HTTP " + std::to_string(sent.status) : sent.error, sent.status,
          period_ms};
}

}  // namespace pas::notify
