#pragma once
// Bringing a store's schema up to date. Opening a store does it too; this does nothing else, for whoever may create
// tables where the adapter may not.

#include <cstdint>
#include <string_view>

#include "fhir/base/result.h"

namespace pas::store {

struct Migration {
  std::int64_t from = 0;  // 0: the store is new
  std::int64_t to = 0;    // the newest
};

// Errors as with open_store; kInvalid for memory.
base::Result<Migration> migrate_store(std::string_view specification);

}  // namespace pas::store
