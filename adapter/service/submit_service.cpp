#include "adapter/service/submit_service.h"

#include <array>
#include <cstdio>

#include "adapter/service/case_record.h"
#include "fhir/base/digest.h"

namespace pas::service {
namespace {

std::int64_t to_ms(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

// Ten digits behind a letter: short enough to be read over the telephone, and never mistaken for an NPI.
std::string numbered(char prefix, std::int64_t number) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%c%010lld", prefix, static_cast<long long>(number));
  return text.data();
}

}  // namespace

SubmitService::SubmitService(const Adjudicator& adjudicator, store::Store& store, const base::Clock& clock,
                             base::IdSource& ids, Options options)
    : adjudicator_(adjudicator), store_(store), clock_(clock), ids_(ids), options_(options) {}

base::Result<std::optional<Answered>> SubmitService::stored_answer(std::string_view client, std::string_view sha256,
                                                                   std::int64_t since_ms) const {
  const auto found = store_.find_same_request(client, sha256, since_ms);
  if (!found) return found.error();
  if (!*found) return std::optional<Answered>();
  auto body = store_.find_body((*found)->id, store::Body::kResponse);
  if (!body) return body.error();
  if (!*body) return std::optional<Answered>();
  return std::optional(Answered{std::move(**body), (*found)->id, true});
}

// The submitter's newest case with that Claim: by the resolved reference, else by identifier. Empty when unknown here.
base::Result<std::string> SubmitService::prior_of(const pas::Request& request, std::string_view client) const {
  if (request.kind == pas::Kind::kInitial) return std::string();
  const auto newest = [](const base::Result<std::vector<store::Case>>& cases) -> base::Result<std::string> {
    if (!cases) return cases.error();
    for (const store::Case& found : *cases) {
      if (found.replaced_by.empty()) return found.id;
    }
    return std::string();
  };
  auto found = newest(store_.find_by_claim_url(client, request.prior_reference, 10));
  for (const pas::Identifier& identifier : request.prior_identifiers) {
    if (!found || !found->empty()) break;
    found = newest(
        store_.find_by_claim_identifier(client, {std::string(identifier.system), std::string(identifier.value)}, 10));
  }
  return found;
}

base::Result<std::vector<pas::ItemAnswer>> SubmitService::number_items(const Adjudication& adjudication,
                                                                       const std::vector<decision::Decision>& decisions,
                                                                       base::Date today) const {
  int certified = 0;
  int referenced = 0;
  for (const decision::Decision& decision : decisions) {
    certified += is_certified(decision.action) ? 1 : 0;
    referenced += is_referenced(decision.action) ? 1 : 0;
  }
  const auto reserve = [this](store::Sequence sequence, int count) -> base::Result<std::int64_t> {
    if (count == 0) return 0;
    const auto range = store_.reserve_numbers(sequence, count);
    if (!range) return range.error();
    return range->first;
  };
  auto authorization = reserve(store::Sequence::kAuthorization, certified);
  if (!authorization) return authorization.error();
  auto reference = reserve(store::Sequence::kAdministrativeReference, referenced);
  if (!reference) return reference.error();

  std::vector<pas::ItemAnswer> answers;
  for (const decision::Decision& decision : decisions) {
    pas::ItemAnswer answer;
    answer.sequence = decision.item_sequence;
    if (is_certified(decision.action)) {
      answer.authorization_number = numbered('A', (*authorization)++);
      answer.issued = today;
      const ItemOutcome& outcome = *adjudication.outcome_of(decision.item_sequence);
      answer.valid = valid_period(adjudication, outcome);
      answer.authorized = authorized_of(adjudication, outcome);
    } else if (is_referenced(decision.action)) {
      answer.administration_reference_number = numbered('R', (*reference)++);
    }
    answers.push_back(std::move(answer));
  }
  return answers;
}

SubmitOutcome SubmitService::submit(SubmitRequest request) const {
  const auto now = clock_.now();
  const std::string sha256 = base::sha256_hex(request.body);
  const std::int64_t window_start_ms = to_ms(now - options_.resend_window);
  const bool resends = options_.resend_window.count() > 0;
  if (resends) {
    auto stored = stored_answer(request.client, sha256, window_start_ms);
    if (!stored) return stored.error();
    if (*stored) return std::move(**stored);
  }

  store::Submission submission;
  submission.bodies.request = request.body;  // parsing unescapes in place
  const base::Date today = base::utc_date(now);
  const Surroundings surroundings{
      .version = request.version,
      .today = today,
      .months_authorized = [this](std::string_view payer, std::string_view member_id,
                                  std::string_view code) -> std::optional<int> {
        const auto months = store_.months_authorized(
            {.payer = payer, .member_id = member_id, .procedure_code = code, .except_case = {}});
        return months ? std::optional(*months) : std::nullopt;
      }};
  auto outcome = adjudicator_.adjudicate(std::move(request.body), surroundings);
  if (!outcome) {
    validation::Report report = outcome.error();
    report.locate(submission.bodies.request);
    return Refused{std::move(report)};
  }
  const Adjudication& adjudication = *outcome;
  if (std::chrono::steady_clock::now() >= request.deadline) {
    return base::Error{base::ErrorCode::kTimeout, "the deadline passed before the commit"};
  }

  const auto prior = prior_of(adjudication.request, request.client);
  if (!prior) return prior.error();
  const std::vector<decision::Decision> decisions = adjudication.decisions();
  auto answers = number_items(adjudication, decisions, today);
  if (!answers) return answers.error();

  pas::ResponseContext context;
  context.version = request.version;
  context.base_url = request.base_url;
  context.response_id = ids_.uuid();
  context.now = now;
  context.warnings = adjudication.report.issues();
  context.errors = adjudication.errors;
  if (adjudication.request.kind != pas::Kind::kInitial && prior->empty()) {
    context.notes.emplace_back("The earlier request that this one changes is not known here; it was decided as new.");
  }

  submission.record = case_of(adjudication, decisions, *answers);
  context.items = std::move(*answers);
  submission.record.id = context.response_id;
  submission.record.client = request.client;
  submission.record.version = request.version->name;
  submission.record.received_at_ms = to_ms(now);
  submission.record.request_sha256 = sha256;
  submission.record.prior_id = *prior;
  submission.bodies.response = pas::write_response(adjudication.request, decisions, context);
  submission.bodies.claim_response = pas::write_claim_response(adjudication.request, decisions, context);
  submission.bodies.claim = pas::write_with_id(adjudication.request.claim, context.response_id);
  submission.decisions = decision_records(adjudication);
  if (resends) submission.refuse_repeat_since_ms = window_start_ms;

  const auto committed = store_.commit(submission);
  if (committed) return Answered{std::move(submission.bodies.response), context.response_id, false};
  if (resends && committed.error().code == base::ErrorCode::kConflict) {  // the same bytes came twice at once
    auto stored = stored_answer(request.client, sha256, window_start_ms);
    if (!stored) return stored.error();
    if (*stored) return std::move(**stored);
  }
  return committed.error();
}

}  // namespace pas::service
