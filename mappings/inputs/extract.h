#pragma once
// From a request to a policy's inputs: extract() reads one Claim.item by the catalog (policy page §1).
//
// Nothing is guessed from free text. The same request gives the same inputs whatever the order of its bundle entries.
// Cost is linear in the resources that the claim names; attachments are decoded only where a document counts, and at
// most once a request when the items share one Documents.

#include <functional>
#include <optional>
#include <string_view>

#include "fhir/base/calendar.h"
#include "fhir/json/bundle_index.h"
#include "mappings/inputs/catalog.h"
#include "mappings/inputs/documents.h"
#include "mappings/inputs/input_set.h"
#include "mappings/inputs/roster.h"

namespace pas::inputs {

// What is asked about: one Claim.item of an indexed bundle. Absent nodes are allowed and make their inputs unknown.
struct Subject {
  const json::BundleIndex& index;
  json::Node claim;
  json::Node item;
  json::Node patient;
  json::Node coverage;              // the focal one
  base::Date request_date;          // Claim.created
  std::string_view member_id = {};  // as cases are stored by; empty when the request names none
};

// What lies outside the bundle. All of it may be absent.
struct Environment {
  const Roster* roster = nullptr;  // without one, nobody's enrolment is known
  // Months already authorized or noted for a member and a code; nothing when it cannot be told.
  std::function<std::optional<int>(std::string_view member_id, std::string_view code)> months_authorized;
  // Shared by the items of one request; without it the call reads documents for itself. One thread at a time.
  Documents* documents = nullptr;
};

InputSet extract(const Subject& subject, const Catalog& catalog, const Environment& environment);

}  // namespace pas::inputs
