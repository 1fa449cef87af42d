#pragma once
// Writes the ClaimResponse and the CommunicationRequests and Tasks of a response (PAS 2.2.1 profile-claimresponse,
// profile-communicationrequest).

#include "mappings/pas/fhir_writer.h"
#include "mappings/pas/response_plan.h"

namespace pas::pas {

void write_claim_response(const Request& request, const ResponsePlan& plan, const ResponseContext& context,
                          FhirWriter& writer);

void write_communication_request(const Request& request, const PlannedRequest& planned, const ResponseContext& context,
                                 FhirWriter& writer);

void write_task(const Request& request, const PlannedTask& task, const ResponseContext& context, FhirWriter& writer);

// A Reference to the Claim by its identifier: a literal one would oblige us to send the Claim back, with all that it
// refers to (spec-13).
void write_claim_reference(const Request& request, FhirWriter& writer);

// base/ClaimResponse/id
std::string own_url(const ResponseContext& context, std::string_view type, std::string_view id);

}  // namespace pas::pas
