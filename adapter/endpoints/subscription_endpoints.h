#pragma once
// Subscription: create, read, replace, delete, $status and $events; and, apart, the delivery log with its replay. A
// client has its own subscriptions only. Any thread.

#include <functional>
#include <vector>

#include "adapter/endpoints/router.h"
#include "adapter/notify/subscription_service.h"
#include "adapter/service/validation_service.h"

namespace pas::endpoints {

// All references outlive the routes. `wake` tells the outbox worker that there is something to do.
struct SubscriptionServices {
  const notify::SubscriptionService& subscriptions;
  const service::ValidationService& validation;
  store::Store& store;
  const base::Clock& clock;
  std::function<void()> wake = [] {};
};

std::vector<Route> subscription_routes(const SubscriptionServices& services);
// For an operator (admin listener): the delivery log, and replay of what failed.
std::vector<Route> delivery_routes(const SubscriptionServices& services);

}  // namespace pas::endpoints
