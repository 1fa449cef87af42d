#pragma once
// Which cases have had their time.
//
// A chain of updates goes as a whole or not at all, with everything of its cases: bodies, items, decision records,
// supplements, keys, exchanges, events, messages that failed for good, and the months that it counts for. It stays
// while its newest case is pended, while a message of one of its cases waits to be sent or done, and while it is
// younger than this:

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pas::store {

struct Retention {
  std::int64_t changed_before_ms = 0;  // each of its cases was received, and last revised, before this
  std::string served_before;           // YYYY-MM-DD; each day of service asked for or authorized is before this
};

struct Chain {
  std::string first_id;  // of the case that began it
  int cases = 0;
};

struct ExpiredChains {
  std::vector<Chain> chains;                   // in the order of their first cases
  std::optional<std::int64_t> continue_after;  // pass as `after` for what follows; nothing at the end
};

}  // namespace pas::store
