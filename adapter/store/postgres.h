#pragma once
// The store in a PostgreSQL database (15 or later), which several adapters may share.
//
// A commit is one round trip: its statements are sent together, its checks among them. Ids and numbers come from
// sequences. Messages are taken with SKIP LOCKED and leased; what writes messages of one subject waits for the other
// that does, so that they stay in order. A call whose connection is lost is tried again for a while; of a commit or a
// revision whose end is not known it is first looked up whether it was done. Then, and with a server that cannot
// write, calls fail with kUnavailable; reads go on as long as a server answers, a standby too. A change that ends in
// kUnavailable because the connection was lost may yet have been made.

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "adapter/store/migration.h"
#include "adapter/store/sealing.h"
#include "adapter/store/store.h"

namespace pas::store {

struct PostgresOptions {
  // libpq's: "host=… dbname=…" or "postgresql://…"; with several hosts the one that takes writes is used.
  std::string conninfo;
  std::size_t connections = 16;    // most at once
  std::size_t queue_limit = 1024;  // calls waiting for a connection; one more is kUnavailable at once
  SharedKeys keys = {};            // that texts are sealed with
  std::chrono::milliseconds retry_window{5000};
};

// Connects and brings the schema up to date. kUnsupported: a newer version of the adapter wrote it. kInvalid: the
// schema holds tables of something else, the connection string is wrong, or the keys are not those of the store.
// kUnavailable: any other failure.
Result<std::unique_ptr<Store>> open_postgres(const PostgresOptions& options);
Result<Migration> migrate_postgres(const PostgresOptions& options);

// The connection string as "keyword=value …" with no secret in it; "?" when it cannot be read.
std::string without_password(const std::string& conninfo);

}  // namespace pas::store
