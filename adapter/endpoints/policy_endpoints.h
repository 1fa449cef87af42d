#pragma once
// POST /admin/policies/reload: what SIGHUP does, with an answer (admin listener only). 200 with the policies and
// payers now in force, or 422 with every mistake, and what was in force stays. GET /admin/policies lists them. Any
// thread.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapter/endpoints/router.h"
#include "adapter/service/adjudicator.h"

namespace pas::endpoints {

// Loads policies, payers and rosters anew and puts them in force; every mistake, when they are refused.
using ReloadPolicies = std::function<std::vector<std::string>()>;

// All references outlive the routes.
std::vector<Route> policy_routes(const service::Adjudicator& adjudicator, ReloadPolicies reload);

}  // namespace pas::endpoints
