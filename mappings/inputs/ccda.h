#pragma once
// The header of a C-CDA document (CDA R2 ClinicalDocument): when it took effect, who wrote it and who signed it.
//
// Entities are never expanded and nothing is fetched; a document type declaration refuses the document, for C-CDA has
// none. Sizes are limited. Plain values; any thread.

#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/calendar.h"
#include "fhir/base/result.h"

namespace pas::inputs {

struct Ccda {
  std::optional<base::Date> effective;  // the day in its own offset
  bool signed_ = false;                 // a legalAuthenticator whose signatureCode is S
  std::string authenticator_npi;        // of that legalAuthenticator; empty where it gives none
  std::string author_npi;               // of the first author that gives one
};

struct CcdaLimits {
  std::size_t bytes = std::size_t{64} << 20U;
  std::size_t marks = 1'000'000;  // of '<' and '=' together: bounds the tree's memory
};

// Nothing for XML that is not a ClinicalDocument of urn:hl7-org:v3. An error for what is not XML that we take:
// not well formed, with a document type declaration, over a limit.
base::Result<std::optional<Ccda>> read_ccda(std::string_view xml, const CcdaLimits& limits = {});

}  // namespace pas::inputs
