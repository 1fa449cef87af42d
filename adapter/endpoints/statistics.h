#pragma once
// GET /admin/statistics?days=14: what waits by its age in whole hours, and, of the cases that came in these days, how
// many items were answered with which action on which day (UTC). A person's decision counts on the day of the last
// revision. Counts alone, no patient data. Any thread.

#include "adapter/endpoints/router.h"
#include "adapter/store/store.h"
#include "fhir/base/clock.h"

namespace pas::endpoints {

http::Response read_statistics(const Call& call, const store::Store& store, const base::Clock& clock);

}  // namespace pas::endpoints
