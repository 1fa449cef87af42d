#pragma once
// A Claim/$inquire that asks another payer's system how a request stands that it has (PAS 2.2.1 spec-44 to spec-53).

#include <span>
#include <string>

#include "mappings/pas/request.h"

namespace pas::pas {

struct InquiredItem {
  int sequence = 0;
  std::string number;  // administrative reference number that the payer gave; empty: none
};

// The request's Bundle as an example of what is looked for: its parties, and of the items their numbers alone.
std::string write_inquiry(const Request& request, std::span<const InquiredItem> items);

}  // namespace pas::pas
