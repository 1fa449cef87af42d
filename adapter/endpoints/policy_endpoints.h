#pragma once
// POST /admin/policies/reload: what SIGHUP does, with an answer (admin listener only). 200 with the policies now in
// force, or 422 with every mistake, and the ones that were in force stay. GET /admin/policies lists them. Any thread.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapter/endpoints/router.h"
#include "adapter/service/adjudicator.h"

namespace pas::endpoints {

// Loads the policies anew and puts them in force; every mistake, when they are refused.
using ReloadPolicies = std::function<std::vector<std::string>()>;

// All references outlive the routes.
std::vector<Route> policy_routes(const service::Adjudicator& adjudicator, ReloadPolicies reload);

}  // namespace pas::endpoints
