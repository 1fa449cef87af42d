#pragma once
// When what a Claim asks for is served.

#include <optional>

#include "fhir/base/calendar.h"
#include "fhir/json/document.h"
#include "mappings/pas/request.h"
#include "mappings/pas/response.h"

namespace pas::pas {

// A FHIR Period whose ends are whole days; nothing where they are not.
DatePeriod period_of(json::Node period);

// Claim.item.serviced[x].
DatePeriod served_of(json::Node claim_item);

// The last day that the items name, else the Claim's billablePeriod; of a period without an end its first.
std::optional<base::Date> last_day_served(const Request& request);

}  // namespace pas::pas
