#pragma once
// The statements of a commit, a revision and a reservation, each one transaction.

#include <optional>
#include <span>
#include <string_view>

#include "adapter/store/packed.h"
#include "adapter/store/postgres_connection.h"
#include "adapter/store/store.h"

namespace pas::store {

// Store::commit, one round trip. `token` is of the call's own: by it find_commit knows what the call did.
Result<void> insert(PostgresConnection& connection, std::span<const Submission> submissions,
                    std::span<const PackedSubmission> packed, std::string_view token);

// Store::revise, two round trips.
Result<void> revise(PostgresConnection& connection, const Revision& revision, const PackedRevision& packed,
                    std::string_view token);

// What became of an insert or a revise whose end is not known; nothing when it was not done.
std::optional<Result<void>> find_commit(PostgresConnection& connection, std::string_view id, std::string_view token);
std::optional<Result<void>> find_revision(PostgresConnection& connection, std::string_view id, std::string_view token);

// Queued. Adds the case's months to its member's, or takes them away: `sign` is 1 or -1. The case is not yet, or still,
// the newest of its chain, and its items are written.
void queue_months(PostgresConnection& connection, std::string_view id, int sign);

// The first of `count` numbers.
Result<std::int64_t> take_numbers(PostgresConnection& connection, Sequence sequence, int count);

}  // namespace pas::store
