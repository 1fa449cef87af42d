#pragma once
// Remembers whether a node meets a profile: a flat hash table of keys, for one validation.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pas::validation {

class MetCache {
 public:
  enum class State : std::uint8_t { kNone, kMet, kFailed };

  // The state of a key; kNone when it is new. The reference ends with the next call.
  State& operator[](std::uint64_t key) {
    if (used_ * 2 >= slots_.size()) grow();
    Slot& slot = find(key);
    if (slot.state == State::kNone) {
      slot.key = key;
      ++used_;
    }
    return slot.state;
  }

 private:
  struct Slot {
    std::uint64_t key = 0;
    State state = State::kNone;
  };

  Slot& find(std::uint64_t key) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = static_cast<std::size_t>((key * 0x9E3779B97F4A7C15U) >> 20U) & mask;
    while (slots_[at].state != State::kNone && slots_[at].key != key) at = (at + 1) & mask;
    return slots_[at];
  }

  void grow() {
    std::vector<Slot> before(slots_.size() < 64 ? 128 : slots_.size() * 2);
    before.swap(slots_);
    for (const Slot& slot : before) {
      if (slot.state != State::kNone) find(slot.key) = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace pas::validation
