#pragma once
// A request as another version of PAS has it, for a payer that speaks that one. Plain functions; any thread.
//
// What both versions have goes on as it is. To an older one: profiles and extensions that it has not are left out, and
// the numbers of an earlier answer move from the Claim to its items. To a newer one: what it asks for and the older one
// does not have is filled in from the request, or by the most general code; a place of service is not made up, so that
// such a payer may still refuse the request.

#include <string>

#include "fhir/json/document.h"
#include "mappings/pas/version.h"

namespace pas::pas {

// The Bundle of a $submit, as JSON.
std::string translated_request(json::Node bundle, const Version& to);

}  // namespace pas::pas
