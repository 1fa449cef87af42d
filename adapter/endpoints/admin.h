#pragma once
// The routes of the admin listener in one table: reviewers, operators and monitors. GET /admin/openapi.json describes
// them (admin_openapi.json, which a test holds against this table). Any thread.

#include <atomic>

#include "adapter/endpoints/policy_endpoints.h"
#include "adapter/endpoints/router.h"
#include "adapter/endpoints/subscription_endpoints.h"
#include "adapter/observe/metrics.h"
#include "adapter/service/adjudicator.h"
#include "adapter/service/case_service.h"
#include "adapter/service/test_mode.h"
#include "adapter/store/store.h"

namespace pas::endpoints {

// All references outlive the router.
struct AdminServices {
  const service::CaseService& cases;
  const service::Adjudicator& adjudicator;
  const store::Store& store;
  const base::Clock& clock;
  SubscriptionServices subscriptions;
  ReloadPolicies reload;
  const observe::Registry& figures;
  const std::atomic<bool>& is_draining;
  const service::TestMode* test_mode = nullptr;  // null: off
  audit::Trail* trail = nullptr;                 // null: nothing is recorded
};

Router make_admin_router(const AdminServices& services);

}  // namespace pas::endpoints
