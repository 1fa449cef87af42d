#pragma once
// What is stored of a case: as it was submitted, how it stands, and what changed it.
//
// Times are milliseconds since the epoch, UTC. Codes are bare (action X12 306, reason X12 886, procedure HCPCS or CPT);
// empty means none. Dates are YYYY-MM-DD. Values; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/store/exchange.h"
#include "adapter/store/outbox.h"
#include "adapter/store/subscription.h"

namespace pas::store {

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
  std::string state;  // the item as it stands, for whoever writes answers (pas::write_standing); opaque here
  bool operator==(const Item&) const = default;
};

inline constexpr std::string_view kKeyDigest = "key ";

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
  // base::sha256_hex of the bytes as received, or kKeyDigest and another: of an Idempotency-Key, of a part.
  std::string request_sha256;
  std::string prior_id;     // the case that this one updates or cancels
  std::string whole_id;     // of a request that was split by payer: by which its parts are known together
  std::string priority;     // Claim.priority code as sent: "normal", "stat"
  std::int64_t due_ms = 0;  // when a pended case must be decided; 0: never
  // Identifiers of the provider organization and of the ordering, rendering and attending practitioners.
  std::vector<Identifier> requestors;
  std::string replaced_by;    // set by the store: the case whose prior this is; commit ignores it
  std::int64_t revision = 1;  // set by the store: 1 at commit, one more with each revise
  std::int64_t order = 0;     // set by the store: rises with every commit, with gaps; "newest" means highest
  std::vector<Item> items;
  bool operator==(const Case&) const = default;
};

// Each may be empty.
struct Bodies {
  std::string request;   // bytes as received
  std::string response;  // bytes as sent, or as a revision answers
  std::string whole;     // of the first part of a request that was split: all of it, bytes as received
};
enum class Body { kRequest, kResponse, kWhole };

// Why an item was decided as it was: policy id, revision and hash, inputs with their sources, trace.
struct DecisionRecord {
  int item_sequence = 0;
  std::string json;
  std::int64_t revision = 1;  // that it came with; set by the store
  bool operator==(const DecisionRecord&) const = default;
};

struct Submission {
  Case record;
  Bodies bodies;
  std::vector<DecisionRecord> decisions;
  std::vector<OutboxMessage> outbox;
  std::vector<NewEvent> events;
  Origin origin;                          // of all messages that come of it
  std::optional<Exchange> exchange = {};  // written with it
  std::string served_to;  // the last day of service asked for, YYYY-MM-DD (retention.h); empty: none is named
  // Refuses the commit (kConflict) when a case of the same client and request_sha256 was received at or after this
  // time: of two identical requests at once only one is stored, and the other finds it by find_same_request.
  std::optional<std::int64_t> refuse_repeat_since_ms;
};

// Information that came for a case after its commit (attachments, answers of a questionnaire).
struct Supplement {
  std::string id;  // of the sender's making, once in a case
  std::int64_t received_at_ms = 0;
  std::string json;
  bool operator==(const Supplement&) const = default;
};

// A later change of a case: what a person, arriving information or a deadline decided. `status`, `due_ms` and `items`
// take the place of the present ones.
struct Revision {
  std::string case_id;
  std::int64_t expected_revision = 0;  // the Case.revision that the change was made from
  Status status = Status::kDecided;
  std::int64_t due_ms = 0;
  std::vector<Item> items;
  std::string response;  // empty keeps the present one
  std::vector<DecisionRecord> decisions;
  std::vector<OutboxMessage> outbox;
  std::vector<NewEvent> events;
  Origin origin;  // of all messages that come of it
  std::vector<Supplement> supplements;
  std::optional<Exchange> exchange = {};  // written with it
  std::int64_t at_ms = 0;
  std::string actor;
  std::string action;
  std::string note;
};

inline constexpr std::string_view kSubmitAction = "submit";

// One line of a case's history.
struct HistoryEntry {
  std::int64_t revision = 0;
  std::int64_t at_ms = 0;
  std::string actor;   // of the first: the client
  std::string action;  // of the first: kSubmitAction
  std::string note;
  bool operator==(const HistoryEntry&) const = default;
};

}  // namespace pas::store
