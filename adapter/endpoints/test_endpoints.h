#pragma once
// The test mode's routes, and what wraps the other ones while it is on. Any thread.
//
//   POST   /test/script   {"outcomes": ["A1", {"first": "A4", "then": "A1", "afterSeconds": 20}]}: of the client's next
//                         submissions, in order
//   POST   /test/faults   {"faults": [{"fault": "delay", "milliseconds": 500}, {"fault": "status", "status": 503},
//                         {"fault": "drop"}, {"fault": "lose-notification"}, {"fault": "duplicate-notification"}]}
//   GET    /test/script   how many outcomes are left; DELETE forgets outcomes, faults and trace
//   GET    /test/trace    what the caller exchanged, with bodies
//   POST   /test/notifications/{id}   a listener for subscriptions, open to whoever notifies; GET tells what came
//   GET    /try           a page for all of it
//   GET    /admin/trace   what the caller, or ?client=, exchanged, with bodies (admin listener)

#include <vector>

#include "adapter/endpoints/router.h"
#include "adapter/service/test_mode.h"
#include "fhir/base/clock.h"

namespace pas::endpoints {

// All references outlive the routes.
std::vector<Route> test_routes(service::TestMode& mode, const base::Clock& clock);
std::vector<Route> trace_routes(const service::TestMode& mode);

// Answers as `handler` does, with the client's faults, and records it.
http::Response answer_in_test_mode(http::Request& request, const std::function<http::Response(http::Request&)>& handler,
                                   const std::string& client, service::TestMode& mode, const base::Clock& clock);

}  // namespace pas::endpoints
