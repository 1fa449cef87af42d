#pragma once
// The statements of a commit, a revision and a reservation; the caller owns the transaction.

#include "adapter/store/packed.h"
#include "adapter/store/sqlite_connection.h"
#include "adapter/store/store.h"

namespace pas::store {

// Of the writer's page cache, 16 MB.
inline constexpr const char* kWriterCache = "PRAGMA cache_size=-16384";

// Store::commit short of durability. After a failure the caller rolls back to where it was.
Result<void> insert(SqliteConnection& connection, const Submission& submission, const PackedSubmission& packed);

// Store::revise, likewise.
Result<void> revise(SqliteConnection& connection, const Revision& revision, const PackedRevision& packed);

// Adds the case's months to its member's, or takes them away: `sign` is 1 or -1.
Result<void> add_months(SqliteConnection& connection, const Case& record, int sign);

// The first of `count` numbers.
Result<std::int64_t> take_numbers(SqliteConnection& connection, Sequence sequence, int count);

}  // namespace pas::store
