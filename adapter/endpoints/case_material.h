#pragma once
// What a reviewer reads beside the decision records of a case: its request with its documents. Patient data: for admin
// routes alone. Any thread.

#include "adapter/endpoints/router.h"
#include "adapter/service/adjudicator.h"
#include "adapter/store/store.h"

namespace pas::endpoints {

// {"bundle": the request as the policy reads it, with what came for it later; "arrivals": [{"id", "at"}]; "texts":
// [{"source": "Bundle.entry[7].resource", "text" or "problem"}], of the DocumentReferences, as the policy reads them}.
http::Response read_material(const Call& call, const service::Adjudicator& adjudicator, const store::Store& store);

}  // namespace pas::endpoints
