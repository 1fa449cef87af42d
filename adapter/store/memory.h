#pragma once
// The store in memory: for trials and tests. Nothing survives the process, and its numbers begin at 1 again.

#include <memory>

#include "adapter/store/store.h"

namespace pas::store {

std::unique_ptr<Store> open_memory();

}  // namespace pas::store
