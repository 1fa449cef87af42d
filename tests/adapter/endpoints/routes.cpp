#include "tests/adapter/endpoints/routes.h"

#include <gtest/gtest.h>

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
  const auto now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(adapter_.clock.now().time_since_epoch());
  const auto due = adapter_.store->take_messages(now_ms.count(), now_ms.count() + 1, 100);
  ASSERT_TRUE(due);
  for (const store::OutboxMessage& message : *due) {
    if (message.kind == service::kScriptedMessage) (void)cases_.follow_script(message.case_id, message.payload);
    if (message.kind == service::kDeadline) (void)cases_.pass_deadline(message.case_id, std::stoll(message.payload));
    store::Settlement done;
    done.attempt = message.attempts;
    done.at_ms = now_ms.count();
    ASSERT_TRUE(adapter_.store->settle(message.id, done));
  }
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
