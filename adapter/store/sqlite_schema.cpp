#include "adapter/store/sqlite_schema.h"

#include <iterator>

namespace pas::store {
namespace {

constexpr std::int64_t kApplicationId = 0x50415341;  // "PASA"

// Every index page that a commit touches is written twice, to the log and to the file, and costs more than the row: so
// there is one table for all keys of a client, items and keys have no rowid, the decisions of a case lie together, and
// what only an administrator asks for is found by reading the cases from the newest on.
// (The columns of a key come first in a table without rowid: SQLite 3.40's integrity_check errs on any other order.)
// A migration is never changed once released: the next one alters what it made.
constexpr const char* kMigrations[] = {
    R"sql(
PRAGMA application_id = 1346458433;

CREATE TABLE cases (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  client TEXT NOT NULL,
  version TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('initial', 'update', 'cancel')),
  status TEXT NOT NULL CHECK (status IN ('decided', 'pended', 'cancelled', 'error')),
  claim_identifiers TEXT NOT NULL,
  claim_full_url TEXT NOT NULL,
  claim_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  patient_identifiers TEXT NOT NULL,
  payer TEXT NOT NULL,
  request_date TEXT NOT NULL,
  received_at_ms INTEGER NOT NULL,
  request_sha256 TEXT NOT NULL,
  prior_id TEXT NOT NULL,
  replaced_by TEXT NOT NULL
) STRICT;
CREATE INDEX cases_member ON cases (member_id);
CREATE INDEX cases_status ON cases (status) WHERE status <> 'decided';

CREATE TABLE case_keys (
  client TEXT NOT NULL,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  case_seq INTEGER NOT NULL,
  PRIMARY KEY (client, kind, value, case_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE bodies (
  case_seq INTEGER PRIMARY KEY REFERENCES cases (seq) ON DELETE CASCADE,
  claim_response BLOB NOT NULL,
  decisions BLOB NOT NULL,
  claim BLOB NOT NULL,
  response BLOB NOT NULL,
  request BLOB NOT NULL
) STRICT;

CREATE TABLE items (
  case_seq INTEGER NOT NULL REFERENCES cases (seq) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  action TEXT NOT NULL,
  reason TEXT NOT NULL,
  procedure_code TEXT NOT NULL,
  item_transaction TEXT NOT NULL,
  months INTEGER NOT NULL,
  trace_number TEXT NOT NULL,
  authorization_number TEXT NOT NULL,
  administrative_reference_number TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to TEXT NOT NULL,
  PRIMARY KEY (case_seq, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE months (
  payer TEXT NOT NULL,
  member_id TEXT NOT NULL,
  procedure_code TEXT NOT NULL,
  months INTEGER NOT NULL,
  PRIMARY KEY (payer, member_id, procedure_code)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_seq INTEGER NOT NULL REFERENCES cases (seq) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  payload BLOB NOT NULL,
  due_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_case ON outbox (case_seq);
CREATE INDEX outbox_due ON outbox (due_ms);

CREATE TABLE sequences (
  name TEXT PRIMARY KEY,
  next INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO sequences VALUES ('authorization', 1), ('administrative-reference', 1);
)sql",
};

Result<std::int64_t> read_integer(SqliteConnection& connection, std::string_view sql) {
  SqliteQuery query(connection, sql);
  const std::int64_t value = query.next() ? query.integer(0) : 0;
  if (auto read = query.finish(); !read) return read.error();
  return value;
}

Result<void> run_migration(SqliteConnection& connection, std::int64_t number) {
  const std::string script = std::string("BEGIN IMMEDIATE;") + kMigrations[number - 1] +
                             "; PRAGMA user_version=" + std::to_string(number) + "; COMMIT";
  auto ran = connection.execute(script.c_str());
  if (!ran && connection.in_transaction()) (void)connection.execute("ROLLBACK");
  return ran;
}

}  // namespace

Result<void> migrate(SqliteConnection& connection) {
  const auto version = read_integer(connection, "PRAGMA user_version");
  if (!version) return version.error();
  const auto application = read_integer(connection, "PRAGMA application_id");
  if (!application) return application.error();
  const auto tables = read_integer(connection, "SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables.error();
  if (*application != kApplicationId && (*tables != 0 || *version != 0)) {
    return base::invalid("a database, but not a store of this adapter");
  }
  const std::int64_t newest = std::ssize(kMigrations);
  if (*version > newest) {
    return base::Error{base::ErrorCode::kUnsupported, "schema version " + std::to_string(*version) +
                                                          " is of a newer adapter; this one knows " +
                                                          std::to_string(newest)};
  }
  for (std::int64_t number = *version + 1; number <= newest; ++number) {
    if (auto ran = run_migration(connection, number); !ran) return ran;
  }
  return {};
}

}  // namespace pas::store
