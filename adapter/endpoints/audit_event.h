#pragma once
// What the audit is told of a request: by its route, its caller, the answer's status and the ids of what it touched.
// Plain functions; any thread.

#include "adapter/audit/event.h"
#include "adapter/endpoints/router.h"

namespace pas::endpoints {

// Null for a route that is not recorded: those that are open, but for the one that gives out tokens.
const audit::Kind* audit_kind_of(const Route& route);

// An id in the path stands in it when it is one that we gave (a UUID), or the answer says that it is known here: what a
// client only wrote into a path may be anything.
audit::Event audit_event(const audit::Kind& kind, const Route& route, std::string_view base_path, const Call& call,
                         int status);

}  // namespace pas::endpoints
