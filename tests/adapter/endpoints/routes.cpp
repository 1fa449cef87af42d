#include "tests/adapter/endpoints/routes.h"

#include <gtest/gtest.h>

#include "adapter/notify/subscription_service.h"
#include "mappings/pas/v2_0_1/version.h"
#include "mappings/pas/v2_2_1/version.h"

namespace pas::endpoints_test {

http::Response Routes::ask(http::Request request, const std::string& client) {
  auth::Identity caller{auth::anonymous(), {}, false};
  caller.principal->client = client;
  if (request.path.starts_with("/admin")) return admin_.handle(request, caller);
  return endpoints::answer_in_test_mode(
      request, [&](http::Request& passed) { return router_.handle(passed, caller); }, client, adapter_.test_mode,
      adapter_.clock);
}

void Routes::advance(std::chrono::seconds by) {
  adapter_.clock.advance(by);
  const std::int64_t now_ms = base::to_ms(adapter_.clock.now());
  const auto due = adapter_.store->take_messages(now_ms, now_ms + 1, 100);
  ASSERT_TRUE(due);
  for (const store::OutboxMessage& message : *due) {
    store::Settlement settlement = handle(message);
    settlement.attempt = message.attempts;
    settlement.at_ms = now_ms;
    settlement.retry_at_ms = now_ms + 1;
    ASSERT_TRUE(adapter_.store->settle(message.id, settlement));
  }
}

store::Settlement Routes::handle(const store::OutboxMessage& message) {
  store::Settlement settlement;
  if (message.kind == service::kScriptedMessage) (void)cases_.follow_script(message.case_id, message.payload);
  if (message.kind == service::kDeadline) (void)cases_.pass_deadline(message.case_id, std::stoll(message.payload));
  if (message.kind == notify::kHandshakeMessage) {
    EXPECT_TRUE(adapter_.store->change_subscription_status(message.subject, store::SubscriptionStatus::kRequested,
                                                           store::SubscriptionStatus::kActive, ""));
  }
  using State = service::Forwarding::State;
  const service::Forwarding::Errand errand{message.case_id, message.origin,
                                           std::chrono::steady_clock::now() + std::chrono::seconds(20)};
  State state = State::kDone;
  if (message.kind == service::kForwardMessage) state = forwarding_.forward(errand, message.payload).state;
  if (message.kind == service::kAttachmentMessage) {
    state = forwarding_.attach(errand, message.payload, message.id).state;
  }
  if (message.kind == service::kFollowMessage) {
    state = forwarding_.follow(errand).state;
    if (state == State::kPending && message.payload != service::kOnce) state = State::kLater;
  }
  if (state == State::kLater) settlement.outcome = store::Outcome::kRetry;
  if (state == State::kGivenUp) settlement.outcome = store::Outcome::kFailed;
  return settlement;
}

service::CaseService::Options Routes::case_options() {
  service::CaseService::Options options;
  options.base_url = base_url;
  options.deny_at_deadline = deny_at_deadline_;
  options.subscribers = [this](const store::Case& record) { return subscriptions_.matching(record); };
  options.versions = {&v2_2_1::kVersion, &v2_0_1::kVersion};
  return options;
}

}  // namespace pas::endpoints_test
