#pragma once
// A row of either database as what it tells of. Row: integer(column), bytes(column), text(column) of the present row;
// the columns stand in the order of SQLite's schema.

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "adapter/store/packing.h"
#include "adapter/store/sealing.h"
#include "adapter/store/store.h"

namespace pas::store {

template <class Enum>
std::optional<Enum> parse(std::string_view name, std::initializer_list<Enum> values) {
  for (const Enum value : values) {
    if (to_string(value) == name) return value;
  }
  return std::nullopt;
}

inline base::Error damaged_case(std::string_view id, const char* what) {
  return base::unavailable("case " + std::string(id) + ": its stored " + what + " is damaged");
}

inline base::Error damaged_subscription(std::string_view id, const char* what) {
  return base::unavailable("subscription " + std::string(id) + ": its stored " + what + " is damaged");
}

// Of a row "SELECT c.*", whose columns migrations only add to; without its items. The databases have `whole_id` in
// places of their own.
template <class Row>
Result<Case> case_of(const Row& row, int whole_id) {
  Case record;
  record.order = row.integer(0);
  record.id = row.text(1);
  record.client = row.text(2);
  record.version = row.text(3);
  const auto kind = parse(row.bytes(4), {Kind::kInitial, Kind::kUpdate, Kind::kCancel});
  const auto status = parse(row.bytes(5), {Status::kDecided, Status::kPended, Status::kCancelled, Status::kError});
  auto claim_identifiers = unpack_identifiers(row.bytes(6));
  auto patient_identifiers = unpack_identifiers(row.bytes(10));
  auto requestors = unpack_identifiers(row.bytes(19));
  if (!kind || !status || !claim_identifiers || !patient_identifiers || !requestors) {
    return damaged_case(record.id, "row");
  }
  record.kind = *kind;
  record.status = *status;
  record.claim_identifiers = std::move(*claim_identifiers);
  record.claim_full_url = row.text(7);
  record.claim_id = row.text(8);
  record.member_id = row.text(9);
  record.patient_identifiers = std::move(*patient_identifiers);
  record.payer = row.text(11);
  record.request_date = row.text(12);
  record.received_at_ms = row.integer(13);
  record.request_sha256 = row.text(14);
  record.prior_id = row.text(15);
  record.replaced_by = row.text(16);
  record.priority = row.text(17);
  record.due_ms = row.integer(18);
  record.requestors = std::move(*requestors);
  record.revision = row.integer(20);
  record.whole_id = row.text(whole_id);
  return record;
}

struct BodyColumn {
  std::string_view name;
  std::string_view place;  // "bodies.request"
};
inline BodyColumn column_of(Body body) {
  switch (body) {
    case Body::kResponse:
      return {"response", "bodies.response"};
    case Body::kWhole:
      return {"whole", "bodies.whole"};
    case Body::kRequest:
      break;
  }
  return {"request", "bodies.request"};
}

// Of the columns of items from `first` = sequence on; nothing when its state is damaged.
template <class Row>
std::optional<Item> item_of(const Row& row, int first, std::string_view case_id, const StoreKeys* keys) {
  Item item;
  item.sequence = static_cast<int>(row.integer(first));
  item.action = row.text(first + 1);
  item.reason = row.text(first + 2);
  item.procedure_code = row.text(first + 3);
  item.transaction = row.text(first + 4);
  item.months = static_cast<int>(row.integer(first + 5));
  item.trace_number = row.text(first + 6);
  item.authorization_number = row.text(first + 7);
  item.administrative_reference_number = row.text(first + 8);
  item.valid_from = row.text(first + 9);
  item.valid_to = row.text(first + 10);
  auto state = opened(keys, row.bytes(first + 11), place_of("items.state", {case_id, std::to_string(item.sequence)}));
  if (!state) return std::nullopt;
  item.state = std::move(*state);
  return item;
}

// Where the decisions of that revision stand.
inline std::string decisions_place(std::string_view case_id, std::int64_t revision) {
  return revision == 1 ? place_of("bodies.decisions", {case_id})
                       : place_of("revisions.decisions", {case_id, std::to_string(revision)});
}

// Of a row "SELECT s.*".
template <class Row>
Result<Subscription> subscription_of(const Row& row, const StoreKeys* keys) {
  Subscription read;
  read.id = row.text(1);
  read.client = row.text(2);
  const auto status = parse(row.bytes(3), {SubscriptionStatus::kRequested, SubscriptionStatus::kActive,
                                           SubscriptionStatus::kError, SubscriptionStatus::kOff});
  auto json = unpacked_text(keys, row.bytes(4), place_of("subscriptions.json", {read.id}));
  read.endpoint = row.text(5);
  auto organizations = unpack_texts(row.bytes(6));
  if (!status || !json || !organizations) return damaged_subscription(read.id, "row");
  read.status = *status;
  read.json = std::move(*json);
  read.organizations = std::move(*organizations);
  read.version = row.text(7);
  read.created_ms = row.integer(8);
  read.end_ms = row.integer(9);
  read.heartbeat_s = row.integer(10);
  read.event_count = row.integer(11);
  read.error = row.text(12);
  return read;
}

// Of number, payer, type, other, requested_ms, responded_ms, http_status, detail.
template <class Row>
Exchange exchange_of(const Row& row, std::string_view case_id) {
  Exchange exchange;
  exchange.order = row.integer(0);
  exchange.case_id = case_id;
  exchange.payer = row.text(1);
  exchange.type = row.text(2);
  exchange.other = row.text(3);
  exchange.requested_ms = row.integer(4);
  exchange.responded_ms = row.integer(5);
  exchange.http_status = static_cast<int>(row.integer(6));
  exchange.detail = row.text(7);
  return exchange;
}

// Of message_id, kind, outcome, attempt, at_ms, result, http_status.
template <class Row>
Delivery delivery_of(const Row& row, std::string_view subject) {
  Delivery delivery;
  delivery.message_id = row.integer(0);
  delivery.kind = row.text(1);
  delivery.subject = subject;
  delivery.outcome = parse(row.bytes(2), {Outcome::kRetry, Outcome::kFailed}).value_or(Outcome::kDone);
  delivery.attempt = static_cast<int>(row.integer(3));
  delivery.at_ms = row.integer(4);
  delivery.result = row.text(5);
  delivery.http_status = static_cast<int>(row.integer(6));
  return delivery;
}

}  // namespace pas::store
