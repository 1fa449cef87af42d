#pragma once
// A person's decision done to the items of a case: what is wrong with it, what an item becomes, and the record of it.
// Plain functions; any thread.

#include <functional>
#include <string>
#include <vector>

#include "adapter/service/case_service.h"

namespace pas::service {

// Each mistake names the item and the member.
std::vector<std::string> mistakes_of(const Review& review, OpenCase& open);

// `review` has no mistakes. Each certified item gets its authorization number from `number`.
using NewNumber = std::function<base::Result<std::string>()>;
base::Result<void> apply(const Review& review, base::Date today, const NewNumber& number, OpenCase& open);

// Who decided what, why: JSON, as it is kept beside the policies' records.
std::string review_record(const Review& review, const ItemNow& now);

}  // namespace pas::service
