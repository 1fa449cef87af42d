#pragma once
// What a Claim/$inquire looks for, by the example that it gives, and whether a case is such (PAS 2.2.1 spec-46 to
// spec-53).
//
// The member's id and the identifier of a provider must match whatever else is asked for; numbers, dates and product
// codes narrow it further where they are given. Each item of the inquiry is one description: a case matches when one of
// them does. Views of the inquiry's document; any thread.

#include <optional>
#include <string_view>
#include <vector>

#include "fhir/base/calendar.h"
#include "mappings/pas/request.h"
#include "mappings/pas/response.h"

namespace pas::pas {

struct InquiryItem {
  std::vector<std::string_view> numbers;  // authorization, administrative reference and trace numbers: one of them
  std::vector<std::string_view> product_codes;  // one of them; empty: any
  DatePeriod served;                            // overlaps
  std::string_view action;                      // X12 306, of the item's review
};

struct Inquiry {
  Request request;
  std::vector<std::string_view> member_ids;  // of the coverage and the patient: any of them
  std::vector<Identifier> providers;         // of the requestor and the care team: one of them
  std::vector<InquiryItem> items;            // at least one
};

// `request` was read with Purpose::kInquire and has no errors.
Inquiry read_inquiry(const Request& request);

// An item of a case, for matching.
struct CaseItemFacts {
  json::Node claim_item;
  std::string_view action;
  std::vector<std::string_view> numbers;
  DatePeriod valid;
};

// Whether one of the case's items fits one description of the inquiry. Those that name a number fit by it alone, since
// the case may have been changed since; the caller found the case by that number.
bool matches(const Inquiry& inquiry, const std::vector<CaseItemFacts>& items, bool found_by_number);

}  // namespace pas::pas
