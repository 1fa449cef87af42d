#pragma once
// The tables, as numbered migrations. The file's user_version is the number of the last one that ran, its
// application_id says that it is ours.

#include "adapter/store/migration.h"
#include "adapter/store/sqlite_connection.h"

namespace pas::store {

// Runs what is missing, each migration in a transaction of its own. kUnsupported: the file is from a newer version.
// kInvalid: it is another program's database, or not one at all. Changes nothing then.
Result<Migration> migrate(SqliteConnection& connection);

// The keys of the connection are those of the store, which knows the first one from then on.
Result<void> use_keys(SqliteConnection& connection);

}  // namespace pas::store
