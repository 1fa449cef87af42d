#include "adapter/endpoints/admin.h"

#include <algorithm>
#include <iterator>

#include "adapter/console/files.h"
#include "adapter/endpoints/admin_json.h"
#include "adapter/endpoints/monitor_endpoints.h"
#include "adapter/endpoints/page_endpoints.h"
#include "adapter/endpoints/review_endpoints.h"
#include "adapter/endpoints/test_endpoints.h"

namespace pas::endpoints {

Router make_admin_router(const AdminServices& services) {
  std::vector<Route> all = review_routes(services.cases, services.adjudicator, services.store, services.clock);
  const auto add = [&all](std::vector<Route> more) { std::ranges::move(more, std::back_inserter(all)); };
  add(delivery_routes(services.subscriptions));
  add(policy_routes(services.adjudicator, services.reload));
  add(health_routes(services.store, services.adjudicator, services.is_draining));
  add(metrics_routes(services.figures));
  add(page_routes("/console", "console.html"));
  if (services.test_mode != nullptr) add(trace_routes(*services.test_mode));
  add({{http::Method::kGet, Place::kServer, "/admin/openapi.json", kAnyClient,
        [](Call&) { return json_answer(200, std::string(console::find("admin_openapi.json")->content)); }}});
  return {std::move(all), {}, {}, services.trail, kAdminWording};
}

}  // namespace pas::endpoints
