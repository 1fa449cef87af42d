#pragma once
// What a reviewer reads beside the decision records of a case, cut from its request: who the member is, and the request
// itself with its documents. Patient data: for admin routes alone. Any thread.

#include <string>

#include "adapter/endpoints/router.h"
#include "adapter/service/adjudicator.h"
#include "adapter/store/store.h"
#include "fhir/json/writer.h"

namespace pas::endpoints {

// Into an open object: "member": {"initials": "E. P.", "age": 47, "sex": "female"}, what of it can be told, and
// "policy", the id of the one that decided the case's first item that is not decided yet.
base::Result<void> write_headline(const store::Store& store, const store::Case& record, base::Date today,
                                  json::Writer& out);

// {"bundle": the request as the policy reads it, with what came for it later; "arrivals": [{"id", "at"}]; "texts":
// [{"source": "Bundle.entry[7].resource", "text" or "problem"}], of the DocumentReferences, as the policy reads them}.
http::Response read_material(const Call& call, const service::Adjudicator& adjudicator, const store::Store& store);

}  // namespace pas::endpoints
