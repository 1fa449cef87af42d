#include "adapter/service/adjudicator.h"

#include <algorithm>

#include "adapter/service/case_record.h"

namespace pas::service {
namespace {

constexpr std::string_view kReviewReason = "0V";  // X12 886: requires medical review

bool has_error_of(const std::vector<pas::BusinessError>& errors, int item_sequence) {
  return std::any_of(errors.begin(), errors.end(), [item_sequence](const pas::BusinessError& error) {
    return error.item_sequence == 0 || error.item_sequence == item_sequence;
  });
}

// An item that a person or another server decides.
ItemOutcome for_review(const pas::Item& item, const gateway::Payer& payer) {
  ItemOutcome outcome;
  outcome.decision.item_sequence = item.sequence;
  outcome.decision.action = kPendedAction;
  outcome.decision.reason = kReviewReason;
  outcome.decision.notes.push_back(payer.forward ? "Passed on to " + payer.name + "; its decision has not arrived yet."
                                                 : "A reviewer of " + payer.name + " decides this.");
  return outcome;
}

// Claim.insurer by name and identifiers: who is asked.
const policy::Payer* payer_of(const pas::Request& request, const policy::PolicySet& policies) {
  std::vector<std::string_view> names;
  if (request.insurer["name"].is_string()) names.push_back(request.insurer["name"].text());
  for (const json::Node identifier : request.insurer["identifier"]) names.push_back(identifier["value"].text());
  return policies.find_payer(names);
}

void route_to(std::string_view payer, Adjudication& result) {
  result.route = result.basis.payers->find(payer);
  if (result.route->by_policy) result.payer = result.basis.policies->find_payer_by_id(result.route->policies);
}

void choose_payer(std::string_view addressed, Adjudication& result) {
  if (result.basis.payers == nullptr) {
    result.payer = payer_of(result.request, *result.basis.policies);
    return;
  }
  const bool is_here = result.basis.payers->find(addressed) != nullptr;
  routing::Choice choice = result.basis.payers->table().choose(result.request, is_here ? addressed : "");
  if (choice.error) {
    result.errors.push_back(std::move(*choice.error));
  } else {
    route_to(choice.payer, result);
  }
}

// Not of a request that has an error as a whole.
void split(Adjudication& result) {
  if (has_error_of(result.errors, 0)) return;
  routing::Split split = routing::split_by_item(result.request, result.basis.payers->table());
  result.parts = std::move(split.parts);
  if (split.error) result.errors.push_back(std::move(*split.error));
}

// The business errors, and whose the request is: a payer's, or in parts several payers'.
void look_for_errors(base::Date today, std::string_view addressed, Adjudication& result) {
  const bool may_split = result.basis.payers != nullptr && result.basis.payers->splits_items() && addressed.empty();
  pas::BusinessRules rules{.today = today, .may_have_several_payers = may_split, .payers = {}};
  if (result.basis.payers == nullptr) rules.payers = result.basis.policies->served();
  result.errors = pas::find_business_errors(result.request, rules);
  if (may_split && result.request.focal.size() > 1) {
    split(result);
  } else {
    choose_payer(addressed, result);
  }
}

}  // namespace

const ItemOutcome* Adjudication::outcome_of(int item_sequence) const {
  const auto found = std::find_if(items.begin(), items.end(), [item_sequence](const ItemOutcome& item) {
    return item.decision.item_sequence == item_sequence;
  });
  return found == items.end() ? nullptr : &*found;
}

std::vector<Deciders> deciders_of(const Basis& basis) {
  std::vector<Deciders> all;
  if (basis.payers == nullptr) {
    for (const policy::Payer& payer : basis.policies->payers()) all.push_back({payer.id, {"policy"}});
    return all;
  }
  for (const gateway::Payer& payer : basis.payers->all()) {
    Deciders& deciders = all.emplace_back(Deciders{payer.id, {}});
    if (payer.by_policy) deciders.backend.emplace_back("policy");
    if (payer.forward) deciders.backend.emplace_back("forward");
    if (deciders.backend.empty()) deciders.backend.emplace_back("review");
  }
  return all;
}

std::string Adjudication::payer_id() const {
  if (route != nullptr) return route->id;
  return payer != nullptr ? payer->id : std::string(request.payer);
}

Adjudicator::Adjudicator(Basis basis, std::shared_ptr<const ValidationService> validation, json::Limits limits,
                         const inputs::DocumentTools& document_tools)
    : basis_(std::move(basis)), validation_(std::move(validation)), limits_(limits), document_tools_(document_tools) {}

Adjudicator::Outcome Adjudicator::adjudicate(std::string_view body, const Surroundings& surroundings) const {
  Outcome outcome = read(body, surroundings);
  if (outcome) decide(*outcome, surroundings);
  return outcome;
}

Adjudicator::Outcome Adjudicator::read(std::string_view body, const Surroundings& surroundings) const {
  auto parsed = json::Document::parse(json::with_room(body), limits_);
  if (!parsed) {
    validation::Report report;
    report.add(validation::issue_of(parsed.error()));
    return report;
  }
  json::Document document = std::move(*parsed);
  auto index = std::make_unique<const json::BundleIndex>(pas::submitted_bundle(document.root()));
  auto [request, report] =
      validation_->read_request(*index, surroundings.version, std::chrono::sys_days(surroundings.today));
  if (report.has_errors()) return std::move(report);

  Adjudication result{.document = std::move(document),
                      .index = std::move(index),
                      .request = std::move(request),
                      .report = std::move(report),
                      .errors = {},
                      .basis = basis(),
                      .parts = {},
                      .items = {}};
  look_for_errors(surroundings.today, surroundings.addressed, result);
  return result;
}

base::Result<Adjudication> Adjudicator::reopen(std::string body, std::string_view payer,
                                               std::optional<base::Date> received) const {
  const auto limits = json::limits_of_stored(body);
  auto parsed = json::Document::parse(std::move(body), limits);
  if (!parsed) return base::Error{base::ErrorCode::kInvalid, "the stored request is not JSON"};
  json::Document document = std::move(*parsed);
  auto index = std::make_unique<const json::BundleIndex>(pas::submitted_bundle(document.root()));
  auto [request, report] = pas::read_request(*index);
  if (report.has_errors()) return base::Error{base::ErrorCode::kInvalid, "the stored request cannot be read"};
  Adjudication result{.document = std::move(document),
                      .index = std::move(index),
                      .request = std::move(request),
                      .report = std::move(report),
                      .errors = {},
                      .basis = basis(),
                      .parts = {},
                      .items = {}};
  if (received) {
    look_for_errors(*received, {}, result);
    result.parts.clear();
  }
  if (result.basis.payers != nullptr && result.basis.payers->find(payer) != nullptr) {
    route_to(payer, result);
  } else if (!received) {  // stored before there were payers, or before they were named so
    choose_payer({}, result);
    result.errors.clear();
  }
  return result;
}

void Adjudicator::decide(Adjudication& result, const Surroundings& surroundings) const {
  if ((result.payer == nullptr && result.route == nullptr) || !result.request.created) return;
  inputs::Documents documents(*result.index, document_tools_);
  const bool has_roster = result.route != nullptr && result.route->roster != nullptr;
  inputs::Environment environment{.roster = (has_roster ? result.route->roster : result.basis.roster).get(),
                                  .months_authorized = {},
                                  .documents = &documents};
  if (surroundings.months_authorized) {
    environment.months_authorized = [&](std::string_view member_id, std::string_view code) {
      return surroundings.months_authorized(result.payer_id(), member_id, code);
    };
  }
  for (const pas::Item& item : result.request.items) {
    if (item.cancelled || has_error_of(result.errors, item.sequence)) continue;
    if (result.payer == nullptr) {
      result.items.push_back(for_review(item, *result.route));
      continue;
    }
    inputs::InputSet inputs =
        inputs::extract(pas::subject_of(result.request, item), *result.payer->catalog, environment);
    const policy::Policy* policy = result.payer->choose(inputs, *result.request.created);
    policy::Evaluation evaluation = policy::evaluate(*policy, inputs, *result.request.created);
    decision::Decision decision = decision::decide(*policy, evaluation, inputs);
    decision.item_sequence = item.sequence;
    result.items.push_back({std::move(inputs), std::move(evaluation), std::move(decision)});
  }
}

}  // namespace pas::service
