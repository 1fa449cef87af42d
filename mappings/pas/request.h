#pragma once
// A PAS request as the policy, the store and the response see it, read from a submitted Bundle, with every structural
// fault of that Bundle found in one pass.
//
// read_request() checks what needs no profile: the Bundle, its fullUrls and references, the sequence numbers, the JSON
// shapes and mandatory elements of what is read here, closed code sets, modifier extensions (PAS 2.2.1 spec-12 to
// spec-25, prof-4 to prof-10, spec-65 to spec-72). What a profile lets one omit is never an error (conf-14); content
// that cannot be processed is a business error (business_errors.h), not an issue.
//
// A Request holds views and nodes of the Document and points at its BundleIndex: it ends with them. It never changes
// afterwards: any number of threads may read it.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/calendar.h"
#include "fhir/json/bundle_index.h"
#include "fhir/validation/report.h"

namespace pas::inputs {
struct Subject;
}

namespace pas::pas {

enum class Purpose : std::uint8_t {
  kSubmit,
  kInquire,  // the Claim is an example of what is looked for: its items may be missing, and it updates nothing
};

enum class Kind : std::uint8_t {
  kInitial,
  kUpdate,  // related.claim with relationship prior; but a renewal (certificationType R) is a request of its own
  kCancel,  // an update whose Claim has certificationType 3: all of it is cancelled
};

std::string_view to_string(Kind kind);  // "initial", "update", "cancel"

struct Identifier {
  std::string_view system;
  std::string_view value;
};

struct Item {
  json::Node node;               // Claim.item
  int sequence = 0;              // Claim.item.sequence, unique in the Claim
  bool cancelled = false;        // infoCancelled, or certificationType 3
  bool has_cancel_flag = false;  // infoCancelled
  bool has_cancel_code = false;  // certificationType 3
  bool changed = false;          // infoChanged, or certificationType 4 (extension), R (renewal) or S (revised)
  json::Node requested_service;  // the resource that the requestedService extension names; absent without one
  std::vector<Identifier> trace_numbers;
  std::string_view authorization_number;             // of an earlier authorization, as the sender knows it
  std::string_view administration_reference_number;  // of an earlier answer, as the sender knows it
};

struct Request {
  const json::BundleIndex* index = nullptr;
  Kind kind = Kind::kInitial;
  json::Node claim;
  std::string_view claim_full_url;
  json::Node patient;                 // Patient
  json::Node insurer;                 // Organization
  json::Node provider;                // Organization, Practitioner or PractitionerRole
  json::Node coverage;                // of the first focal insurance, else of the only one
  std::vector<json::Node> focal;      // Claim.insurance that is focal; several are a business error, unless split
  json::Node prior_claim;             // of an update; absent when it is named by identifier only
  std::optional<base::Date> created;  // Claim.created; nothing when it is no full date
  std::vector<Identifier> claim_identifiers;
  std::vector<Identifier> patient_identifiers;
  std::vector<Identifier> prior_identifiers;  // of the prior Claim, from it or from the reference's identifier
  std::string_view prior_reference;           // full URL of the prior Claim's entry, else the reference as written
  // The first there is of: Coverage.identifier of type MB, Coverage.subscriberId, Patient.identifier of type MB, any
  // Patient.identifier. Empty when there is none.
  std::string_view member_id;
  std::string_view payer;   // the insurer's first identifier value
  std::vector<Item> items;  // in the order of the Claim

  json::Node bundle() const { return index->bundle(); }
};

struct RequestLimits {
  std::size_t entries = 10'000;
  std::size_t items = 1'000;  // an X12 278 has far fewer service lines
};

struct ReadOutcome {
  Request request;  // whole only when the report has no errors; else what could be read
  validation::Report report;
};

// The Bundle that an operation's body holds: the body itself, or the parameter `resource` of Parameters (the index is
// to be built over it, so that paths start at the Bundle). A body that is neither is given back as it is, for
// read_request() to refuse.
json::Node submitted_bundle(json::Node body);

// What a Claim.item tells of itself; its requestedService is not looked up.
Item read_item_facts(json::Node claim_item);

ReadOutcome read_request(const json::BundleIndex& index, const RequestLimits& limits = {},
                         Purpose purpose = Purpose::kSubmit);

// What input extraction works on, for one item. The request date is Claim.created: the request must have one.
inputs::Subject subject_of(const Request& request, const Item& item);

}  // namespace pas::pas
