#pragma once
// A stored request with what came for it later, so that its items are evaluated on all of it. Plain function; any
// thread.

#include <span>
#include <string>

#include "fhir/base/result.h"

namespace pas::service {

// `request` is a body as submitted: a Bundle, or Parameters with one. Each entry is a JSON object with fullUrl and
// resource. A document, or a completed questionnaire, is also made a supportingInfo of the Claim, with a number that
// none has. kInvalid when something is not JSON of that shape.
base::Result<std::string> enriched_request(std::string request, std::span<const std::string> entries);

}  // namespace pas::service
