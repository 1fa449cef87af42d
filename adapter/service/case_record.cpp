#include "adapter/service/case_record.h"

#include <algorithm>
#include <charconv>

#include "mappings/pas/elements.h"

namespace pas::service {
namespace {

// Months in X12 673.
constexpr std::string_view kMonths = "MN";
constexpr std::size_t kMaxRequestors = 200;

std::vector<store::Identifier> copy(const std::vector<pas::Identifier>& identifiers) {
  std::vector<store::Identifier> copies;
  copies.reserve(identifiers.size());
  for (const pas::Identifier& identifier : identifiers) {
    copies.push_back({std::string(identifier.system), std::string(identifier.value)});
  }
  return copies;
}

std::string text_of(const std::optional<base::Date>& date) {
  return date ? base::to_string(*date) : std::string();
}

int to_int(const std::string& text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The text of a known scalar input, without quotes; empty for anything else.
std::string scalar(const inputs::InputSet& inputs, std::string_view name) {
  const inputs::Input* input = inputs.find(name);
  if (input == nullptr || input->state != inputs::State::kKnown) return {};
  const auto document = json::Document::parse(input->value);
  return document ? std::string(document->root().text()) : std::string();
}

json::Node item_of(const Adjudication& adjudication, const ItemOutcome& outcome) {
  for (const pas::Item& item : adjudication.request.items) {
    if (item.sequence == outcome.decision.item_sequence) return item.node;
  }
  return {};
}

bool is_limited_to_months(const decision::Decision& decision) {
  return std::any_of(decision.limits.begin(), decision.limits.end(),
                     [](const decision::AppliedLimit& limit) { return limit.of == policy::Limit::Of::kMonths; });
}

// The months that were asked for, or fewer by a limit.
std::optional<int> certified_months(const Adjudication& adjudication, const ItemOutcome& outcome) {
  int months = to_int(scalar(outcome.inputs, adjudication.payer->months_input));
  for (const decision::AppliedLimit& limit : outcome.decision.limits) {
    if (limit.of == policy::Limit::Of::kMonths) months = limit.most;
  }
  return months > 0 ? std::optional(months) : std::nullopt;
}

store::Item stored_item(const Adjudication& adjudication, const ItemNow& now,
                        const std::vector<std::string>& claim_notes) {
  store::Item kept = now.kept != nullptr ? *now.kept : store::Item{};
  kept.sequence = now.sequence();
  kept.action = now.decision.action;
  kept.reason = now.decision.reason;
  kept.authorization_number = now.answer.authorization_number;
  kept.administrative_reference_number = now.answer.administration_reference_number;
  kept.valid_from = text_of(now.answer.valid.start);
  kept.valid_to = text_of(now.answer.valid.end);
  if (!now.item->trace_numbers.empty()) kept.trace_number = now.item->trace_numbers.front().value;
  const bool waits = now.decision.action == kPendedAction;
  kept.state = pas::write_standing(*now.item, now.is_decided() ? &now.decision : nullptr, &now.answer, claim_notes,
                                   waits ? adjudication.request.patient : json::Node());
  if (now.answer.authorized && now.answer.authorized->quantity_code == kMonths) {
    kept.months = to_int(now.answer.authorized->quantity);
  }
  if (now.outcome != nullptr && adjudication.payer != nullptr) {
    kept.procedure_code = scalar(now.outcome->inputs, adjudication.payer->code_input);
    kept.transaction = scalar(now.outcome->inputs, adjudication.payer->transaction_input);
    kept.months = certified_months(adjudication, *now.outcome).value_or(0);
  }
  return kept;
}

}  // namespace

std::vector<store::Identifier> requestors_of(const pas::Request& request) {
  std::vector<store::Identifier> found;
  for (const json::Node party : pas::parties_of(request)) {
    for (const pas::Identifier& identifier : pas::identifiers_of(party)) {
      store::Identifier kept{std::string(identifier.system), std::string(identifier.value)};
      if (std::ranges::find(found, kept) == found.end() && found.size() < kMaxRequestors) {
        found.push_back(std::move(kept));
      }
    }
  }
  return found;
}

store::Kind kind_of(pas::Kind kind) {
  switch (kind) {
    case pas::Kind::kUpdate:
      return store::Kind::kUpdate;
    case pas::Kind::kCancel:
      return store::Kind::kCancel;
    case pas::Kind::kInitial:
      break;
  }
  return store::Kind::kInitial;
}

bool is_certified(std::string_view action) {
  return action == "A1" || action == "A2" || action == "A6";
}
bool is_referenced(std::string_view action) {
  return action == "A3" || action == "A4";
}

pas::DatePeriod valid_period(const Adjudication& adjudication, const ItemOutcome& outcome) {
  const json::Node item = item_of(adjudication, outcome);
  const base::Date created = *adjudication.request.created;
  if (const auto day = base::parse_date(item["servicedDate"].text())) return {day, day};
  const auto start = base::parse_date(item["servicedPeriod"]["start"].text());
  const auto end = base::parse_date(item["servicedPeriod"]["end"].text());
  const std::optional<int> months = certified_months(adjudication, outcome);
  if ((start || end) && !(months && is_limited_to_months(outcome.decision))) return {start, end};
  const base::Date first = start.value_or(created);
  if (!months) return {first, std::nullopt};
  return {first, base::add_days(base::add_months(first, *months), -1)};
}

std::optional<pas::Authorized> authorized_of(const Adjudication& adjudication, const ItemOutcome& outcome) {
  if (outcome.decision.limits.empty()) return std::nullopt;
  pas::Authorized authorized;
  for (const decision::AppliedLimit& limit : outcome.decision.limits) {
    const bool is_months = limit.of == policy::Limit::Of::kMonths;
    if (is_months) authorized.served = valid_period(adjudication, outcome);
    const bool counts_months = item_of(adjudication, outcome)["quantity"]["code"].text() == kMonths;
    if (is_months == counts_months) authorized.quantity = std::to_string(limit.most);
  }
  return authorized;
}

store::Status status_of(const std::vector<ItemNow>& items, bool has_errors) {
  const auto is = [](std::string_view action) {
    return [action](const ItemNow& now) { return now.decision.action == action; };
  };
  if (has_errors && std::ranges::none_of(items, &ItemNow::is_decided)) return store::Status::kError;
  if (!items.empty() && std::ranges::all_of(items, is(kCancelledAction))) return store::Status::kCancelled;
  return std::ranges::any_of(items, is(kPendedAction)) ? store::Status::kPended : store::Status::kDecided;
}

std::vector<store::Item> stored_items(const Adjudication& adjudication, const std::vector<ItemNow>& items,
                                      const std::vector<std::string>& claim_notes) {
  std::vector<store::Item> stored;
  stored.reserve(items.size());
  for (const ItemNow& now : items) {
    if (now.item == nullptr) continue;
    stored.push_back(stored_item(adjudication, now, stored.empty() ? claim_notes : std::vector<std::string>()));
  }
  return stored;
}

store::Case case_of(const Adjudication& adjudication, const std::vector<ItemNow>& items,
                    const std::vector<std::string>& claim_notes) {
  const pas::Request& request = adjudication.request;
  store::Case record;
  record.kind = kind_of(request.kind);
  record.status = status_of(items, !adjudication.errors.empty());
  record.claim_identifiers = copy(request.claim_identifiers);
  record.claim_full_url = request.claim_full_url;
  record.claim_id = request.claim["id"].text();
  record.member_id = request.member_id;
  record.patient_identifiers = copy(request.patient_identifiers);
  record.payer = adjudication.payer_id();
  record.request_date = text_of(request.created);
  record.priority = request.claim["priority"]["coding"].at(0)["code"].text();
  record.requestors = requestors_of(request);
  record.items = stored_items(adjudication, items, claim_notes);
  return record;
}

base::Result<store::Case> current_case(const store::Store& store, store::Case record) {
  for (int link = 0; !record.replaced_by.empty() && link < kMostLinks; ++link) {
    auto next = store.find_case(record.replaced_by);
    if (!next) return next.error();
    if (!*next) break;
    record = std::move(**next);
  }
  return record;
}

base::Result<std::chrono::system_clock::time_point> decided_at(const store::Store& store, const store::Case& record) {
  const auto history = store.history(record.id);
  if (!history) return history.error();
  const std::int64_t at_ms = history->empty() ? record.received_at_ms : history->back().at_ms;
  return base::from_ms(at_ms);
}

base::Result<std::vector<store::Case>> priors_of(const store::Store& store, const store::Case& record, int most) {
  std::vector<store::Case> priors;
  for (const store::Case* last = &record; !last->prior_id.empty() && std::ssize(priors) < most; last = &priors.back()) {
    auto found = store.find_case(last->prior_id);
    if (!found) return found.error();
    if (!*found) break;
    priors.push_back(std::move(**found));
  }
  return priors;
}

std::vector<store::DecisionRecord> decision_records(const std::vector<ItemNow>& items) {
  std::vector<store::DecisionRecord> records;
  records.reserve(items.size());
  for (const ItemNow& now : items) {
    if (now.outcome == nullptr || now.outcome->evaluation.policy == nullptr) continue;
    const ItemOutcome& outcome = *now.outcome;
    records.push_back({now.sequence(), decision::to_json(outcome.evaluation, outcome.inputs, outcome.decision)});
  }
  return records;
}

}  // namespace pas::service
