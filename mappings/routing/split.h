#pragma once
// A request that several focal insurances are asked with, taken apart by item: an item is for the focal Coverage that
// its order (the requestedService extension) names as `insurance`. Each payer gets a request with its items alone.
// Plain functions; any thread.

#include <optional>
#include <string>
#include <vector>

#include "mappings/routing/table.h"

namespace pas::routing {

struct Part {
  json::Node insurance;                 // Claim.insurance, that is focal
  std::string payer;                    // its id; another in each part
  std::vector<const pas::Item*> items;  // in the order of the Claim; none where the Claim has none
};

struct Split {
  std::vector<Part> parts;                  // those with items; none with an error
  std::optional<pas::BusinessError> error;  // X12 901: of a Coverage without a payer, or an item without a Coverage
};

// Of a request with several focal insurances, whose parts point into it.
Split split_by_item(const pas::Request& request, const Table& table);

// The Bundle of one part, as JSON: its insurance is the only one and its payer the insurer, of the Claim and of the one
// that it updates; the items of the others are left out with their orders and information. What of the rest only they
// led to goes too: a payer gets the minimum that its part needs. What no reference of the whole Claim led to stays.
std::string request_of(const Part& part, const pas::Request& request);

}  // namespace pas::routing
