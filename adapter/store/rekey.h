#pragma once
// Seals every text of a store with the first of its keys: those that were written without keys, and those of older
// keys, which nobody needs then.
//
// In transactions of a bounded size. One that was broken off is begun again, and passes over what is done. On
// PostgreSQL adapters may serve meanwhile, if the first key is the first of theirs too.

#include <cstdint>
#include <string_view>

#include "adapter/store/sealing.h"

namespace pas::store {

struct Rekeyed {
  std::int64_t texts = 0;   // that hold something
  std::int64_t sealed = 0;  // now, of these
};

// Errors as with open_store; kUnavailable: a text is damaged. Without an error the store knows the first key alone.
base::Result<Rekeyed> rekey_store(std::string_view specification, const SharedKeys& keys);

}  // namespace pas::store
