#include "adapter/service/adjudicator.h"

#include <algorithm>

namespace pas::service {
namespace {

bool has_error_of(const std::vector<pas::BusinessError>& errors, int item_sequence) {
  return std::any_of(errors.begin(), errors.end(), [item_sequence](const pas::BusinessError& error) {
    return error.item_sequence == 0 || error.item_sequence == item_sequence;
  });
}

// Claim.insurer by name and identifiers: who is asked.
const policy::Payer* payer_of(const pas::Request& request, const policy::PolicySet& policies) {
  std::vector<std::string_view> names;
  if (request.insurer["name"].is_string()) names.push_back(request.insurer["name"].text());
  for (const json::Node identifier : request.insurer["identifier"]) names.push_back(identifier["value"].text());
  return policies.find_payer(names);
}

}  // namespace

const ItemOutcome* Adjudication::outcome_of(int item_sequence) const {
  const auto found = std::find_if(items.begin(), items.end(), [item_sequence](const ItemOutcome& item) {
    return item.decision.item_sequence == item_sequence;
  });
  return found == items.end() ? nullptr : &*found;
}

Adjudicator::Adjudicator(std::shared_ptr<const policy::PolicySet> policies,
                         std::shared_ptr<const inputs::Roster> roster,
                         std::shared_ptr<const ValidationService> validation, json::Limits limits,
                         const inputs::DocumentTools& document_tools)
    : policies_(std::move(policies)),
      roster_(std::move(roster)),
      validation_(std::move(validation)),
      limits_(limits),
      document_tools_(document_tools) {}

Adjudicator::Outcome Adjudicator::adjudicate(std::string body, const Surroundings& surroundings) const {
  Outcome outcome = read(std::move(body), surroundings);
  if (outcome) decide(*outcome, surroundings);
  return outcome;
}

Adjudicator::Outcome Adjudicator::read(std::string body, const Surroundings& surroundings) const {
  auto parsed = json::Document::parse(std::move(body), limits_);
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
                      .policies = policies(),
                      .items = {}};
  result.errors =
      pas::find_business_errors(result.request, {.today = surroundings.today, .payers = result.policies->served()});
  result.payer = payer_of(result.request, *result.policies);
  return result;
}

base::Result<Adjudication> Adjudicator::reopen(std::string body) const {
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
                      .policies = policies(),
                      .items = {}};
  result.payer = payer_of(result.request, *result.policies);
  return result;
}

void Adjudicator::decide(Adjudication& result, const Surroundings& surroundings) const {
  if (result.payer == nullptr || !result.request.created) return;
  inputs::Documents documents(*result.index, document_tools_);
  inputs::Environment environment{.roster = roster_.get(), .months_authorized = {}, .documents = &documents};
  if (surroundings.months_authorized) {
    environment.months_authorized = [&](std::string_view member_id, std::string_view code) {
      return surroundings.months_authorized(result.payer->id, member_id, code);
    };
  }
  for (const pas::Item& item : result.request.items) {
    if (item.cancelled || has_error_of(result.errors, item.sequence)) continue;
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
