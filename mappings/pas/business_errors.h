#pragma once
// Faults of content: the Bundle is well formed, but a payer cannot process it (PAS 2.2.1, X12 278 AAA segments). They
// are answered with HTTP 200 and a ClaimResponse of outcome error.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/calendar.h"
#include "mappings/pas/request.h"

namespace pas::pas {

struct BusinessError {
  std::string_view code;       // X12 901
  std::string_view follow_up;  // X12 889
  std::string_view element;    // X12 loop and element, "2010C-NM109"; empty where there is none
  std::string path;            // indexed FHIRPath from the Bundle
  std::string message;         // for the provider, with how to repair it
  int item_sequence = 0;       // 0: the Claim as a whole
};

struct BusinessRules {
  base::Date today;                      // UTC
  bool may_have_several_payers = false;  // each with its focal insurance
  std::span<const std::string> payers;  // identifiers and names of those served here, case and spaces apart; empty: any
};

inline constexpr std::string_view kRejectReasonSystem = "https://codesystem.x12.org/005010/901";
inline constexpr std::string_view kFollowUpSystem = "https://codesystem.x12.org/005010/889";

// Every one that is found, those of the Claim first (at most twenty). The request must be without structural errors.
std::vector<BusinessError> find_business_errors(const Request& request, const BusinessRules& rules);

// Nobody, or not the one payer that must be, is asked at `place` of the request's Bundle.
BusinessError payer_error(const Request& request, json::Node place, std::string message);

// Of several focal insurances.
std::optional<BusinessError> several_payers_error(const Request& request);

// The names of the codes used here; empty for any other.
std::string_view reject_reason_display(std::string_view code);
std::string_view follow_up_display(std::string_view code);

}  // namespace pas::pas
