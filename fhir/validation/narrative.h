#pragma once
// The XHTML of Narrative.div: well formed, one div, only the elements and attributes that FHIR allows, nothing that
// acts (FHIR R4 Narrative 2.4.0; txt-1, txt-2).

#include <optional>
#include <string>
#include <string_view>

namespace pas::validation {

struct NarrativeFault {
  std::string_view rule;  // txt-1, txt-2, xhtml
  std::string message;
};

// The first fault found, or nothing.
std::optional<NarrativeFault> narrative_fault(std::string_view div);

}  // namespace pas::validation
