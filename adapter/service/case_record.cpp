#include "adapter/service/case_record.h"

#include <algorithm>
#include <charconv>

namespace pas::service {
namespace {

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

}  // namespace

bool is_certified(std::string_view action) {
  return action == "A1" || action == "A2" || action == "A6";
}
bool is_referenced(std::string_view action) {
  return action == "A3" || action == "A4";
}

pas::DatePeriod valid_period(const Adjudication& adjudication, const ItemOutcome& outcome) {
  const pas::Request& request = adjudication.request;
  const auto item = std::find_if(request.items.begin(), request.items.end(), [&outcome](const pas::Item& candidate) {
    return candidate.sequence == outcome.decision.item_sequence;
  });
  if (const auto day = base::parse_date(item->node["servicedDate"].text())) return {day, day};
  const json::Node period = item->node["servicedPeriod"];
  const auto start = base::parse_date(period["start"].text());
  const auto end = base::parse_date(period["end"].text());
  if (start || end) return {start, end};
  const int months = to_int(scalar(outcome.inputs, adjudication.payer->months_input));
  if (months <= 0) return {request.created, std::nullopt};
  return {request.created, base::add_days(base::add_months(*request.created, months), -1)};
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
      kept.months = to_int(scalar(outcome->inputs, adjudication.payer->months_input));
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
