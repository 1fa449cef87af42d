#pragma once
// The statements of a commit, a revision and a reservation; the caller owns the transaction.

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
  std::vector<std::string> focuses;  // of the events
};

struct PackedRevision {
  explicit PackedRevision(const Revision& revision);
  std::size_t bytes() const;

  std::string response, claim_response, decisions;
  std::vector<std::string> supplements, focuses;
};

// Store::commit short of durability. After a failure the caller rolls back to where it was.
Result<void> insert(SqliteConnection& connection, const Submission& submission, const PackedSubmission& packed);

// Store::revise, likewise.
Result<void> revise(SqliteConnection& connection, const Revision& revision, const PackedRevision& packed);

// The first of `count` numbers.
Result<std::int64_t> take_numbers(SqliteConnection& connection, Sequence sequence, int count);

}  // namespace pas::store
