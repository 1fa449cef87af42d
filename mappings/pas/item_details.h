#pragma once
// What a response says of an item beside its decision, all of it from the request: who is authorized to give it, the
// stay that it belongs to, its diagnoses, and the details that an authorized item repeats (PAS 2.2.1
// profile-claimresponse).
//
// Left out, since their own definitions do not name the place (a strict validator reports them):
// extension-itemAuthorizedProvider on the ClaimResponse, extension-communicatedDiagnosis on its item, and
// extension-certificationType, -serviceItemRequestType, -productOrServiceCodeEnd and -revenueUnitRateLimit on addItem.

#include "mappings/pas/fhir_writer.h"
#include "mappings/pas/response_plan.h"

namespace pas::pas {

// extension-itemAuthorizedProvider, one for each member of the item's care team.
void write_authorized_providers(const Request& request, const Item& item, FhirWriter& writer, FhirWriter::List& list);

// extension-admissionDates and extension-dischargeDate, of the Claim's supportingInfo.
void write_stay(const Request& request, FhirWriter& writer, FhirWriter::List& list);

// extension-communicatedDiagnosis: the diagnoses that the item points at.
void write_diagnoses(const Request& request, const Item& item, FhirWriter& writer, FhirWriter::List& list);

// extension-contentModifier: which documents of the kind are wanted.
void write_content_modifier(const decision::DocumentRequest& document, FhirWriter& writer, FhirWriter::List& list);

// The extensions of a Claim.item that ClaimResponse.addItem has too, and its revenue code as one.
void write_repeated_details(json::Node claim_item, FhirWriter& writer, FhirWriter::List& list);

// The member `provider` of ClaimResponse.addItem.
void write_added_providers(const Request& request, const Item& item, FhirWriter& writer);

// The resources that these refer to.
std::vector<json::Node> detail_targets(const Request& request, const PlannedItem& planned);

}  // namespace pas::pas
