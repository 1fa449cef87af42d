-- A file as the first version of the store left it.
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

PRAGMA user_version = 1;

INSERT INTO cases VALUES (1, 'c-1', 'clinic', '2.2.1', 'initial', 'pended', '17:urn:clinic:claims3:c-1', 'urn:uuid:c-1', 'c-1', 'M-1',
  '6:urn:ä3:P-1', 'payer',
  '2026-03-08', 1772971200000, '', '', 'c-2');
INSERT INTO cases VALUES (2, 'c-2', 'clinic', '2.2.1', 'update', 'decided', '', '', 'c-1', 'M-1', '', 'payer',
  '2026-03-09', 1773057600000, '', 'c-1', '');
INSERT INTO bodies VALUES (1, x'', x'', x'', x'', x''), (2, x'', x'', x'', x'', x'');
INSERT INTO items VALUES (1, 0, 1, 'A4', '', 'E0781', 'rental', 3, 'T-1', '', 'R0000000001', '', '');
INSERT INTO items VALUES (2, 0, 1, 'A1', '', 'E0781', 'rental', 3, 'T-1', 'A0000000001', '', '2026-03-09', '2026-06-08');
INSERT INTO items VALUES (2, 1, 2, 'A1', '', 'E0776', '', 0, 'A0000000001', 'A0000000001', '', '', '');
INSERT INTO case_keys VALUES ('clinic', 'claim-url', 'urn:uuid:c-1', 1);
INSERT INTO case_keys VALUES ('clinic', 'claim-identifier', '17:urn:clinic:claims3:c-1', 1);
INSERT INTO case_keys VALUES ('clinic', 'patient-identifier', '6:urn:ä3:P-1', 1);
INSERT INTO months VALUES ('payer', 'M-1', 'E0781', 3);
INSERT INTO outbox VALUES (1, 1, 'first', x'61', 100), (7, 2, 'second', x'62', 50);
UPDATE sequences SET next = 1001;
