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
    // The workflow after the answer: revisions, supplements, subscriptions and their events, and an outbox whose
    // messages are leased. The first revision of a case is its own row. Of a subject's messages one is 'waiting' and
    // the others stand 'behind' it, so that a look for due messages never reads those that cannot go.
    R"sql(
ALTER TABLE cases ADD COLUMN priority TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN due_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN requestors TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
CREATE INDEX cases_due ON cases (due_ms) WHERE status = 'pended' AND replaced_by = '' AND due_ms > 0;

INSERT OR IGNORE INTO case_keys
  SELECT '', 'number', authorization_number, case_seq FROM items WHERE authorization_number <> ''
  UNION SELECT '', 'number', administrative_reference_number, case_seq FROM items
    WHERE administrative_reference_number <> ''
  UNION SELECT '', 'number', trace_number, case_seq FROM items WHERE trace_number <> '';

CREATE TABLE revisions (
  case_seq INTEGER NOT NULL REFERENCES cases (seq) ON DELETE CASCADE,
  revision INTEGER NOT NULL CHECK (revision > 1),
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  note TEXT NOT NULL,
  decisions BLOB NOT NULL,
  PRIMARY KEY (case_seq, revision)
) STRICT;

CREATE TABLE supplements (
  seq INTEGER PRIMARY KEY,
  case_seq INTEGER NOT NULL REFERENCES cases (seq) ON DELETE CASCADE,
  id TEXT NOT NULL,
  received_at_ms INTEGER NOT NULL,
  json BLOB NOT NULL,
  UNIQUE (case_seq, id)
) STRICT;

CREATE TABLE subscriptions (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  client TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('requested', 'active', 'error', 'off')),
  json BLOB NOT NULL,
  endpoint TEXT NOT NULL,
  organizations TEXT NOT NULL,
  version TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  end_ms INTEGER NOT NULL,
  heartbeat_s INTEGER NOT NULL,
  event_count INTEGER NOT NULL,
  error TEXT NOT NULL
) STRICT;

CREATE TABLE subscription_organizations (
  organization TEXT NOT NULL,
  subscription_seq INTEGER NOT NULL REFERENCES subscriptions (seq) ON DELETE CASCADE,
  PRIMARY KEY (organization, subscription_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscription_organizations_seq ON subscription_organizations (subscription_seq);

CREATE TABLE events (
  subscription_seq INTEGER NOT NULL REFERENCES subscriptions (seq) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  case_seq INTEGER NOT NULL REFERENCES cases (seq) ON DELETE CASCADE,
  timestamp_ms INTEGER NOT NULL,
  focus BLOB NOT NULL,
  PRIMARY KEY (subscription_seq, number)
) STRICT;
CREATE INDEX events_case ON events (case_seq);

CREATE TABLE messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  case_seq INTEGER REFERENCES cases (seq) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  payload BLOB NOT NULL,
  due_ms INTEGER NOT NULL,
  subject TEXT NOT NULL DEFAULT '',
  attempts INTEGER NOT NULL DEFAULT 0,
  leased INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'behind', 'failed'))
) STRICT;
INSERT INTO messages (id, case_seq, kind, payload, due_ms) SELECT id, case_seq, kind, payload, due_ms FROM outbox;
DROP TABLE outbox;
ALTER TABLE messages RENAME TO outbox;
CREATE INDEX outbox_case ON outbox (case_seq);
CREATE INDEX outbox_due ON outbox (due_ms) WHERE state = 'waiting';
CREATE UNIQUE INDEX outbox_head ON outbox (subject) WHERE state = 'waiting' AND subject <> '';
CREATE INDEX outbox_behind ON outbox (subject, id) WHERE state = 'behind';

CREATE TABLE deliveries (
  seq INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,
  message_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('done', 'retry', 'failed')),
  attempt INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  result TEXT NOT NULL,
  http_status INTEGER NOT NULL
) STRICT;
CREATE INDEX deliveries_subject ON deliveries (subject, seq);
)sql",
    "ALTER TABLE items ADD COLUMN state TEXT NOT NULL DEFAULT ''",
    // Identifiers are found without their system too. A key is "3:urn5:12345", its lengths in bytes.
    R"sql(
INSERT OR IGNORE INTO case_keys
  SELECT client, kind,
    '1:*' || CAST(substr(CAST(value AS BLOB), instr(value, ':') + 1 + CAST(value AS INTEGER)) AS TEXT), case_seq
  FROM case_keys WHERE kind IN ('claim-identifier', 'patient-identifier');
)sql",
    // What a purge must know: the last day of service asked for, the keys of earlier revisions, and which of a
    // subscription's events went.
    R"sql(
ALTER TABLE cases ADD COLUMN served_to TEXT NOT NULL DEFAULT '';
ALTER TABLE subscriptions ADD COLUMN purged_events INTEGER NOT NULL DEFAULT 0;
CREATE INDEX case_keys_numbers ON case_keys (case_seq) WHERE kind = 'number';
)sql",
    // The Claim and the ClaimResponse are the first entries of request and response.
    R"sql(
ALTER TABLE bodies DROP COLUMN claim;
ALTER TABLE bodies DROP COLUMN claim_response;
)sql",
    // The request that a message follows from.
    R"sql(
ALTER TABLE outbox ADD COLUMN request_id TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN traceparent TEXT NOT NULL DEFAULT '';
)sql",
    // The keys that texts are sealed with (sealing.h).
    "CREATE TABLE store_keys (id TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID",
    // The guide's metrics. Those of a case lie together, and at the end of the table while they are written; those of
    // no case have the case_seq 0.
    R"sql(
CREATE TABLE exchanges (
  case_seq INTEGER NOT NULL,
  number INTEGER NOT NULL,
  payer TEXT NOT NULL,
  type TEXT NOT NULL,
  other TEXT NOT NULL,
  requested_ms INTEGER NOT NULL,
  responded_ms INTEGER NOT NULL,
  http_status INTEGER NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (case_seq, number)
) STRICT, WITHOUT ROWID;
)sql",
    // Requests for several payers.
    R"sql(
ALTER TABLE cases ADD COLUMN whole_id TEXT NOT NULL DEFAULT '';
ALTER TABLE bodies ADD COLUMN whole BLOB NOT NULL DEFAULT x'';
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

Result<Migration> migrate(SqliteConnection& connection) {
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
    if (auto ran = run_migration(connection, number); !ran) return ran.error();
  }
  return Migration{*version, newest};
}

Result<void> use_keys(SqliteConnection& connection) {
  KeyChecks stored;
  SqliteQuery row(connection, "SELECT id, sealed FROM store_keys");
  while (row.next()) stored.emplace(row.text(0), row.text(1));
  if (auto read = row.finish(); !read) return read;
  const StoreKeys* keys = connection.keys();
  if (auto fitting = check_keys(keys, stored); !fitting) return fitting;
  if (keys == nullptr || stored.contains(keys->first())) return {};
  const std::string check = key_check(*keys);
  return connection.run("INSERT INTO store_keys VALUES (?, ?)", keys->first(), SqliteBlob{check});
}

}  // namespace pas::store
