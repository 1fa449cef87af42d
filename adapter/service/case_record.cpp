#include "adapter/service/case_record.h"

#include <algorithm>
#include <charconv>

namespace pas::service {
namespace {

// Months in X12 673.
constexpr std::string_view kMonths = "MN";

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

store::Status status_of(const Adjudication& adjudication, const std::vector<decision::Decision>& decisions) {
  const auto all_are = [&decisions](std::string_view action) {
    return std::all_of(decisions.begin(), decisions.end(),
                       [action](const decision::Decision& decision) { return decision.action == action; });
  };
  if (decisions.empty() && !adjudication.errors.empty()) return store::Status::kError;
  if (!decisions.empty() && all_are("C")) return store::Status::kCancelled;
  const bool pended = std::any_of(decisions.begin(), decisions.end(),
                                  [](const decision::Decision& decision) { return decision.action == "A4"; });
  return pended ? store::Status::kPended : store::Status::kDecided;
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

}  // namespace

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

store::Case case_of(const Adjudication& adjudication, const std::vector<decision::Decision>& decisions,
                    const std::vector<pas::ItemAnswer>& answers) {
  const pas::Request& request = adjudication.request;
  store::Case record;
  record.kind = kind_of(request.kind);
  record.status = status_of(adjudication, decisions);
  record.claim_identifiers = copy(request.claim_identifiers);
  record.claim_full_url = request.claim_full_url;
  record.claim_id = request.claim["id"].text();
  record.member_id = request.member_id;
  record.patient_identifiers = copy(request.patient_identifiers);
  record.payer = adjudication.payer != nullptr ? adjudication.payer->id : std::string(request.payer);
  record.request_date = text_of(request.created);

  for (const pas::Item& item : request.items) {
    store::Item kept;
    kept.sequence = item.sequence;
    if (!item.trace_numbers.empty()) kept.trace_number = item.trace_numbers.front().value;
    for (const decision::Decision& decision : decisions) {
      if (decision.item_sequence != item.sequence) continue;
      kept.action = decision.action;
      kept.reason = decision.reason;
    }
    if (const ItemOutcome* outcome = adjudication.outcome_of(item.sequence)) {
      kept.procedure_code = scalar(outcome->inputs, adjudication.payer->code_input);
      kept.transaction = scalar(outcome->inputs, adjudication.payer->transaction_input);
      kept.months = certified_months(adjudication, *outcome).value_or(0);
    }
    for (const pas::ItemAnswer& answer : answers) {
      if (answer.sequence != item.sequence) continue;
      kept.authorization_number = answer.authorization_number;
      kept.administrative_reference_number = answer.administration_reference_number;
      kept.valid_from = text_of(answer.valid.start);
      kept.valid_to = text_of(answer.valid.end);
    }
    record.items.push_back(std::move(kept));
  }
  return record;
}

std::vector<store::DecisionRecord> decision_records(const Adjudication& adjudication) {
  std::vector<store::DecisionRecord> records;
  records.reserve(adjudication.items.size());
  for (const ItemOutcome& item : adjudication.items) {
    records.push_back({item.decision.item_sequence, decision::to_json(item.evaluation, item.inputs, item.decision)});
  }
  return records;
}

}  // namespace pas::service
