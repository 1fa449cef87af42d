#pragma once
// Memory of one evaluation: bump allocation from blocks that are kept for the next run. Nothing in it is destroyed one
// by one, so only trivially destructible values live here.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pas::fhirpath::detail {

class Arena {
 public:
  // Null when `limit` bytes are used up.
  explicit Arena(std::size_t limit) : limit_(limit) {}

  void* allocate(std::size_t bytes) {
    bytes = (bytes + kAlignment - 1) & ~(kAlignment - 1);
    if (bytes > static_cast<std::size_t>(end_ - next_) && !grow(bytes)) return nullptr;
    std::byte* const at = next_;
    next_ += bytes;
    return at;
  }

  template <class T>
  T* array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= kAlignment);
    return static_cast<T*>(allocate(count * sizeof(T)));
  }

  // True when `old_bytes` at `at`, the last that were allocated, could be made longer in place.
  bool extend(const void* at, std::size_t old_bytes, std::size_t new_bytes) {
    const auto* const start = static_cast<const std::byte*>(at);
    old_bytes = (old_bytes + kAlignment - 1) & ~(kAlignment - 1);
    new_bytes = (new_bytes + kAlignment - 1) & ~(kAlignment - 1);
    if (start + old_bytes != next_ || new_bytes - old_bytes > static_cast<std::size_t>(end_ - next_)) return false;
    next_ += new_bytes - old_bytes;
    return true;
  }

  // Gives back what was allocated after the mark was taken.
  struct Mark {
    std::size_t block;
    std::byte* next;
  };
  Mark mark() const { return {block_, next_}; }
  void release(const Mark& mark) {
    if (mark.next == nullptr) return reset();
    block_ = mark.block;
    next_ = mark.next;
    end_ = blocks_[block_].bytes.get() + blocks_[block_].size;
  }
  void reset() {
    if (blocks_.empty()) return;
    block_ = 0;
    next_ = blocks_[0].bytes.get();
    end_ = next_ + blocks_[0].size;
  }

 private:
  static constexpr std::size_t kAlignment = 16;
  static constexpr std::size_t kFirstBlock = std::size_t{16} << 10U;
  static constexpr std::size_t kLargestBlock = std::size_t{4} << 20U;

  struct Block {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size = 0;
  };

  bool grow(std::size_t bytes) {
    // A block kept from an earlier run, if it is large enough.
    while (next_ != nullptr && block_ + 1 < blocks_.size()) {
      ++block_;
      next_ = blocks_[block_].bytes.get();
      end_ = next_ + blocks_[block_].size;
      if (bytes <= blocks_[block_].size) return true;
    }
    const std::size_t usual = blocks_.empty() ? kFirstBlock : std::min(blocks_.back().size * 2, kLargestBlock);
    const std::size_t size = std::max(bytes, usual);
    if (bytes > limit_ || total_ + size > limit_) return false;
    blocks_.push_back({std::unique_ptr<std::byte[]>(new std::byte[size]), size});
    total_ += size;
    block_ = blocks_.size() - 1;
    next_ = blocks_.back().bytes.get();
    end_ = next_ + size;
    return true;
  }

  std::size_t limit_;
  std::size_t total_ = 0;
  std::vector<Block> blocks_;
  std::size_t block_ = 0;
  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
};

}  // namespace pas::fhirpath::detail
