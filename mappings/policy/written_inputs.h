#pragma once
// Inputs written as JSON by a person: in cases of a policy, and in tests.
//
//   {"device.code": "E0781", "infusion.hours": 46, "member.age": null, "drug.route": {"conflict": "IV and oral"}}
//
// A value is known, null unknown, and {"conflict": note} in conflict. An input that is not named is unknown.

#include <optional>
#include <string>

#include "fhir/json/document.h"
#include "mappings/inputs/catalog.h"
#include "mappings/inputs/input_set.h"

namespace pas::policy {

// Every input of the catalog; members of `changes` come before those of `base`. Names that the catalog does not have
// are passed over: check them with find_fault().
inputs::InputSet read_inputs(const inputs::Catalog& catalog, json::Node base, json::Node changes);

// Why a member of such an object cannot be: the catalog has no input of the name, or the value is not of its type.
struct InputFault {
  json::Node at;  // the member
  bool is_name = false;
  std::string message;
};
std::optional<InputFault> find_fault(const inputs::Catalog& catalog, json::Node inputs);

}  // namespace pas::policy
