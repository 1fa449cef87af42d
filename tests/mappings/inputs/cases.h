#pragma once
// Cases of tests/cases/inputs: a base bundle, the changes to it, and the inputs that must come out.
//
//   {"about": "…", "payer": "husky", "base": "pump", "set": {…}, …, "variants": [
//     {"about": "…",
//      "set":     {"Claim.item[0].modifier": […], "Patient.birthDate": null},   null takes a member away
//      "order":   {…},                                          a DeviceRequest that the first item points to
//      "support": [{"resourceType": "DocumentReference", …}],   entries, each named by a supportingInfo of the Claim
//      "add":     [{…}],                                        entries
//      "item": 2, "roster": null or a list of CSV lines, "months": {"M1|E0781": 3},
//      "expect":  {"device.code": "E0781", "drug": {"state": "unknown", "sources": […], "note": "part of the note"}},
//      "damaged": ["DocumentReference/rx.content[0].attachment.size: part of the message"]}]}
//
// Without "payer" it is husky. Changes beside "variants" come first and are of all of them. Paths in expectations name
// a resource by type and id instead of its entry.

#include <optional>
#include <string>
#include <vector>

#include "fhir/json/document.h"
#include "mappings/inputs/extract.h"
#include "tests/mappings/inputs/tree.h"

namespace pas::cases {

inline constexpr std::string_view kHusky = "husky";
std::string_view payer_of(json::Node test_case);
const inputs::Catalog& catalog_of(std::string_view payer);
// The same with one member or list element of inputs.json left out; nothing when the catalog cannot be without it.
std::optional<inputs::Catalog> catalog_without(std::string_view payer, const std::string& path);

// What extract() makes of a variant, with the entries named by their resource's type and id.
struct Outcome {
  std::vector<inputs::Input> inputs;
  std::vector<std::string> damaged;  // "path: message"
  std::string json;
  std::size_t decoded = 0;  // attachments

  const inputs::Input* find(std::string_view name) const;
};

// `reversed`: with the bundle's entries after the first turned round.
Outcome run(json::Node test_case, json::Node variant, bool reversed);
Outcome run(json::Node test_case, json::Node variant, bool reversed, const inputs::Catalog& catalog);

}  // namespace pas::cases
