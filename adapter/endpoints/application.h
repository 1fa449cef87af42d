#pragma once
// The route table of the adapter, over the services it is given. Any thread.

#include <atomic>
#include <optional>
#include <string>

#include "adapter/endpoints/auth_endpoints.h"
#include "adapter/endpoints/capability_statement.h"
#include "adapter/endpoints/router.h"
#include "adapter/endpoints/subscription_endpoints.h"
#include "adapter/service/adjudicator.h"
#include "adapter/service/case_service.h"
#include "adapter/service/forwarding.h"
#include "adapter/service/inquire_service.h"
#include "adapter/service/submit_service.h"
#include "adapter/service/test_mode.h"
#include "adapter/service/validation_service.h"
#include "adapter/store/store.h"

namespace pas::endpoints {

// All references outlive the router.
struct Services {
  const service::SubmitService& submit;
  const service::InquireService& inquire;
  const service::CaseService& cases;
  const service::Adjudicator& adjudicator;  // whose policies' questionnaires are served
  store::Store& store;
  const service::ValidationService& validation;
  const base::Clock& clock;
  base::IdSource& ids;
  const std::atomic<bool>& is_draining;
  SubscriptionServices subscriptions;
  service::TestMode* test_mode = nullptr;           // null: off
  audit::Trail* trail = nullptr;                    // null: nothing is recorded
  std::optional<SmartServices> smart = {};          // nothing: nobody is asked who they are
  const service::Forwarding* forwarding = nullptr;  // null: nothing is forwarded
};

// The versions served: each below /pas/<version>/fhir, the newest also below /fhir.
std::vector<VersionBase> versions();

Router make_router(const Services& services, const ServerFacts& facts, std::string public_url);

}  // namespace pas::endpoints
