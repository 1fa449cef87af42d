#pragma once
// Parts of a canonical URL: http://example.org/StructureDefinition/name|1.0 (R4 references, canonical).

#include <string_view>

namespace pas::definitions {

// Of the definitions that FHIR itself publishes.
inline constexpr std::string_view kCoreBase = "http://hl7.org/fhir/StructureDefinition/";

constexpr std::string_view without_version(std::string_view canonical) {
  return canonical.substr(0, canonical.find('|'));
}

constexpr std::string_view last_part(std::string_view url) {
  return url.substr(url.rfind('/') + 1);
}

}  // namespace pas::definitions
