#include "adapter/store/store.h"

#include <algorithm>
#include <set>
#include <utility>

#include "adapter/store/memory.h"
#include "adapter/store/postgres.h"
#include "adapter/store/sqlite.h"
#include "adapter/store/tables.h"
#include "fhir/base/text.h"

namespace pas::store {
namespace {

constexpr int kMaxMonths = 1200;

constexpr std::string_view kSqlite = "sqlite:";
constexpr std::string_view kPostgres = "postgres:";

std::optional<SqliteOptions> sqlite_options(std::string_view specification) {
  if (!specification.starts_with(kSqlite) || specification.size() == kSqlite.size()) return std::nullopt;
  SqliteOptions options;
  options.file = specification.substr(kSqlite.size());
  return options;
}

std::optional<PostgresOptions> postgres_options(std::string_view specification) {
  PostgresOptions options;
  if (specification.starts_with("postgres://") || specification.starts_with("postgresql://")) {
    options.conninfo = specification;  // a URL as libpq takes it
  } else if (specification.starts_with(kPostgres)) {
    options.conninfo = specification.substr(kPostgres.size());
  }
  return options.conninfo.empty() ? std::nullopt : std::optional(options);
}

base::Error unknown_store(std::string_view specification) {
  return {base::ErrorCode::kUnsupported,
          "store \"" + shown(specification) + "\" is neither memory, sqlite:FILE nor postgres:CONNINFO"};
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

Result<void> check(std::span<const Submission> submissions) {
  if (submissions.empty()) return base::invalid("nothing to commit");
  std::set<std::string_view> ids, priors, hashes;
  for (const Submission& submission : submissions) {
    const Case& record = submission.record;
    if (!base::is_fhir_id(record.id)) return base::invalid("case: id is not a FHIR id");
    if (record.prior_id == record.id) return base::invalid("case " + record.id + ": prior_id is the case itself");
    const bool is_alone = ids.insert(record.id).second &&
                          (record.prior_id.empty() || priors.insert(record.prior_id).second) &&
                          (record.request_sha256.empty() || hashes.insert(record.request_sha256).second);
    if (!is_alone) return base::invalid("case " + record.id + ": its id, prior or hash is that of another beside it");
    if (auto sound = check_items(record.id, record.items, submission.decisions); !sound) return sound;
  }
  return {};
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
  return open_store(specification, {});
}

Result<std::unique_ptr<Store>> open_store(std::string_view specification, SharedKeys keys) {
  if (specification == "memory") return open_memory();
  if (auto sqlite = sqlite_options(specification)) {
    sqlite->keys = std::move(keys);
    return open_sqlite(*sqlite);
  }
  if (auto postgres = postgres_options(specification)) {
    postgres->keys = std::move(keys);
    return open_postgres(*postgres);
  }
  return unknown_store(specification);
}

Result<Migration> migrate_store(std::string_view specification) {
  if (specification == "memory") return base::invalid("a store in memory has no schema");
  if (const auto sqlite = sqlite_options(specification)) return migrate_sqlite(*sqlite);
  if (const auto postgres = postgres_options(specification)) return migrate_postgres(*postgres);
  return unknown_store(specification);
}

Result<std::unique_ptr<Tables>> open_tables(std::string_view specification, SharedKeys keys) {
  if (specification == "memory") return base::invalid("a store in memory has no tables");
  if (auto sqlite = sqlite_options(specification)) {
    sqlite->keys = std::move(keys);
    return open_sqlite_tables(*sqlite);
  }
  if (auto postgres = postgres_options(specification)) {
    postgres->keys = std::move(keys);
    return open_postgres_tables(*postgres);
  }
  return unknown_store(specification);
}

Result<std::optional<std::string>> Store::decision_record(std::string_view id, int item_sequence) const {
  auto records = decision_records(id, item_sequence);
  if (!records) return records.error();
  if (records->empty()) return std::optional<std::string>();
  return std::optional(std::move(records->back().json));
}

bool is_specification(std::string_view text) {
  return text == "memory" || sqlite_options(text) || postgres_options(text);
}

std::string shown(std::string_view specification) {
  if (const auto postgres = postgres_options(specification)) {
    return std::string(kPostgres) + without_password(postgres->conninfo);
  }
  return std::string(is_specification(specification) ? specification
                                                     : specification.substr(0, specification.find(':')));
}

}  // namespace pas::store
