#pragma once
// Writes the parts of a ClaimResponse that answer one item (PAS 2.2.1 spec-34, spec-36, spec-37).

#include "mappings/pas/fhir_writer.h"
#include "mappings/pas/response_plan.h"

namespace pas::pas {

bool has_dates(const DatePeriod& period);

// Certified, with what the payer's system gave to it.
bool is_certified_item(const PlannedItem& planned);
// Certified as A6: what was authorized goes to addItem.
bool is_modified(const PlannedItem& planned);

// An element of `item`.
void write_item(const Request& request, const PlannedItem& planned, const Version& version, FhirWriter& writer);
// An element of `addItem`: what was authorized in place of the item.
void write_authorized_item(const Request& request, const PlannedItem& planned, const Version& version,
                           FhirWriter& writer);
// The member `adjudication`: the review action, with the authorization number if not empty.
void write_adjudication(const decision::Decision& decision, std::string_view action, std::string_view number,
                        FhirWriter& writer);

}  // namespace pas::pas
