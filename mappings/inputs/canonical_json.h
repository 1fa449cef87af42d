#pragma once
// The bytes of a resource that a signature covers: FHIR's canonical JSON (FHIR R4 §2.6.2.6). No white space, members in
// the order of their names, strings and the order as RFC 8785 has them.

#include <optional>
#include <string>
#include <string_view>

#include "fhir/json/document.h"

namespace pas::inputs {

enum class Canonicalization : std::uint8_t {
  kWhole,   // http://hl7.org/fhir/canonicalization/json
  kData,    // …#data: without the resource's narrative
  kStatic,  // …#static: without its meta too
};
std::optional<Canonicalization> canonicalization_of(std::string_view url);

// Numbers go out as they came in, as FHIR's rule leaves them (1.10 is not 1.1), or as RFC 8785 writes them; signers do
// either.
enum class Numbers : std::uint8_t { kAsWritten, kEcmaScript };
std::string canonical_json(json::Node resource, Canonicalization method, Numbers numbers);

}  // namespace pas::inputs
