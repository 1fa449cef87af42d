#include "adapter/store/store.h"

#include <algorithm>
#include <set>

#include "adapter/store/memory.h"
#include "adapter/store/sqlite.h"

namespace pas::store {
namespace {

// FHIR R4 id: [A-Za-z0-9\-\.]{1,64}.
bool is_fhir_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

constexpr int kMaxMonths = 1200;

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

bool counts_months(std::string_view action) {
  return action == "A1" || action == "A2" || action == "A6" || action == "NA";
}

Result<void> check(const Submission& submission) {
  const Case& record = submission.record;
  if (!is_fhir_id(record.id)) return base::invalid("case: id is not a FHIR id");
  if (record.prior_id == record.id) return base::invalid("case " + record.id + ": prior_id is the case itself");
  std::set<int> sequences;
  for (const Item& item : record.items) {
    const std::string place = "case " + record.id + ", item " + std::to_string(item.sequence);
    if (item.sequence < 1) return base::invalid(place + ": sequence is below 1");
    if (!sequences.insert(item.sequence).second) return base::invalid(place + ": sequence is repeated");
    if (item.months < 0 || item.months > kMaxMonths) return base::invalid(place + ": months is not 0 to 1200");
  }
  std::set<int> decided;
  for (const DecisionRecord& decision : submission.decisions) {
    const std::string place = "case " + record.id + ", decision of item " + std::to_string(decision.item_sequence);
    if (!sequences.contains(decision.item_sequence)) return base::invalid(place + ": no such item");
    if (!decided.insert(decision.item_sequence).second) return base::invalid(place + ": repeated");
  }
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
  return base::Error{base::ErrorCode::kUnsupported,
                     "store \"" + std::string(specification) + "\" is neither memory nor sqlite:FILE"};
}

}  // namespace pas::store
