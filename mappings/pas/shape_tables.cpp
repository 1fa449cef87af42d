#include "mappings/pas/shape_tables.h"

namespace pas::pas {
namespace {

using enum Shape;
using Codes = std::string_view[];

constexpr bool kOne = false;
constexpr bool kMany = true;
constexpr bool kMust = true;

// Value sets of R4 with required bindings.
constexpr Codes kFinancialStatus = {"active", "cancelled", "draft", "entered-in-error"};
constexpr Codes kUse = {"claim", "preauthorization", "predetermination"};
constexpr Codes kGender = {"male", "female", "other", "unknown"};

constexpr Member kCodingMembers[] = {
    {"system", kUri}, {"version", kString}, {"code", kCode}, {"display", kString}, {"userSelected", kBoolean}};
constexpr Member kCodeableConceptMembers[] = {{"coding", kCoding, kMany}, {"text", kString}};
constexpr Member kIdentifierMembers[] = {{"use", kCode},
                                         {"type", kCodeableConcept},
                                         {"system", kUri},
                                         {"value", kString},
                                         {"period", kPeriod},
                                         {"assigner", kReference},
                                         {"extension", kExtension, kMany}};
constexpr Member kReferenceMembers[] = {
    {"reference", kString}, {"type", kUri}, {"identifier", kIdentifier}, {"display", kString}};
constexpr Member kPeriodMembers[] = {{"start", kDateTime}, {"end", kDateTime}};
constexpr Member kQuantityMembers[] = {
    {"value", kDecimal}, {"comparator", kCode}, {"unit", kString}, {"system", kUri}, {"code", kCode}};
constexpr Member kMoneyMembers[] = {{"value", kDecimal}, {"currency", kCode}};
constexpr Member kHumanNameMembers[] = {
    {"family", kString}, {"given", kString, kMany}, {"prefix", kString, kMany}, {"suffix", kString, kMany}};
constexpr Member kExtensionMembers[] = {{"url", kUri, kOne, kMust},
                                        {"extension", kExtension, kMany},
                                        {"valueBoolean", kBoolean, kOne, !kMust, "value[x]"},
                                        {"valueCode", kCode, kOne, !kMust, "value[x]"},
                                        {"valueCodeableConcept", kCodeableConcept, kOne, !kMust, "value[x]"},
                                        {"valueDate", kDate, kOne, !kMust, "value[x]"},
                                        {"valueDateTime", kDateTime, kOne, !kMust, "value[x]"},
                                        {"valueDecimal", kDecimal, kOne, !kMust, "value[x]"},
                                        {"valueIdentifier", kIdentifier, kOne, !kMust, "value[x]"},
                                        {"valueMoney", kMoney, kOne, !kMust, "value[x]"},
                                        {"valuePeriod", kPeriod, kOne, !kMust, "value[x]"},
                                        {"valuePositiveInt", kPositiveInt, kOne, !kMust, "value[x]"},
                                        {"valueQuantity", kQuantity, kOne, !kMust, "value[x]"},
                                        {"valueReference", kReference, kOne, !kMust, "value[x]"},
                                        {"valueString", kString, kOne, !kMust, "value[x]"},
                                        {"valueUri", kUri, kOne, !kMust, "value[x]"}};

// `insurer` is mandatory in PAS, not in R4. `item` may be left out when all is cancelled: read_request looks after it.
constexpr Member kClaimMembers[] = {{"id", kString},
                                    {"extension", kExtension, kMany},
                                    {"modifierExtension", kExtension, kMany},
                                    {"identifier", kIdentifier, kMany},
                                    {"status", kCode, kOne, kMust, {}, kFinancialStatus},
                                    {"type", kCodeableConcept, kOne, kMust},
                                    {"use", kCode, kOne, kMust, {}, kUse},
                                    {"patient", kReference, kOne, kMust},
                                    {"created", kDateTime, kOne, kMust},
                                    {"insurer", kReference, kOne, kMust},
                                    {"provider", kReference, kOne, kMust},
                                    {"priority", kCodeableConcept, kOne, kMust},
                                    {"related", kRelated, kMany},
                                    {"careTeam", kCareTeam, kMany},
                                    {"supportingInfo", kSupportingInfo, kMany},
                                    {"diagnosis", kDiagnosis, kMany},
                                    {"insurance", kInsurance, kMany, kMust},
                                    {"item", kItem, kMany}};
constexpr Member kRelatedMembers[] = {
    {"claim", kReference, kOne, kMust}, {"relationship", kCodeableConcept, kOne, kMust}, {"reference", kIdentifier}};
constexpr Member kCareTeamMembers[] = {{"extension", kExtension, kMany},
                                       {"sequence", kPositiveInt, kOne, kMust},
                                       {"provider", kReference, kOne, kMust},
                                       {"role", kCodeableConcept},
                                       {"qualification", kCodeableConcept}};
constexpr Member kSupportingInfoMembers[] = {{"extension", kExtension, kMany},
                                             {"modifierExtension", kExtension, kMany},
                                             {"sequence", kPositiveInt, kOne, kMust},
                                             {"category", kCodeableConcept, kOne, kMust},
                                             {"code", kCodeableConcept},
                                             {"timingDate", kDate, kOne, !kMust, "timing[x]"},
                                             {"timingPeriod", kPeriod, kOne, !kMust, "timing[x]"},
                                             {"valueBoolean", kBoolean, kOne, !kMust, "value[x]"},
                                             {"valueString", kString, kOne, !kMust, "value[x]"},
                                             {"valueQuantity", kQuantity, kOne, !kMust, "value[x]"},
                                             {"valueReference", kReference, kOne, !kMust, "value[x]"}};
constexpr Member kDiagnosisMembers[] = {{"extension", kExtension, kMany},
                                        {"sequence", kPositiveInt, kOne, kMust},
                                        {"diagnosisCodeableConcept", kCodeableConcept, kOne, kMust, "diagnosis[x]"},
                                        {"diagnosisReference", kReference, kOne, kMust, "diagnosis[x]"},
                                        {"type", kCodeableConcept, kMany}};
constexpr Member kInsuranceMembers[] = {{"sequence", kPositiveInt, kOne, kMust},
                                        {"focal", kBoolean, kOne, kMust},
                                        {"identifier", kIdentifier},
                                        {"coverage", kReference, kOne, kMust}};
constexpr Member kItemMembers[] = {{"extension", kExtension, kMany},
                                   {"modifierExtension", kExtension, kMany},
                                   {"sequence", kPositiveInt, kOne, kMust},
                                   {"careTeamSequence", kPositiveInt, kMany},
                                   {"diagnosisSequence", kPositiveInt, kMany},
                                   {"informationSequence", kPositiveInt, kMany},
                                   {"revenue", kCodeableConcept},
                                   {"category", kCodeableConcept},
                                   {"productOrService", kCodeableConcept, kOne, kMust},
                                   {"modifier", kCodeableConcept, kMany},
                                   {"servicedDate", kDate, kOne, !kMust, "serviced[x]"},
                                   {"servicedPeriod", kPeriod, kOne, !kMust, "serviced[x]"},
                                   {"locationCodeableConcept", kCodeableConcept, kOne, !kMust, "location[x]"},
                                   {"locationReference", kReference, kOne, !kMust, "location[x]"},
                                   {"quantity", kQuantity},
                                   {"unitPrice", kMoney}};

constexpr Member kPatientMembers[] = {{"id", kString},
                                      {"identifier", kIdentifier, kMany},
                                      {"name", kHumanName, kMany},
                                      {"gender", kCode, kOne, !kMust, {}, kGender},
                                      {"birthDate", kDate}};
constexpr Member kCoverageMembers[] = {{"id", kString},
                                       {"identifier", kIdentifier, kMany},
                                       {"status", kCode, kOne, kMust, {}, kFinancialStatus},
                                       {"type", kCodeableConcept},
                                       {"subscriber", kReference},
                                       {"subscriberId", kString},
                                       {"beneficiary", kReference, kOne, kMust},
                                       {"relationship", kCodeableConcept},
                                       {"period", kPeriod},
                                       {"payor", kReference, kMany, kMust},
                                       {"class", kCoverageClass, kMany}};
constexpr Member kCoverageClassMembers[] = {
    {"type", kCodeableConcept, kOne, kMust}, {"value", kString, kOne, kMust}, {"name", kString}};
constexpr Member kOrganizationMembers[] = {
    {"id", kString}, {"identifier", kIdentifier, kMany}, {"type", kCodeableConcept, kMany}, {"name", kString}};
constexpr Member kPractitionerMembers[] = {
    {"id", kString}, {"identifier", kIdentifier, kMany}, {"name", kHumanName, kMany}};
constexpr Member kPractitionerRoleMembers[] = {{"id", kString},
                                               {"identifier", kIdentifier, kMany},
                                               {"practitioner", kReference},
                                               {"organization", kReference},
                                               {"code", kCodeableConcept, kMany},
                                               {"specialty", kCodeableConcept, kMany}};

struct Row {
  std::string_view name;
  std::span<const Member> members = {};
};

// In the order of Shape.
constexpr Row kRows[] = {
    {"string"},
    {"code"},
    {"uri"},
    {"boolean"},
    {"decimal"},
    {"positiveInt"},
    {"date"},
    {"dateTime"},
    {"Coding", kCodingMembers},
    {"CodeableConcept", kCodeableConceptMembers},
    {"Identifier", kIdentifierMembers},
    {"Reference", kReferenceMembers},
    {"Period", kPeriodMembers},
    {"Quantity", kQuantityMembers},
    {"Money", kMoneyMembers},
    {"Extension", kExtensionMembers},
    {"HumanName", kHumanNameMembers},
    {"Claim", kClaimMembers},
    {"Claim.related", kRelatedMembers},
    {"Claim.careTeam", kCareTeamMembers},
    {"Claim.supportingInfo", kSupportingInfoMembers},
    {"Claim.diagnosis", kDiagnosisMembers},
    {"Claim.insurance", kInsuranceMembers},
    {"Claim.item", kItemMembers},
    {"Patient", kPatientMembers},
    {"Coverage", kCoverageMembers},
    {"Coverage.class", kCoverageClassMembers},
    {"Organization", kOrganizationMembers},
    {"Practitioner", kPractitionerMembers},
    {"PractitionerRole", kPractitionerRoleMembers},
};
static_assert(std::size(kRows) == static_cast<std::size_t>(kPractitionerRole) + 1);

}  // namespace

std::span<const Member> members_of(Shape shape) {
  return kRows[static_cast<std::size_t>(shape)].members;
}

std::string_view name_of(Shape shape) {
  return kRows[static_cast<std::size_t>(shape)].name;
}

Shape shape_of(std::string_view resource_type) {
  for (const Shape shape : {kClaim, kPatient, kCoverage, kOrganization, kPractitioner, kPractitionerRole}) {
    if (name_of(shape) == resource_type) return shape;
  }
  return kString;
}

}  // namespace pas::pas
