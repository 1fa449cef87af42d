#pragma once
// The review API, for people who decide what was pended (admin listener only: it shows patient data to whom it lets
// in). JSON; what is refused is a problem (admin_json.h). Any thread.
//
//   GET  /admin/queue?payer=&member=&client=&dueWithinHours=&limit=&before=    pended cases, newest first
//   GET  /admin/cases/{id}                 the case: items, what is asked for, decision records, history
//     both with an ETag, by which they answer 304 as long as nothing has changed
//   POST /admin/cases/{id}/decision        {"revision": 1, "reviewer": {"name", "npi", "specialty": {"system",
//   "code"}},
//     "items": [{"sequence", "action", "reason", "note", "quantity", "quantityCode", "validFrom", "validTo",
//                "documents": [{"loinc", "title", "reportType", "modifier"}], "questions": [linkId]}]}
//     409 when the case has another revision by now; 422 with the mistakes.
//   POST /admin/cases/{id}/preview         the same body: the response Bundle that the decision would send
//   GET  /admin/cases/{id}/request         case_material.h
//   GET  /admin/statistics?days=           what waits by its age; decisions by day

#include <vector>

#include "adapter/endpoints/router.h"
#include "adapter/service/case_service.h"
#include "adapter/store/store.h"
#include "fhir/base/clock.h"

namespace pas::endpoints {

// All references outlive the routes.
std::vector<Route> review_routes(const service::CaseService& cases, const service::Adjudicator& adjudicator,
                                 const store::Store& store, const base::Clock& clock);

}  // namespace pas::endpoints
