#pragma once
// Proves of a decision table that every item meets a row, and that every row can be the first to be met.
//
// Each expression, criterion and setting that the rows name is taken as an independent Kleene value and the values are
// searched with pruning, so a row that is found unreachable is so for any input. A table that takes more than a fixed
// number of steps is refused as too tangled to check.

#include <cstddef>
#include <optional>
#include <string>

#include "mappings/policy/policy.h"

namespace pas::policy {

struct TableFault {
  std::size_t row;  // index; rows.size() when no row is met
  std::string message;
};
std::optional<TableFault> check_table(const Policy& policy);

// Whether a row's condition could be met because something is unknown: such a row must not deny.
bool rests_on_unknown(const Policy& policy, const Row& row);

}  // namespace pas::policy
