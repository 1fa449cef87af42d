#include <algorithm>

#include "fhir/fhirpath/decimal.h"
#include "mappings/decision/decision.h"
#include "mappings/decision/text.h"
#include "mappings/inputs/catalog.h"

namespace pas::decision {
namespace {

using base::Truth;

void append_new(std::vector<std::string> more, std::vector<std::string>& all) {
  for (std::string& one : more) {
    if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(std::move(one));
  }
}

void ask(const policy::Policy& policy, const policy::Evaluation& evaluation, const inputs::InputSet& inputs,
         const policy::Row& row, Decision& decision) {
  if (row.ask_answers_of) {
    decision.missing = policy::missing_inputs(evaluation, policy.criteria[*row.ask_answers_of].met, inputs);
    for (const std::string& name : decision.missing) {
      const inputs::InputDefinition* input = policy.catalog->read_by(name);
      if (input != nullptr && !input->question.empty()) append_new({input->question}, decision.questions);
    }
  }
  if (!row.ask_documents) return;
  for (const policy::Document& document : policy.documents) {
    const policy::Criterion& criterion = policy.criteria[document.criterion];
    if (evaluation.truth(criterion.met) == Truth::kTrue) continue;
    decision.documents.push_back({criterion.id, document.loinc, document.title, document.report_type});
    append_new(policy::missing_inputs(evaluation, criterion.met, inputs), decision.missing);
  }
}

void write_notes(const policy::Policy& policy, const policy::Evaluation& evaluation, const inputs::InputSet& inputs,
                 const policy::Row& row, Decision& decision) {
  std::vector<std::string> documents;
  for (const DocumentRequest& document : decision.documents) documents.push_back(document.title);
  std::vector<std::string> missing;
  if (row.ask_answers_of) {
    missing = titles_of(policy::missing_inputs(evaluation, policy.criteria[*row.ask_answers_of].met, inputs),
                        *policy.catalog);
  }
  const std::vector<std::pair<std::string_view, std::string>> others = {
      {"requestDate", base::to_string(evaluation.request_date)},
      {"effectiveFrom", base::to_string(policy.effective_from)},
      {"missing", enumerated(missing)},
      {"documents", enumerated(documents)}};
  const auto write = [&](const std::vector<policy::Note>& notes) {
    for (const policy::Note& note : notes) {
      if (evaluation.truth(note.when) == Truth::kTrue) decision.notes.push_back(fill(note.text, inputs, others));
    }
  };
  write(row.notes);
  for (const AppliedLimit& limit : decision.limits) decision.notes.push_back(limit.note);
  for (const inputs::Input& input : inputs.all()) {
    if (input.state != inputs::State::kConflict) continue;
    decision.notes.push_back(
        fill(policy.conflict_note, inputs,
             {{"title", enumerated(titles_of({input.name}, *policy.catalog))}, {"detail", input.note}}));
  }
  for (const inputs::DocumentNote& damaged : inputs.damaged_documents()) {
    decision.notes.push_back(fill(policy.document_note, inputs, {{"detail", damaged.path + ": " + damaged.message}}));
  }
  write(policy.notes);
}

// Certified in total becomes certified as modified where the request goes beyond a limit.
void limit(const policy::Policy& policy, const policy::Evaluation& evaluation, const inputs::InputSet& inputs,
           Decision& decision) {
  if (decision.action != "A1") return;
  for (const policy::Limit& limit : policy.limits) {
    const inputs::Input* input = inputs.find(limit.input);
    if (input == nullptr || input->state != inputs::State::kKnown) continue;
    if (evaluation.truth(limit.when) != Truth::kTrue) continue;
    const auto requested = fhirpath::Decimal::parse(input->value);
    if (!requested || *requested <= fhirpath::Decimal(limit.most)) continue;
    const auto same = std::find_if(decision.limits.begin(), decision.limits.end(),
                                   [&limit](const AppliedLimit& other) { return other.of == limit.of; });
    if (same != decision.limits.end() && same->most <= limit.most) continue;
    if (same != decision.limits.end()) decision.limits.erase(same);
    decision.action = "A6";
    decision.limits.push_back({limit.of, limit.title, limit.input, input->value, limit.most,
                               fill(limit.note, inputs, {{"most", std::to_string(limit.most)}})});
  }
}

}  // namespace

Decision decide(const policy::Policy& policy, const policy::Evaluation& evaluation, const inputs::InputSet& inputs) {
  Decision decision;
  decision.policy_id = policy.id;
  decision.policy_revision = policy.revision;
  decision.policy_hash = policy.hash;
  // A loaded policy has a row for every item: policy/table_check.h.
  const auto row = std::find_if(policy.rows.begin(), policy.rows.end(), [&evaluation](const policy::Row& candidate) {
    return evaluation.truth(candidate.when) == Truth::kTrue;
  });
  if (row == policy.rows.end()) return decision;
  decision.row = row->id;
  decision.action = row->action;
  decision.reason = row->reason;
  decision.recommendation = row->recommendation;
  limit(policy, evaluation, inputs, decision);
  ask(policy, evaluation, inputs, *row, decision);
  write_notes(policy, evaluation, inputs, *row, decision);
  return decision;
}

Decided evaluate_and_decide(const policy::Policy& policy, const inputs::InputSet& inputs, base::Date request_date) {
  Decided decided{policy::evaluate(policy, inputs, request_date), {}};
  decided.decision = decide(policy, decided.evaluation, inputs);
  return decided;
}

}  // namespace pas::decision
