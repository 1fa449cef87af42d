#pragma once
// A request for several payers, answered as one. Each part is a case of its own; what they say together is told from
// the parts as they stand, each time it is asked for. Plain function; any thread.

#include <chrono>
#include <span>
#include <string>

#include "adapter/service/adjudicator.h"
#include "adapter/store/store.h"

namespace pas::service {

struct WholeAnswer {
  const pas::Version* version = nullptr;
  std::string base_url;
  std::chrono::system_clock::time_point now;
};

// The response Bundle, with the parts' whole_id; the parts as Store::find_parts gives them. kNotFound: the first, which
// has the whole request, is gone. kInvalid: what is stored cannot be read.
base::Result<std::string> whole_response(const Adjudicator& adjudicator, const store::Store& store,
                                         std::span<const store::Case> parts, const WholeAnswer& how);

}  // namespace pas::service
