#include "adapter/cli/forward_messages.h"

#include <chrono>
#include <string>

namespace pas::cli {
namespace {

using service::Forwarding;

constexpr std::chrono::seconds kTry{30};  // well within the lease of a message

Forwarding::Errand errand_of(const store::OutboxMessage& message) {
  return {message.case_id, message.origin, std::chrono::steady_clock::now() + kTry};
}

// What is pended there is followed by messages of its own.
notify::Handled handled(Forwarding::Result result) {
  const store::Outcome outcome = result.state == Forwarding::State::kLater     ? store::Outcome::kRetry
                                 : result.state == Forwarding::State::kGivenUp ? store::Outcome::kFailed
                                                                               : store::Outcome::kDone;
  return {outcome, std::move(result.what), result.http_status, 0};
}

// Until there is nothing to do any more.
notify::Handled put_back(Forwarding::Result result) {
  if (result.again_in.count() == 0 || result.state == Forwarding::State::kDone) return handled(std::move(result));
  return {store::Outcome::kPutBack, std::move(result.what), result.http_status,
          std::chrono::milliseconds(result.again_in).count()};
}

}  // namespace

void register_forward_messages(notify::OutboxWorker& worker, const service::Forwarding& forwarding) {
  worker.register_handler(std::string(service::kForwardMessage), [&forwarding](const store::OutboxMessage& message) {
    return handled(forwarding.forward(errand_of(message), message.payload));
  });
  worker.register_handler(std::string(service::kAttachmentMessage), [&forwarding](const store::OutboxMessage& message) {
    return handled(forwarding.attach(errand_of(message), message.payload, message.id));
  });
  worker.register_handler(std::string(service::kFollowMessage), [&forwarding](const store::OutboxMessage& message) {
    Forwarding::Result result = forwarding.follow(errand_of(message));
    if (message.payload == service::kOnce && result.is_answered()) return handled(std::move(result));
    return put_back(std::move(result));
  });
  worker.register_handler(std::string(service::kSubscribeMessage), [&forwarding](const store::OutboxMessage& message) {
    return put_back(forwarding.subscribe(message.payload, errand_of(message).deadline));
  });
}

base::Result<void> subscribe_at_payers(store::Store& store, const service::Forwarding& forwarding,
                                       const gateway::Payers* payers, const base::Clock& clock) {
  if (payers == nullptr) return {};
  std::vector<store::OutboxMessage> messages;
  for (const gateway::Payer& payer : payers->all()) {
    if (!forwarding.needs_subscription(payer.id)) continue;
    messages.push_back({.case_id = {},
                        .kind = std::string(service::kSubscribeMessage),
                        .payload = payer.id,
                        .due_ms = base::to_ms(clock.now())});
  }
  return store.enqueue(messages);
}

}  // namespace pas::cli
