#pragma once
// The answer to a PAS request: a Bundle whose first entry is the ClaimResponse, then the CommunicationRequests it asks
// with, then the resources of the request that it refers to, with the fullUrl and id they came with (PAS 2.2.1 spec-30
// to spec-37).
//
// Everything that is neither in the request nor in the decisions comes in through ResponseContext: the same arguments
// give the same bytes. Nothing is invented, and no extension is written that the guide does not define. Any number of
// threads may write.
//
// Ids: the ClaimResponse has the context's response_id; a CommunicationRequest has
// <response_id>-<item sequence>-<LOINC code> (or the item's case_id before it), which is also the value of its
// identifier, the control number that an attachment sent for it names.

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/calendar.h"
#include "fhir/validation/report.h"
#include "mappings/decision/decision.h"
#include "mappings/pas/business_errors.h"
#include "mappings/pas/request.h"
#include "mappings/pas/version.h"

namespace pas::pas {

struct DatePeriod {
  std::optional<base::Date> start;
  std::optional<base::Date> end;
};

// What was authorized where it is not what was asked for (A2 and A6). An absent part is as requested.
struct Authorized {
  std::string quantity;       // a JSON number; empty: as requested
  std::string quantity_code;  // X12 673
  DatePeriod served;
};

struct Reviewer {
  bool was_human = false;
  std::string npi;                               // of the person; empty if not told
  std::string specialty_system, specialty_code;  // empty if not told
};

// What the payer's system gives to one item. Members that do not fit the item's action are left out of the response.
struct ItemAnswer {
  int sequence = 0;
  std::string authorization_number;             // A1, A2, A6
  std::string previous_authorization_number;    // of what this replaces; empty: as the request names it
  std::string administration_reference_number;  // A3, A4; in addItem also of an A6 that was pended
  std::optional<base::Date> issued;             // A1, A2, A6
  DatePeriod valid;                             // A1, A2, A6
  std::optional<Authorized> authorized;         // A2, A6
  Reviewer reviewer = {};                       // who decided it
  std::string case_id = {};                     // that it is kept under, where that is not the response's id
};

struct ResponseContext {
  const Version* version = nullptr;
  std::string base_url;     // absolute, without a slash at the end; made for URLs of our own resources
  std::string response_id;  // FHIR id of the ClaimResponse: at most 40 characters, so that the derived ids fit
  std::chrono::system_clock::time_point now;
  std::vector<ItemAnswer> items;
  std::vector<std::string> notes;      // of the response as a whole
  std::span<const Item> carried = {};  // items of earlier Claims that the request has not; decided and answered alike
  bool is_inquiry = false;             // answers Claim/$inquire: other profiles, and nothing is asked for
  bool is_claim_masked = false;        // asked for by another than its submitter: `request` says masked
  std::optional<std::chrono::system_clock::time_point> due = {};      // until when what is asked for may come
  json::Node bundle_identifier = {};                                  // of the Bundle; absent: that of the request
  std::optional<std::chrono::system_clock::time_point> created = {};  // of the ClaimResponse; nothing: now
  std::span<const BusinessError> errors;
};

// Decisions are found by item_sequence; one with sequence 0 is about the Claim as a whole (a cancelled one, without
// items). Outcome: complete; error when there are errors and no decision (then no item is answered); partial when there
// are both, and an item without a decision is answered without a review action.
std::string write_response(const Request& request, std::span<const decision::Decision> decisions,
                           const ResponseContext& context);

// The warnings among these, as notes of the response: the first ten, and how many more there are.
std::vector<std::string> remarks_on(std::span<const validation::Issue> issues);

// The answer to $inquire over the response Bundles of the cases that were found: Parameters with one `return` each
// (2.2.1), or one Bundle with the entries of all, a fullUrl once (2.0.1).
std::string write_inquiry_parameters(std::span<const std::string> bundles);
std::string write_inquiry_bundle(std::span<const std::string> bundles, json::Node identifier,
                                 std::chrono::system_clock::time_point now);

// A resource as it came, with our id: GET Claim/{id}.
std::string write_with_id(json::Node resource, std::string_view id);

}  // namespace pas::pas
