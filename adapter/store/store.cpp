#include "adapter/store/store.h"

#include <algorithm>
#include <set>

#include "adapter/store/memory.h"
#include "adapter/store/postgres.h"
#include "adapter/store/sqlite.h"
#include "fhir/base/text.h"

namespace pas::store {
namespace {

constexpr int kMaxMonths = 1200;

constexpr std::string_view kPostgres = "postgres:";

// "postgres://host/db" is the URL itself.
std::string conninfo_of(std::string_view specification) {
  if (specification.starts_with("postgres://")) return std::string(specification);
  return std::string(specification.substr(kPostgres.size()));
}

Result<void> check_items(const std::string& id, const std::vector<Item>& items,
                         const std::vector<DecisionRecord>& decisions) {
  std::set<int> sequences;
  for (const Item& item : items) {
    const std::string place = "case " + id + ", item " + std::to_string(item.sequence);
    if (item.sequence < 1) return base::invalid(place + ": sequence is below 1");
    if (!sequences.insert(item.sequence).second) return base::invalid(place + ": sequence is repeated");
    if (item.months < 0 || item.months > kMaxMonths) return base::invalid(place + ": months is not 0 to 1200");
  }
  std::set<int> decided;
  for (const DecisionRecord& decision : decisions) {
    const std::string place = "case " + id + ", decision of item " + std::to_string(decision.item_sequence);
    if (!sequences.contains(decision.item_sequence)) return base::invalid(place + ": no such item");
    if (!decided.insert(decision.item_sequence).second) return base::invalid(place + ": repeated");
  }
  return {};
}

}  // namespace

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::kUpdate:
      return "update";
    case Kind::kCancel:
      return "cancel";
    case Kind::kInitial:
      break;
  }
  return "initial";
}

std::string_view to_string(Status status) {
  switch (status) {
    case Status::kPended:
      return "pended";
    case Status::kCancelled:
      return "cancelled";
    case Status::kError:
      return "error";
    case Status::kDecided:
      break;
  }
  return "decided";
}

std::string_view to_string(SubscriptionStatus status) {
  switch (status) {
    case SubscriptionStatus::kActive:
      return "active";
    case SubscriptionStatus::kError:
      return "error";
    case SubscriptionStatus::kOff:
      return "off";
    case SubscriptionStatus::kRequested:
      break;
  }
  return "requested";
}

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::kRetry:
      return "retry";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kPutBack:
      return "put-back";
    case Outcome::kDone:
      break;
  }
  return "done";
}

bool counts_months(std::string_view action) {
  return action == "A1" || action == "A2" || action == "A6" || action == "NA";
}

Result<void> check(const Submission& submission) {
  const Case& record = submission.record;
  if (!base::is_fhir_id(record.id)) return base::invalid("case: id is not a FHIR id");
  if (record.prior_id == record.id) return base::invalid("case " + record.id + ": prior_id is the case itself");
  return check_items(record.id, record.items, submission.decisions);
}

Result<void> check(const Revision& revision) {
  std::set<std::string_view> supplements;
  for (const Supplement& supplement : revision.supplements) {
    if (!supplements.insert(supplement.id).second) {
      return base::invalid("case " + revision.case_id + ": a supplement is repeated");
    }
  }
  return check_items(revision.case_id, revision.items, revision.decisions);
}

Result<void> check(const Subscription& subscription) {
  if (!base::is_fhir_id(subscription.id)) return base::invalid("subscription: id is not a FHIR id");
  return {};
}

Result<std::unique_ptr<Store>> open_store(std::string_view specification) {
  if (specification == "memory") return open_memory();
  constexpr std::string_view kSqlite = "sqlite:";
  if (specification.starts_with(kSqlite) && specification.size() > kSqlite.size()) {
    SqliteOptions options;
    options.file = specification.substr(kSqlite.size());
    return open_sqlite(options);
  }
  if (specification.starts_with(kPostgres) && specification.size() > kPostgres.size()) {
    PostgresOptions options;
    options.conninfo = conninfo_of(specification);
    return open_postgres(options);
  }
  return base::Error{base::ErrorCode::kUnsupported,
                     "store \"" + shown(specification) + "\" is neither memory, sqlite:FILE nor postgres:CONNINFO"};
}

std::string shown(std::string_view specification) {
  if (!specification.starts_with(kPostgres)) return std::string(specification);
  return std::string(kPostgres) + without_password(conninfo_of(specification));
}

}  // namespace pas::store
