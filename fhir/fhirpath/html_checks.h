#pragma once
// The narrative rules of FHIR R4 (Narrative, txt-1 and txt-2), for htmlChecks().

#include <string_view>

namespace pas::fhirpath {

// Well-formed XHTML in one div with only the elements and attributes that a narrative may have, and some content: text
// that is not white space, or an image.
bool is_narrative(std::string_view xhtml);

}  // namespace pas::fhirpath
