#pragma once
// What the adapter must never lose: each submission with its answer, its decisions and the messages that follow from
// it.
//
// Shapes: a Case is one submitted Claim and its answer; an update is a Case of its own that replaces its prior, so that
// the newest Case of a chain shows every item's current state. Bodies (JSON, up to tens of MB) and decision records are
// read apart from the Case. Times are milliseconds since the epoch, UTC, given by the caller: the store has no clock.
// Errors: kUnavailable (full, read-only or broken disk, queue full: try again later, nothing was half stored),
// kConflict and kInvalid as told below. What is not there is an empty optional or vector, not an error.
// Threads: every operation may be called from any thread, and blocks until it is done. A Store's destructor finishes
// what was accepted; no call may be running in another thread by then.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"

namespace pas::store {

template <class T>
using Result = base::Result<T>;

enum class Kind { kInitial, kUpdate, kCancel };

enum class Status {
  kDecided,    // every item has its final action
  kPended,     // at least one item waits for a person or for information
  kCancelled,  // the whole authorization was cancelled
  kError,      // a business error: it could not be processed for its content
};

std::string_view to_string(Kind kind);      // "initial", "update", "cancel"
std::string_view to_string(Status status);  // "decided", "pended", "cancelled", "error"

struct Identifier {
  std::string system;
  std::string value;
  bool operator==(const Identifier&) const = default;
};

// Codes are bare (action X12 306, reason X12 886, procedure HCPCS or CPT); empty means none. Dates are YYYY-MM-DD.
struct Item {
  int sequence = 0;  // Claim.item.sequence
  std::string action;
  std::string reason;
  std::string procedure_code;
  std::string transaction;  // "rental", "purchase"
  int months = 0;           // months asked for, of a rental; counted by months_authorized if the action counts
  std::string trace_number;
  std::string authorization_number;
  std::string administrative_reference_number;
  std::string valid_from;
  std::string valid_to;
  bool operator==(const Item&) const = default;
};

struct Case {
  std::string id;       // a FHIR id, by rule a UUID; also the id of the ClaimResponse
  std::string client;   // who submitted it
  std::string version;  // PAS version of the request: "2.2.1"
  Kind kind = Kind::kInitial;
  Status status = Status::kDecided;
  std::vector<Identifier> claim_identifiers;
  std::string claim_full_url;  // as the submitter names the Claim
  std::string claim_id;
  std::string member_id;
  std::vector<Identifier> patient_identifiers;
  std::string payer;
  std::string request_date;
  std::int64_t received_at_ms = 0;
  std::string request_sha256;  // base::sha256_hex of the request body
  std::string prior_id;        // the case that this one updates or cancels
  std::string replaced_by;     // set by the store: the case whose prior this is; commit ignores it
  std::int64_t order = 0;      // set by the store: rises with every commit, with gaps; "newest" means highest
  std::vector<Item> items;
  bool operator==(const Case&) const = default;
};

// Each may be empty.
struct Bodies {
  std::string request;         // bytes as received
  std::string response;        // bytes as sent
  std::string claim;           // the Claim as it came, JSON
  std::string claim_response;  // the ClaimResponse as it stands now, JSON
};
enum class Body { kRequest, kResponse, kClaim, kClaimResponse };

// Why an item was decided as it was: policy id, revision and hash, inputs with their sources, trace.
struct DecisionRecord {
  int item_sequence = 0;
  std::string json;
};

// Something to be sent by the outbox worker.
struct OutboxMessage {
  std::int64_t id = 0;  // set by the store
  std::string case_id;  // set by the store
  std::string kind;
  std::string payload;
  std::int64_t due_ms = 0;
  bool operator==(const OutboxMessage&) const = default;
};

struct Submission {
  Case record;
  Bodies bodies;
  std::vector<DecisionRecord> decisions;
  std::vector<OutboxMessage> outbox;
  // Refuses the commit (kConflict) when a case of the same client and request_sha256 was received at or after this
  // time: of two identical requests at once only one is stored, and the other finds it by find_same_request.
  std::optional<std::int64_t> refuse_repeat_since_ms;
};

struct CaseFilter {  // empty members filter nothing
  std::string client;
  std::string member_id;
  std::optional<Status> status;
};

struct Page {
  std::vector<Case> cases;                      // newest first
  std::optional<std::int64_t> continue_before;  // pass as `before` for the next page; nothing on the last
};

// What months of a rental count for. Member ids mean something only beside their payer.
struct MonthsQuery {
  std::string_view payer;
  std::string_view member_id;
  std::string_view procedure_code;
  std::string_view except_case;  // leave this case's items out: the one that the present request updates
};

enum class Sequence { kAuthorization, kAdministrativeReference };

struct NumberRange {
  std::int64_t first = 0;
  int count = 0;
};

struct Health {
  bool writable = true;  // false from a failed write to the next one that succeeds
  std::string message;   // the failure, for an operator
  std::size_t queued = 0;
  std::size_t queue_limit = 0;
  std::uint64_t log_bytes = 0;  // write-ahead log not yet in the database file
};

// The most cases that one call returns; a greater limit is cut to it.
inline constexpr int kMaxCases = 1000;
inline constexpr int kMaxNumbers = 100'000;

// Certified (A1, A2, A6) or no action required (NA): its months count as authorized or noted.
bool counts_months(std::string_view action);

class Store {
 public:
  virtual ~Store() = default;

  // Everything of the submission or nothing, durable when it returns without an error. kConflict: the id is taken, the
  // prior was replaced already, or a repeat (see Submission). kInvalid: a bad id or item, or an unknown prior.
  // After kUnavailable the case is not there; only a power cut right then may yet bring it back, whole.
  virtual Result<void> commit(const Submission& submission) = 0;

  virtual Result<std::optional<Case>> find_case(std::string_view id) const = 0;
  virtual Result<std::optional<std::string>> find_body(std::string_view id, Body body) const = 0;
  virtual Result<std::optional<std::string>> decision_record(std::string_view id, int item_sequence) const = 0;

  // The client's cases with this Claim full URL, Claim identifier or patient identifier, newest first, at most `limit`.
  virtual Result<std::vector<Case>> find_by_claim_url(std::string_view client, std::string_view full_url,
                                                      int limit) const = 0;
  virtual Result<std::vector<Case>> find_by_claim_identifier(std::string_view client, const Identifier& identifier,
                                                             int limit) const = 0;
  virtual Result<std::vector<Case>> find_by_patient_identifier(std::string_view client, const Identifier& identifier,
                                                               int limit) const = 0;

  // The newest case of the same client and request_sha256 received at or after `since_ms`: a resend.
  virtual Result<std::optional<Case>> find_same_request(std::string_view client, std::string_view request_sha256,
                                                        std::int64_t since_ms) const = 0;

  // The sum of Item.months over all cases that are not replaced, where counts_months(action).
  virtual Result<int> months_authorized(const MonthsQuery& query) const = 0;

  // Cases whose order is below `before` (all, without it), newest first.
  virtual Result<Page> list_cases(const CaseFilter& filter, std::optional<std::int64_t> before, int limit) const = 0;

  // Messages due at `now_ms`, the oldest first.
  virtual Result<std::vector<OutboxMessage>> due_messages(std::int64_t now_ms, int limit) const = 0;

  // Consecutive numbers that were never given before and never will be again, over restarts and crashes; gaps occur.
  // kInvalid unless 1 <= count <= kMaxNumbers.
  virtual Result<NumberRange> reserve_numbers(Sequence sequence, int count) = 0;

  // Reads everything and lists what breaks the store's invariants; empty when it is sound. Names case ids, no content.
  virtual Result<std::vector<std::string>> verify() const = 0;

  virtual Health health() const = 0;
};

// kInvalid, naming the field: a bad id, an item or decision sequence that is repeated, a decision without its item.
// Every backend's commit begins with it.
Result<void> check(const Submission& submission);

// "memory", or "sqlite:FILE" with the defaults of SqliteOptions.
Result<std::unique_ptr<Store>> open_store(std::string_view specification);

}  // namespace pas::store
