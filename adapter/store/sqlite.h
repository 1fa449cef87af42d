#pragma once
// The store in one SQLite file (WAL, synchronous=FULL), on a local disk.
//
// One thread writes, in groups: submissions that wait at the same time share a transaction and its fsync, each under a
// savepoint of its own, so that one that fails takes no other with it. Reads go over a pool of connections beside it.
// A second thread moves the write-ahead log into the file, off the way of the writer. One process at a time has the
// file (flock on it); `sqlite3 -readonly FILE` may look on.
// After a full disk or an I/O error writes fail with kUnavailable and reads go on; the next write that succeeds ends
// it.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "adapter/store/migration.h"
#include "adapter/store/sealing.h"
#include "adapter/store/store.h"

namespace pas::store {

struct SqliteOptions {
  std::string file;
  int readers = 4;                                        // read connections
  std::size_t group_limit = 64;                           // most submissions of one transaction
  std::size_t queue_limit = 1024;                         // submissions waiting; one more is kUnavailable at once
  std::size_t queue_limit_bytes = std::size_t{1} << 28U;  // of compressed bodies waiting
  std::chrono::milliseconds checkpoint_interval{100};
  std::uint64_t log_limit_bytes = std::uint64_t{1} << 28U;  // a longer log is emptied even under load
  SharedKeys keys = {};                                     // that texts are sealed with
  std::int64_t file_limit_pages = 0;                        // of 4 KiB: then kUnavailable; 0 is no limit
};

// Opens or creates the file and brings its schema up to date. kConflict: another process has it. kUnsupported: a newer
// version of the adapter wrote it. kInvalid: it is not a store of the adapter, or
// the keys are not its keys. kUnavailable: any other failure.
Result<std::unique_ptr<Store>> open_sqlite(const SqliteOptions& options);
Result<Migration> migrate_sqlite(const SqliteOptions& options);

}  // namespace pas::store
