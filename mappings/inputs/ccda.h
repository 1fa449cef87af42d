#pragma once
// What a C-CDA document (CDA R2 ClinicalDocument, C-CDA R2.1 templates) says of itself: when it took effect, who wrote
// it and who signed it; and its coded problems and medications.
//
// Entities are never expanded and nothing is fetched; a document type declaration refuses the document, for C-CDA has
// none. Sizes are limited. Plain values; any thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/calendar.h"
#include "fhir/base/result.h"

namespace pas::inputs {

struct CcdaCode {
  std::string system;  // "urn:oid:" and the codeSystem
  std::string code;
};

// A problem (Problem Observation, template 2.16.840.1.113883.10.20.22.4.4) or a medication (Medication Activity,
// …22.4.16, by its consumable). What is negated, or said of somebody else, is not among them.
struct CcdaEntry {
  std::vector<CcdaCode> codes;      // of the problem or product, then their translations; at least one
  bool over = false;                // says so without a day: resolved, inactive, completed, aborted
  std::optional<base::Date> ended;  // the last day it may have lasted, where it names one
};
// Whether the document leaves it open that the entry still holds on `day`.
bool is_current(const CcdaEntry& entry, base::Date day);

struct Ccda {
  std::optional<base::Date> effective;  // the day in its own offset
  bool signed_ = false;                 // a legalAuthenticator whose signatureCode is S
  std::string authenticator_npi;        // of that legalAuthenticator; empty where it gives none
  std::string author_npi;               // of the first author that gives one
  std::vector<CcdaEntry> problems;      // in the order of the document
  std::vector<CcdaEntry> medications;
};

struct CcdaLimits {
  std::size_t bytes = std::size_t{64} << 20U;
  std::size_t marks = 1'000'000;  // of '<' and '=' together: bounds the tree's memory
};

// Nothing for XML that is not a ClinicalDocument of urn:hl7-org:v3. An error for what is not XML that we take:
// not well formed, with a document type declaration, over a limit.
base::Result<std::optional<Ccda>> read_ccda(std::string_view xml, const CcdaLimits& limits = {});

}  // namespace pas::inputs
