#pragma once
// The tables, as numbered migrations; the table pas_schema has the number of the last one that ran.

#include "adapter/store/migration.h"
#include "adapter/store/postgres_connection.h"

namespace pas::store {

// As migrate() of SQLite; several adapters that start at once wait for one another.
Result<Migration> migrate(PostgresConnection& connection);

// The keys of the connection are those of the store, which knows the first one from then on.
Result<void> use_keys(PostgresConnection& connection);

}  // namespace pas::store
