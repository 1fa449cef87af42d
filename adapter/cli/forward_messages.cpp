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
    if (result.again_in.count() == 0 || result.state == Forwarding::State::kDone) return handled(std::move(result));
    return notify::Handled{store::Outcome::kPutBack, std::move(result.what), result.http_status,
                           std::chrono::milliseconds(result.again_in).count()};
  });
}

}  // namespace pas::cli
