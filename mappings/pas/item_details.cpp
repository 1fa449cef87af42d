#include "mappings/pas/item_details.h"

#include <algorithm>
#include <array>

#include "mappings/pas/item_response.h"

namespace pas::pas {
namespace {

constexpr std::string_view kRoleSystem = "http://terminology.hl7.org/CodeSystem/claimcareteamrole";

struct CareMember {
  json::Node node;      // Claim.careTeam
  json::Node provider;  // the resource
};

std::vector<CareMember> care_team_of(const Request& request, const Item& item) {
  std::vector<CareMember> members;
  for (const json::Node pointer : item.node["careTeamSequence"]) {
    for (const json::Node member : request.claim["careTeam"]) {
      if (sequence_of(member["sequence"]) != sequence_of(pointer)) continue;
      if (const json::Node provider = request.index->resolve(member["provider"])) members.push_back({member, provider});
    }
  }
  return members;
}

// addItem.provider may be a Practitioner or an Organization: of a role, who stands behind it.
json::Node party_of(const Request& request, json::Node provider) {
  if (provider["resourceType"].text() != "PractitionerRole") return provider;
  const json::Node practitioner = request.index->resolve(provider["practitioner"]);
  return practitioner ? practitioner : request.index->resolve(provider["organization"]);
}

json::Node timing_of(json::Node claim, std::string_view category, std::string_view member) {
  for (const json::Node info : claim["supportingInfo"]) {
    if (has_code(info["category"], category) && info[member]) return info[member];
  }
  return {};
}

}  // namespace

void write_authorized_providers(const Request& request, const Item& item, FhirWriter& writer, FhirWriter::List& list) {
  json::Writer& out = writer.out();
  for (const CareMember& member : care_team_of(request, item)) {
    list.next();
    writer.extension("extension-itemAuthorizedProvider", [&] {
      FhirWriter::List parts(out, "extension");
      parts.next();
      writer.part("provider", [&] {
        out.key("valueReference");
        writer.reference_to(*request.index, party_of(request, member.provider));
      });
      // Only as a code of HL7's own: the role of a Claim is of X12 98, which the extension does not take.
      if (member.node["role"]["coding"].at(0)["system"].text() != kRoleSystem) return;
      parts.next();
      writer.part("role", [&] { out.member("valueCodeableConcept", member.node["role"]); });
    });
  }
}

void write_stay(const Request& request, FhirWriter& writer, FhirWriter::List& list) {
  json::Writer& out = writer.out();
  const json::Node admission = timing_of(request.claim, "admissionDates", "timingDate");
  const json::Node stay = timing_of(request.claim, "admissionDates", "timingPeriod");
  if (admission || stay) {
    list.next();
    writer.extension("extension-admissionDates", [&] {
      if (admission) {
        out.member("valueDate", admission);
      } else {
        out.member("valuePeriod", stay);
      }
    });
  }
  if (const json::Node discharge = timing_of(request.claim, "dischargeDates", "timingDate")) {
    list.next();
    writer.extension("extension-dischargeDate", [&] { out.member("valueDate", discharge); });
  }
}

void write_diagnoses(const Request& request, const Item& item, FhirWriter& writer, FhirWriter::List& list) {
  for (const json::Node pointer : item.node["diagnosisSequence"]) {
    for (const json::Node diagnosis : request.claim["diagnosis"]) {
      const json::Node concept_node = diagnosis["diagnosisCodeableConcept"];
      if (sequence_of(diagnosis["sequence"]) != sequence_of(pointer) || !concept_node) continue;
      list.next();
      writer.extension("extension-communicatedDiagnosis",
                       [&] { writer.out().member("valueCodeableConcept", concept_node); });
    }
  }
}

void write_content_modifier(const decision::DocumentRequest& document, FhirWriter& writer, FhirWriter::List& list) {
  if (document.modifier.empty()) return;
  list.next();
  writer.extension("extension-contentModifier", [&] {
    writer.out().key("valueCodeableConcept");
    writer.concept_of(kLoincSystem, document.modifier);
  });
}

void write_repeated_details(json::Node claim_item, FhirWriter& writer, FhirWriter::List& list) {
  constexpr std::array<std::string_view, 4> kRepeated = {
      "extension-epsdtIndicator", "extension-nursingHomeResidentialStatus", "extension-nursingHomeLevelOfCare",
      "extension-requestedService"};
  for (const json::Node extension : claim_item["extension"]) {
    if (std::ranges::find(kRepeated, extension_name(extension)) != kRepeated.end()) list.next().node(extension);
  }
  if (const json::Node revenue = claim_item["revenue"]) {
    list.next();
    writer.extension("extension-revenueCode", [&] { writer.out().member("valueCodeableConcept", revenue); });
  }
}

void write_added_providers(const Request& request, const Item& item, FhirWriter& writer) {
  json::Writer& out = writer.out();
  FhirWriter::List providers(out, "provider");
  for (const CareMember& member : care_team_of(request, item)) {
    const json::Node party = party_of(request, member.provider);
    const json::Entry* entry = request.index->entry_of(party);
    if (entry == nullptr) continue;
    providers.next().begin_object();
    if (member.node["role"]) {
      out.key("extension").begin_array();
      writer.extension("extension-authorizedProviderType",
                       [&] { out.member("valueCodeableConcept", member.node["role"]); });
      out.end_array();
    }
    out.member("reference", entry->full_url).end_object();
  }
}

std::vector<json::Node> detail_targets(const Request& request, const PlannedItem& planned) {
  std::vector<json::Node> targets;
  if (planned.is_carried || !is_certified_item(planned)) return targets;
  for (const CareMember& member : care_team_of(request, *planned.item))
    targets.push_back(party_of(request, member.provider));
  if (is_modified(planned) && planned.item->requested_service) targets.push_back(planned.item->requested_service);
  return targets;
}

}  // namespace pas::pas
