#pragma once
// Numbers that a database has given away and no caller has yet.

#include <algorithm>
#include <cstdint>
#include <mutex>

#include "adapter/store/store.h"

namespace pas::store {

class NumberBlocks {
 public:
  // Store::reserve_numbers. `take` gives the first of so many numbers that the database gives away: so many are lost at
  // most by a restart, and few commits need a write of their own.
  template <class Take>
  Result<NumberRange> reserve(Sequence sequence, int count, const Take& take) {
    if (count < 1 || count > kMaxNumbers) return base::invalid("reserve_numbers: count is not 1 to 100000");
    Block& block = sequence == Sequence::kAuthorization ? authorization_ : reference_;
    const std::scoped_lock lock(block.mutex);
    if (block.end - block.next < count) {
      const int size = std::max(count, kBlockSize);
      const Result<std::int64_t> first = take(size);
      if (!first) return first.error();
      block.next = *first;
      block.end = *first + size;
    }
    const NumberRange range{block.next, count};
    block.next += count;
    return range;
  }

 private:
  static constexpr int kBlockSize = 1000;
  struct Block {
    std::mutex mutex;
    std::int64_t next = 0;
    std::int64_t end = 0;
  };
  Block authorization_, reference_;
};

}  // namespace pas::store
