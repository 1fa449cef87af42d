#pragma once
// The JSON shapes and mandatory elements of what the PAS mapping reads from a request: the Claim, its parties and the
// data types in them (FHIR R4; PAS 2.2.1 profiles where they are stricter and processing needs the element). Elements
// that are not listed are left alone: whole profiles are the business of fhir/validation.

#include <cstdint>
#include <string_view>

#include "fhir/json/document.h"
#include "fhir/validation/report.h"

namespace pas::pas {

enum class Shape : std::uint8_t {
  // primitives
  kString,
  kCode,
  kUri,
  kBoolean,
  kDecimal,
  kPositiveInt,
  kDate,
  kDateTime,
  // data types
  kCoding,
  kCodeableConcept,
  kIdentifier,
  kReference,
  kPeriod,
  kQuantity,
  kMoney,
  kExtension,
  kHumanName,
  // resources and their parts
  kClaim,
  kRelated,
  kCareTeam,
  kSupportingInfo,
  kDiagnosis,
  kInsurance,
  kItem,
  kPatient,
  kCoverage,
  kCoverageClass,
  kOrganization,
  kPractitioner,
  kPractitionerRole,
};

// The shape of a resource type that is read here; kString for any other.
Shape shape_of(std::string_view resource_type);

// Reports what in `node` does not have the shape: wrong JSON kind or format, an empty list or object, a missing
// mandatory element, a code outside a closed set, two forms of one choice. Depth is bounded by the parser.
void check_shape(json::Node node, Shape shape, validation::Report& report);

}  // namespace pas::pas
