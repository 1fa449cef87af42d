#pragma once
// Reads the whole database and names what is wrong in it.

#include <string>
#include <vector>

#include "adapter/store/postgres_connection.h"

namespace pas::store {

// Store::verify, on one snapshot.
Result<std::vector<std::string>> verify_database(PostgresConnection& connection);

}  // namespace pas::store
