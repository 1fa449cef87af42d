#pragma once
// Writes the ClaimResponse and the CommunicationRequests of a response (PAS 2.2.1 profile-claimresponse,
// profile-communicationrequest).

#include "mappings/pas/fhir_writer.h"
#include "mappings/pas/response_plan.h"

namespace pas::pas {

void write_claim_response(const Request& request, const ResponsePlan& plan, const ResponseContext& context,
                          FhirWriter& writer);

void write_communication_request(const Request& request, const PlannedRequest& planned, const ResponseContext& context,
                                 FhirWriter& writer);

// base/ClaimResponse/id
std::string own_url(const ResponseContext& context, std::string_view type, std::string_view id);

}  // namespace pas::pas
