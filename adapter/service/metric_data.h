#pragma once
// What the guide wants counted of each prior authorization (PAS 2.2.1, logical model PASMetricData), told from what the
// store has of a case. Plain function; any thread.

#include <string>
#include <vector>

#include "adapter/store/case.h"
#include "fhir/base/result.h"

namespace pas::service {

// One PASMetricData as JSON, of the payer's side: the request, what came for it later, and each item as it stands. No
// member or patient is in it. kInvalid when the case's items cannot be read.
base::Result<std::string> metric_data(const store::Case& record, const std::vector<store::HistoryEntry>& history);

}  // namespace pas::service
