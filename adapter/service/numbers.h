#pragma once
// The numbers and dates that the payer gives to what it decides. Plain functions; any thread.

#include <vector>

#include "adapter/service/item_now.h"
#include "adapter/store/store.h"

namespace pas::service {

// Fills in the answers of the items that were decided by policy now: an authorization number, the day of issue and the
// period of what is certified; an administrative reference number of what is pended or denied, unless it has one.
base::Result<void> number_items(store::Store& store, const Adjudication& adjudication, base::Date today,
                                std::vector<ItemNow>& items);

// For deciding a case: the months that the member's other cases have, and `version` (may be null) to check by.
Surroundings surroundings_for(const store::Store& store, const pas::Version* version, base::Date today,
                              std::string except_case);

// A new authorization number.
base::Result<std::string> authorization_number(store::Store& store);

}  // namespace pas::service
