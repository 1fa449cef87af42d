#pragma once
// The routes of an adapter without sockets, over a store of its own and a clock that the test moves.

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "adapter/endpoints/admin.h"
#include "adapter/endpoints/application.h"
#include "adapter/endpoints/test_endpoints.h"
#include "tests/adapter/service/fixture.h"

namespace pas::endpoints_test {

class Routes {
 public:
  explicit Routes(const std::string& store, bool deny_at_deadline = false,
                  const std::string& policies = "mappings/policies", audit::Trail* trail = nullptr)
      : deny_at_deadline_(deny_at_deadline),
        adapter_(store, policies),
        inquire_(*adapter_.adjudicator, *adapter_.validation, *adapter_.store, adapter_.clock),
        subscriptions_(*adapter_.store, adapter_.clock, adapter_.ids, subscription_options()),
        cases_(*adapter_.adjudicator, *adapter_.store, adapter_.clock, case_options()),
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
                                        .trail = trail},
                                       {}, "https://payer.example")) {}

  // By a client that may do everything with what is its own. "anonymous" may subscribe for every organization, as it
  // may without authentication; another for the one that its name holds after a colon ("ehr-b:2093401281").
  http::Response ask(http::Request request, const std::string& client = std::string(auth::kAnonymous));
  // The routers, the admin one last.
  std::vector<const endpoints::Router*> routers() const { return {&router_, &admin_}; }
  const service::ValidationService& validation() const { return *adapter_.validation; }
  const store::Store& store() const { return *adapter_.store; }
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
  observe::Registry figures_;
  endpoints::Router admin_;
  endpoints::Router router_;
};

}  // namespace pas::endpoints_test
