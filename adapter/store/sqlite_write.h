#pragma once
// The statements of a commit and of a reservation; the caller owns the transaction.

#include <string>
#include <vector>

#include "adapter/store/case_keys.h"
#include "adapter/store/sqlite_connection.h"
#include "adapter/store/store.h"

namespace pas::store {

// What a submission becomes before the writer's thread has it: compressed, with its keys.
struct PackedSubmission {
  explicit PackedSubmission(const Submission& submission);
  std::size_t bytes() const;

  std::string request, response, claim, claim_response, decisions;
  std::vector<CaseKey> keys;
};

// Store::commit short of durability. After a failure the caller rolls back to where it was.
Result<void> insert(SqliteConnection& connection, const Submission& submission, const PackedSubmission& packed);

// The first of `count` numbers.
Result<std::int64_t> take_numbers(SqliteConnection& connection, Sequence sequence, int count);

}  // namespace pas::store
