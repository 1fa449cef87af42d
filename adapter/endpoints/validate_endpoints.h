#pragma once
// $validate on the server and on a resource type (FHIR R4 Resource-validate): any resource, alone or as the parameter
// `resource` of Parameters with `profile` and `mode`, which may also stand in the query. Nothing is stored. Any thread.

#include "adapter/endpoints/router.h"
#include "adapter/service/validation_service.h"
#include "fhir/base/clock.h"

namespace pas::endpoints {

// 200 with the OperationOutcome, whatever is wrong with the resource; 400 when the call itself cannot be read.
http::Response validate_resource(Call& call, const service::ValidationService& validation, const base::Clock& clock);

}  // namespace pas::endpoints
