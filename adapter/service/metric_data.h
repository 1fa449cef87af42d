#pragma once
// What the guide wants counted of each prior authorization (PAS 2.2.1, logical model PASMetricData), told from what the
// store has of it. Plain functions; any thread.

#include <string>

#include "adapter/store/store.h"
#include "fhir/base/result.h"

namespace pas::service {

// One PASMetricData as JSON: each exchange about the case, and each item as it stands. No member or patient is in it.
// kInvalid when the case's items cannot be read.
base::Result<std::string> metric_data(const store::Store& store, const store::Case& record);

// Of an exchange about no case: a request that was refused, an inquiry that found nothing. Who asked is told as far as
// it could be read.
std::string metric_data(const store::Exchange& other);

}  // namespace pas::service
