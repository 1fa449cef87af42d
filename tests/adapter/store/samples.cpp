#include "tests/adapter/store/samples.h"

#include <cstdlib>
#include <random>

#include "fhir/base/digest.h"
#include "tests/adapter/store/postgres_server.h"

namespace pas::support {

store::Submission submission(const std::string& id) {
  store::Submission made;
  store::Case& record = made.record;
  record.id = id;
  record.client = "clinic";
  record.version = "2.2.1";
  record.kind = store::Kind::kInitial;
  record.status = store::Status::kPended;
  record.claim_identifiers = {{"urn:clinic:claims", id}, {"urn:clinic:batches", "7"}};
  record.claim_full_url = "urn:uuid:" + id;
  record.claim_id = "claim-" + id;
  record.member_id = "M-1";
  record.patient_identifiers = {{"urn:clinic:patients", "P-1"}};
  record.payer = "payer";
  record.request_date = "2026-03-08";
  record.received_at_ms = kNoonMs;
  record.priority = "normal";
  record.requestors = {{"http://hl7.org/fhir/sid/us-npi", "1234567893"}, {"urn:clinic:staff", "7"}};
  store::Item pump;
  pump.sequence = 1;
  pump.action = "NA";
  pump.reason = "0H";
  pump.procedure_code = "E0781";
  pump.transaction = "rental";
  pump.months = 3;
  pump.trace_number = "T-" + id;
  pump.authorization_number = "AUTH-" + id;
  pump.valid_from = "2026-03-10";
  pump.valid_to = "2026-06-09";
  pump.state = R"({"item":{"sequence":1}})";
  store::Item pole;
  pole.sequence = 2;
  pole.action = "A4";
  pole.reason = "0U";
  pole.procedure_code = "E0776";
  pole.months = 5;
  pole.administrative_reference_number = "REF-" + id;
  record.items = {pump, pole};
  made.bodies.request = R"({"resourceType":"Bundle","id":"request-)" + id + "\"}";
  made.bodies.response = R"({"resourceType":"Bundle","id":"response-)" + id + "\"}";
  record.request_sha256 = base::sha256_hex(made.bodies.request);
  made.decisions = {{1, R"({"row":"5","case":")" + id + "\"}"}, {2, R"({"row":"10","case":")" + id + "\"}"}};
  made.outbox = {{0, "", "notification", "pended " + id, kNoonMs}};
  return made;
}

std::string noise(std::size_t bytes, unsigned seed) {
  std::mt19937 random(seed);
  std::string text(bytes, '\0');
  for (char& c : text) c = static_cast<char>(random() & 0xFFU);
  return text;
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "pas-store-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) std::abort();
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

const Backend kMemory = {"memory", [](const TemporaryFolder&) { return "memory"; }};
const Backend kSqlite = {"sqlite", [](const TemporaryFolder& folder) { return "sqlite:" + folder.file("store.db"); }};
const Backend kPostgres = {"postgres", [](const TemporaryFolder&) { return postgres_specification(); }};

const Backend kSealedSqlite = {"sealed_sqlite", kSqlite.specification, true};
const Backend kSealedPostgres = {"sealed_postgres", kPostgres.specification, true};

}  // namespace pas::support
