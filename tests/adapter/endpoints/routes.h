#pragma once
// The routes of an adapter without sockets, over a store of its own and a clock that the test moves.

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "adapter/endpoints/admin.h"
#include "adapter/endpoints/application.h"
#include "adapter/endpoints/test_endpoints.h"
#include "adapter/service/forwarding.h"
#include "tests/adapter/service/fixture.h"

namespace pas::endpoints_test {

class Routes {
 public:
  explicit Routes(const std::string& store, bool deny_at_deadline = false,
                  const std::string& policies = "mappings/policies", audit::Trail* trail = nullptr,
                  const std::shared_ptr<const gateway::Payers>& payers = nullptr)
      : deny_at_deadline_(deny_at_deadline),
        adapter_(store, policies, payers),
        inquire_(*adapter_.adjudicator, *adapter_.validation, *adapter_.store, adapter_.clock,
                 [this](const store::Case& record, const service::InquireRequest& request, service::Deadline until) {
                   return forwarding_.inquire({record.id, request.origin, until}, request.via);
                 }),
        subscriptions_(*adapter_.store, adapter_.clock, adapter_.ids, subscription_options()),
        cases_(*adapter_.adjudicator, *adapter_.store, adapter_.clock, case_options()),
        backends_(payers, adapter_.clock, adapter_.ids),
        forwarding_({.backends = backends_,
                     .cases = cases_,
                     .adjudicator = *adapter_.adjudicator,
                     .validation = *adapter_.validation,
                     .store = *adapter_.store,
                     .clock = adapter_.clock,
                     .log = log_,
                     .versions = case_options().versions}),
        admin_(endpoints::make_admin_router({.cases = cases_,
                                             .adjudicator = *adapter_.adjudicator,
                                             .store = *adapter_.store,
                                             .clock = adapter_.clock,
                                             .subscriptions = subscription_services(),
                                             .reload = [] { return std::vector<std::string>(); },
                                             .figures = figures_,
                                             .is_draining = is_draining_,
                                             .test_mode = &adapter_.test_mode,
                                             .trail = trail})),
        router_(endpoints::make_router({.submit = *adapter_.service,
                                        .inquire = inquire_,
                                        .cases = cases_,
                                        .adjudicator = *adapter_.adjudicator,
                                        .store = *adapter_.store,
                                        .validation = *adapter_.validation,
                                        .clock = adapter_.clock,
                                        .ids = adapter_.ids,
                                        .is_draining = is_draining_,
                                        .subscriptions = subscription_services(),
                                        .test_mode = &adapter_.test_mode,
                                        .trail = trail,
                                        .forwarding = payers == nullptr ? nullptr : &forwarding_},
                                       {}, "https://payer.example")) {
    adapter_.forward = [this](const std::string& id, const service::SubmitRequest& request, service::Deadline until) {
      return forwarding_.forward({id, request.origin, until}, request.via).is_answered();
    };
  }

  // By a client that may do everything with what is its own. "anonymous" may subscribe for every organization, as it
  // may without authentication; another for the one that its name holds after a colon ("ehr-b:2093401281").
  http::Response ask(http::Request request, const std::string& client = std::string(auth::kAnonymous));
  // The routers, the admin one last.
  std::vector<const endpoints::Router*> routers() const { return {&router_, &admin_}; }
  const service::ValidationService& validation() const { return *adapter_.validation; }
  const store::Store& store() const { return *adapter_.store; }
  const policy::PolicySet& policies() const { return *adapter_.adjudicator->basis().policies; }
  // What the outbox holds for that time is done, but for notifications.
  void advance(std::chrono::seconds by);

 private:
  static std::string base_url(std::string_view version) {
    return "https://payer.example/pas/" + std::string(version) + "/fhir";
  }
  static notify::SubscriptionOptions subscription_options() {
    notify::SubscriptionOptions options;
    options.base_url = base_url;
    options.may_subscribe = [](std::string_view client, std::string_view organization) {
      const auto bar = organization.rfind('|');  // none: npos, and the whole of it follows
      return client == auth::kAnonymous || client.ends_with(":" + std::string(organization.substr(bar + 1)));
    };
    return options;
  }
  service::CaseService::Options case_options();
  store::Settlement handle(const store::OutboxMessage& message);
  endpoints::SubscriptionServices subscription_services() {
    return {.subscriptions = subscriptions_,
            .validation = *adapter_.validation,
            .store = *adapter_.store,
            .clock = adapter_.clock};
  }

  bool deny_at_deadline_;
  std::atomic<bool> is_draining_ = false;
  service_test::Adapter adapter_;
  service::InquireService inquire_;
  notify::SubscriptionService subscriptions_;
  service::CaseService cases_;
  gateway::Backends backends_;
  observe::Log log_ = observe::Log::to_sink(observe::Severity::kError, adapter_.clock, [](std::string_view) {});
  service::Forwarding forwarding_;
  observe::Registry figures_;
  endpoints::Router admin_;
  endpoints::Router router_;
};

}  // namespace pas::endpoints_test
