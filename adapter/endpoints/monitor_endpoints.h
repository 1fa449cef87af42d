#pragma once
// For whoever watches over the process: GET /healthz (it answers), GET /readyz (it can take requests: 200, else 503)
// and GET /metrics. None asks for credentials, and none holds patient data. Any thread.

#include <atomic>
#include <vector>

#include "adapter/endpoints/router.h"
#include "adapter/observe/metrics.h"
#include "adapter/service/adjudicator.h"
#include "adapter/store/store.h"

namespace pas::endpoints {

// All references outlive the routes. `is_draining`: the process is about to end.
std::vector<Route> health_routes(const store::Store& store, const service::Adjudicator& adjudicator,
                                 const std::atomic<bool>& is_draining);
// For the admin listener: how much business there is, is nobody else's to know.
std::vector<Route> metrics_routes(const observe::Registry& registry);

}  // namespace pas::endpoints
