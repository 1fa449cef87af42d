#include <algorithm>
#include <iterator>
#include <mutex>

#include "adapter/store/case_keys.h"
#include "adapter/store/memory_store.h"

namespace pas::store {
namespace {

bool passes(const CaseFilter& filter, const Case& record) {
  return (filter.client.empty() || record.client == filter.client) &&
         (filter.member_id.empty() || record.member_id == filter.member_id) &&
         (filter.payer.empty() || record.payer == filter.payer) &&
         (!filter.status || record.status == *filter.status) &&
         (!filter.received_from_ms || record.received_at_ms >= *filter.received_from_ms) &&
         (!filter.received_to_ms || record.received_at_ms <= *filter.received_to_ms) &&
         (!filter.due_before_ms || (record.due_ms > 0 && record.due_ms <= *filter.due_before_ms)) &&
         (filter.include_replaced || record.replaced_by.empty());
}

}  // namespace

Result<std::optional<Case>> MemoryStore::find_case(std::string_view id) const {
  const std::shared_lock lock(mutex_);
  const Kept* kept = find(id);
  if (kept == nullptr) return std::optional<Case>();
  return std::optional<Case>(kept->record);
}

Result<std::optional<std::string>> MemoryStore::find_body(std::string_view id, Body body) const {
  const std::shared_lock lock(mutex_);
  const Kept* kept = find(id);
  if (kept == nullptr) return std::optional<std::string>();
  switch (body) {
    case Body::kResponse:
      return std::optional(kept->bodies.response);
    case Body::kWhole:
      return std::optional(kept->bodies.whole);
    case Body::kRequest:
      break;
  }
  return std::optional(kept->bodies.request);
}

Result<std::vector<DecisionRecord>> MemoryStore::decision_records(std::string_view id, int item_sequence) const {
  const std::shared_lock lock(mutex_);
  std::vector<DecisionRecord> records;
  const Kept* kept = find(id);
  if (kept == nullptr) return records;
  std::ranges::copy_if(kept->decisions, std::back_inserter(records),
                       [item_sequence](const DecisionRecord& each) { return each.item_sequence == item_sequence; });
  return records;
}

Result<std::vector<HistoryEntry>> MemoryStore::history(std::string_view id) const {
  const std::shared_lock lock(mutex_);
  const Kept* kept = find(id);
  return kept == nullptr ? std::vector<HistoryEntry>() : kept->history;
}

Result<std::vector<Exchange>> MemoryStore::exchanges(std::string_view case_id) const {
  const std::shared_lock lock(mutex_);
  const auto found = exchanges_.find(case_id);
  return found == exchanges_.end() || case_id.empty() ? std::vector<Exchange>() : found->second;
}

Result<std::vector<Exchange>> MemoryStore::other_exchanges(const ExchangeFilter& filter, std::int64_t after,
                                                           int limit) const {
  const std::shared_lock lock(mutex_);
  std::vector<Exchange> others;
  const auto found = exchanges_.find("");
  if (found == exchanges_.end()) return others;
  for (const Exchange& each : found->second) {
    const bool is_of_time = each.requested_ms >= filter.from_ms && each.requested_ms <= filter.to_ms;
    if (each.order > after && is_of_time && std::ssize(others) < limit) others.push_back(each);
  }
  return others;
}

Result<std::vector<Supplement>> MemoryStore::supplements(std::string_view id) const {
  const std::shared_lock lock(mutex_);
  const Kept* kept = find(id);
  return kept == nullptr ? std::vector<Supplement>() : kept->supplements;
}

std::vector<Case> MemoryStore::find_by_key(std::string_view client, std::string_view kind, std::string_view value,
                                           int limit) const {
  const std::shared_lock lock(mutex_);
  std::vector<Case> found;
  const auto orders = keys_.find({std::string(client), std::string(kind), std::string(value)});
  if (orders == keys_.end()) return found;
  const auto most = static_cast<std::size_t>(std::clamp(limit, 0, kMaxCases));
  for (auto order = orders->second.rbegin(); order != orders->second.rend() && found.size() < most; ++order) {
    found.push_back(cases_.at(*order).record);
  }
  return found;
}

Result<std::vector<Case>> MemoryStore::find_by_claim_url(std::string_view client, std::string_view full_url,
                                                         int limit) const {
  return find_by_key(client, kClaimUrlKey, full_url, limit);
}

Result<std::vector<Case>> MemoryStore::find_by_claim_identifier(std::string_view client, const Identifier& identifier,
                                                                int limit) const {
  return find_by_key(client, kClaimIdentifierKey, key_value(identifier), limit);
}

Result<std::vector<Case>> MemoryStore::find_by_patient_identifier(std::string_view client, const Identifier& identifier,
                                                                  int limit) const {
  return find_by_key(client, kPatientIdentifierKey, key_value(identifier), limit);
}

Result<std::vector<Case>> MemoryStore::find_by_number(std::string_view number, int limit) const {
  return find_by_key(kEveryClient, kNumberKey, number, limit);
}

Result<std::vector<Case>> MemoryStore::find_parts(std::string_view client, std::string_view whole_id) const {
  auto parts = find_by_key(client, kWholeKey, whole_id, kMaxCases);
  std::ranges::reverse(parts);  // the newest come first
  return parts;
}

Result<std::vector<Case>> MemoryStore::find_by_member_id(std::string_view member_id, int limit) const {
  if (member_id.empty()) return std::vector<Case>();
  CaseFilter filter;
  filter.member_id = member_id;
  return std::move(list_cases(filter, std::nullopt, limit)->cases);
}

Result<std::vector<Case>> MemoryStore::cases_due(std::int64_t before_ms, int limit) const {
  CaseFilter filter;
  filter.status = Status::kPended;
  filter.include_replaced = false;
  filter.due_before_ms = before_ms;
  const std::shared_lock lock(mutex_);
  std::vector<Case> due;
  for (const auto& [order, kept] : cases_) {
    if (passes(filter, kept.record)) due.push_back(kept.record);
  }
  std::stable_sort(due.begin(), due.end(), [](const Case& a, const Case& b) { return a.due_ms < b.due_ms; });
  due.resize(std::min(due.size(), static_cast<std::size_t>(std::clamp(limit, 0, kMaxCases))));
  return due;
}

Result<std::optional<Case>> MemoryStore::find_same_request(std::string_view client, std::string_view request_sha256,
                                                           std::int64_t since_ms) const {
  const std::shared_lock lock(mutex_);
  return repeat_of(client, request_sha256, since_ms);
}

Result<int> MemoryStore::months_authorized(const MonthsQuery& query) const {
  const std::shared_lock lock(mutex_);
  const auto counted =
      months_.find({std::string(query.payer), std::string(query.member_id), std::string(query.procedure_code)});
  if (counted == months_.end()) return 0;
  int months = counted->second;
  const Kept* except = find(query.except_case);
  if (except == nullptr || !except->record.replaced_by.empty()) return months;
  if (except->record.payer != query.payer || except->record.member_id != query.member_id) return months;
  for (const Item& item : except->record.items) {
    if (item.procedure_code == query.procedure_code && counts_months(item.action)) months -= item.months;
  }
  return months;
}

Result<Page> MemoryStore::list_cases(const CaseFilter& filter, std::optional<std::int64_t> before, int limit) const {
  const std::shared_lock lock(mutex_);
  Page page;
  const auto most = static_cast<std::size_t>(std::clamp(limit, 0, kMaxCases));
  auto place = before ? cases_.lower_bound(*before) : cases_.end();
  while (place != cases_.begin()) {
    --place;
    const Case& record = place->second.record;
    if (!passes(filter, record)) continue;
    if (page.cases.size() == most) {
      if (most > 0) page.continue_before = page.cases.back().order;
      break;
    }
    page.cases.push_back(record);
  }
  return page;
}

Result<std::vector<std::string>> MemoryStore::verify() const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> faults;
  for (const auto& [order, kept] : cases_) {
    if (!has_its_hash(kept.record, kept.bodies.request, kept.bodies.whole)) {
      faults.push_back("case " + kept.record.id + ": the request does not have its hash");
    }
  }
  return faults;
}

}  // namespace pas::store
