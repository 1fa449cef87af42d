#include "adapter/store/memory.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <tuple>

#include "adapter/store/case_keys.h"
#include "fhir/base/digest.h"

namespace pas::store {
namespace {

class MemoryStore final : public Store {
 public:
  Result<void> commit(const Submission& submission) override;
  Result<std::optional<Case>> find_case(std::string_view id) const override;
  Result<std::optional<std::string>> find_body(std::string_view id, Body body) const override;
  Result<std::optional<std::string>> decision_record(std::string_view id, int item_sequence) const override;
  Result<std::vector<Case>> find_by_claim_url(std::string_view client, std::string_view full_url,
                                              int limit) const override;
  Result<std::vector<Case>> find_by_claim_identifier(std::string_view client, const Identifier& identifier,
                                                     int limit) const override;
  Result<std::vector<Case>> find_by_patient_identifier(std::string_view client, const Identifier& identifier,
                                                       int limit) const override;
  Result<std::optional<Case>> find_same_request(std::string_view client, std::string_view request_sha256,
                                                std::int64_t since_ms) const override;
  Result<int> months_authorized(const MonthsQuery& query) const override;
  Result<Page> list_cases(const CaseFilter& filter, std::optional<std::int64_t> before, int limit) const override;
  Result<std::vector<OutboxMessage>> due_messages(std::int64_t now_ms, int limit) const override;
  Result<NumberRange> reserve_numbers(Sequence sequence, int count) override;
  Result<std::vector<std::string>> verify() const override;
  Health health() const override { return {}; }

 private:
  struct Kept {
    Case record;
    Bodies bodies;
    std::map<int, std::string> decisions;
  };
  using KeyOfClient = std::tuple<std::string, std::string, std::string>;  // client, kind, value
  using Months = std::tuple<std::string, std::string, std::string>;       // payer, member, procedure code

  // These want the mutex held.
  const Kept* find(std::string_view id) const;
  std::optional<Case> repeat_of(std::string_view client, std::string_view sha256, std::int64_t since_ms) const;
  void count_months(const Case& record, int sign);

  std::vector<Case> find_by_key(std::string_view client, std::string_view kind, std::string_view value,
                                int limit) const;

  mutable std::shared_mutex mutex_;
  std::map<std::int64_t, Kept> cases_;  // by order
  std::map<std::string, std::int64_t, std::less<>> order_of_;
  std::map<KeyOfClient, std::vector<std::int64_t>> keys_;
  std::map<Months, int> months_;
  std::map<std::int64_t, OutboxMessage> outbox_;
  std::int64_t last_order_ = 0;
  std::int64_t last_message_ = 0;
  std::map<Sequence, std::int64_t> next_number_;
};

const MemoryStore::Kept* MemoryStore::find(std::string_view id) const {
  const auto order = order_of_.find(id);
  return order == order_of_.end() ? nullptr : &cases_.at(order->second);
}

std::optional<Case> MemoryStore::repeat_of(std::string_view client, std::string_view sha256,
                                           std::int64_t since_ms) const {
  const auto orders = keys_.find({std::string(client), std::string(kRequestKey), std::string(sha256)});
  if (orders == keys_.end()) return std::nullopt;
  for (auto order = orders->second.rbegin(); order != orders->second.rend(); ++order) {
    const Case& record = cases_.at(*order).record;
    if (record.received_at_ms >= since_ms) return record;
  }
  return std::nullopt;
}

void MemoryStore::count_months(const Case& record, int sign) {
  if (record.member_id.empty()) return;
  for (const Item& item : record.items) {
    if (item.months == 0 || item.procedure_code.empty() || !counts_months(item.action)) continue;
    months_[{record.payer, record.member_id, item.procedure_code}] += sign * item.months;
  }
}

Result<void> MemoryStore::commit(const Submission& submission) {
  if (auto sound = check(submission); !sound) return sound;
  Kept kept{submission.record, submission.bodies, {}};
  for (const DecisionRecord& decision : submission.decisions) kept.decisions[decision.item_sequence] = decision.json;
  Case& record = kept.record;

  const std::unique_lock lock(mutex_);
  if (find(record.id) != nullptr) {
    return base::Error{base::ErrorCode::kConflict, "case " + record.id + ": the id is taken"};
  }
  if (submission.refuse_repeat_since_ms &&
      repeat_of(record.client, record.request_sha256, *submission.refuse_repeat_since_ms)) {
    return base::Error{base::ErrorCode::kConflict, "case " + record.id + ": a repeat of a stored request"};
  }
  if (!record.prior_id.empty()) {
    const Kept* prior = find(record.prior_id);
    if (prior == nullptr) return base::invalid("case " + record.id + ": no such prior case");
    if (!prior->record.replaced_by.empty()) {
      return base::Error{base::ErrorCode::kConflict, "case " + record.id + ": its prior was replaced already"};
    }
    Case& replaced = cases_.at(prior->record.order).record;
    count_months(replaced, -1);
    replaced.replaced_by = record.id;
  }
  record.order = ++last_order_;
  record.replaced_by.clear();
  count_months(record, 1);
  for (const CaseKey& key : keys_of(record)) {
    keys_[{record.client, std::string(key.kind), key.value}].push_back(record.order);
  }
  for (OutboxMessage message : submission.outbox) {
    message.id = ++last_message_;
    message.case_id = record.id;
    outbox_.emplace(message.id, std::move(message));
  }
  order_of_.emplace(record.id, record.order);
  cases_.emplace(record.order, std::move(kept));
  return {};
}

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
    case Body::kRequest:
      return std::optional(kept->bodies.request);
    case Body::kResponse:
      return std::optional(kept->bodies.response);
    case Body::kClaim:
      return std::optional(kept->bodies.claim);
    case Body::kClaimResponse:
      break;
  }
  return std::optional(kept->bodies.claim_response);
}

Result<std::optional<std::string>> MemoryStore::decision_record(std::string_view id, int item_sequence) const {
  const std::shared_lock lock(mutex_);
  const Kept* kept = find(id);
  if (kept == nullptr) return std::optional<std::string>();
  const auto decision = kept->decisions.find(item_sequence);
  if (decision == kept->decisions.end()) return std::optional<std::string>();
  return std::optional(decision->second);
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
    if (!filter.client.empty() && record.client != filter.client) continue;
    if (!filter.member_id.empty() && record.member_id != filter.member_id) continue;
    if (filter.status && record.status != *filter.status) continue;
    if (page.cases.size() == most) {
      if (most > 0) page.continue_before = page.cases.back().order;
      break;
    }
    page.cases.push_back(record);
  }
  return page;
}

Result<std::vector<OutboxMessage>> MemoryStore::due_messages(std::int64_t now_ms, int limit) const {
  const std::shared_lock lock(mutex_);
  std::vector<OutboxMessage> due;
  for (const auto& [id, message] : outbox_) {
    if (message.due_ms <= now_ms) due.push_back(message);
  }
  std::stable_sort(due.begin(), due.end(),
                   [](const OutboxMessage& a, const OutboxMessage& b) { return a.due_ms < b.due_ms; });
  due.resize(std::min(due.size(), static_cast<std::size_t>(std::clamp(limit, 0, kMaxCases))));
  return due;
}

Result<NumberRange> MemoryStore::reserve_numbers(Sequence sequence, int count) {
  if (count < 1 || count > kMaxNumbers) return base::invalid("reserve_numbers: count is not 1 to 100000");
  const std::unique_lock lock(mutex_);
  std::int64_t& next = next_number_.try_emplace(sequence, 1).first->second;
  const std::int64_t first = next;
  next += count;
  return NumberRange{first, count};
}

Result<std::vector<std::string>> MemoryStore::verify() const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> faults;
  for (const auto& [order, kept] : cases_) {
    if (!kept.bodies.request.empty() && !kept.record.request_sha256.empty() &&
        base::sha256_hex(kept.bodies.request) != kept.record.request_sha256) {
      faults.push_back("case " + kept.record.id + ": the request does not have its hash");
    }
  }
  return faults;
}

}  // namespace

std::unique_ptr<Store> open_memory() {
  return std::make_unique<MemoryStore>();
}

}  // namespace pas::store
