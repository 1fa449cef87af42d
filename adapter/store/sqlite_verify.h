#pragma once
// Reads the whole file and names what is wrong in it.

#include <string>
#include <vector>

#include "adapter/store/sqlite_connection.h"

namespace pas::store {

// Store::verify. Takes a snapshot for as long as it runs: the write-ahead log grows meanwhile.
Result<std::vector<std::string>> verify_file(SqliteConnection& connection);

}  // namespace pas::store
