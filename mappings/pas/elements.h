#pragma once
// Small questions about FHIR elements that the reader and the writer of this folder share. Absent nodes are fine.

#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/document.h"
#include "mappings/pas/request.h"

namespace pas::pas {

inline constexpr std::string_view kExtensionBase = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/";
inline constexpr std::string_view kInfoCancelled =
    "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/modifierextension-infoCancelled";
inline constexpr std::string_view kLoincSystem = "http://loinc.org";
inline constexpr std::string_view kNpiSystem = "http://hl7.org/fhir/sid/us-npi";

// The last part of a PAS extension's URL, "extension-itemTraceNumber"; empty for other extensions.
std::string_view extension_name(json::Node extension);
// The element's first PAS extension of that name, or absent.
json::Node find_extension(json::Node element, std::string_view name);

// Whether a coding of the CodeableConcept has the code, in whatever system.
bool has_code(json::Node codeable_concept, std::string_view code);

// The resource's identifiers that have a value, the first hundred: what compares them is bounded.
std::vector<Identifier> identifiers_of(json::Node resource);

// Who asks: the provider and the care team, and what stands behind their roles, each once.
std::vector<json::Node> parties_of(const Request& request);

// What a sender wrote, for a message: in single quotes, cut at some hundred bytes.
std::string quoted(std::string_view text);

// A positiveInt; 0 for anything else.
int sequence_of(json::Node number);

}  // namespace pas::pas
