#pragma once
// Where the servers of payers tell of what they decide later. Any thread.

#include <functional>
#include <vector>

#include "adapter/endpoints/router.h"
#include "adapter/service/forwarding.h"

namespace pas::endpoints {

// POST /gateway/{id}/notification, where {id} is a payer's: whoever has its secret may make this adapter ask that
// payer's server about cases of that payer, and nothing else. `forwarding` outlives the route; `wake` tells the outbox
// worker that there is something to do.
std::vector<Route> gateway_routes(const service::Forwarding& forwarding, std::function<void()> wake);

}  // namespace pas::endpoints
