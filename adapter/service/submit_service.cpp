#include "adapter/service/submit_service.h"

#include <algorithm>
#include <future>
#include <iterator>

#include "adapter/service/case_record.h"
#include "adapter/service/exchange.h"
#include "adapter/service/forwarding.h"
#include "adapter/service/open_case.h"
#include "adapter/service/whole_response.h"
#include "fhir/base/digest.h"
#include "mappings/pas/served.h"

namespace pas::service {
namespace {

constexpr const char* kScriptedNote =
    "Test mode: the outcome was scripted by the submitter, and says nothing of medical necessity.";

// Of one Claim, looked at for the one that is updated: the newest, which may be of several payers.
constexpr int kMostPriorCases = 10;

// What the policy decided becomes what the tester wants.
void follow_script(const ScriptStep& step, std::vector<ItemNow>& items) {
  for (ItemNow& now : items) {
    if (now.outcome == nullptr) continue;
    now.decision.action = step.action;
    now.decision.reason = step.action == kDeniedAction ? "0F" : step.action == kPendedAction ? "0V" : "";
    now.decision.notes.clear();
    now.decision.documents.clear();
    now.decision.questions.clear();
  }
}

// One of what was asked for, where it is certified in part or modified.
void authorize_by_script(std::vector<ItemNow>& items) {
  for (ItemNow& now : items) {
    if (now.outcome == nullptr || (now.decision.action != "A2" && now.decision.action != kModifiedAction)) continue;
    now.answer.authorized = pas::Authorized{.quantity = "1", .quantity_code = {}, .served = now.answer.valid};
  }
}

}  // namespace

SubmitService::SubmitService(const Adjudicator& adjudicator, store::Store& store, const base::Clock& clock,
                             base::IdSource& ids, Options options)
    : adjudicator_(adjudicator), store_(store), clock_(clock), ids_(ids), options_(std::move(options)) {}

SubmitService::Repeat SubmitService::repeat_of(const SubmitRequest& request,
                                               std::chrono::system_clock::time_point now) const {
  // To the address of another payer it is another request.
  const auto addressed = [&request](const std::string& digest) {
    return request.addressed.empty() ? digest : base::sha256_hex("to " + request.addressed + "\n" + digest);
  };
  if (!request.idempotency_key.empty()) {
    return {std::string(store::kKeyDigest) + addressed(base::sha256_hex(request.idempotency_key)),
            base::to_ms(now - options_.key_window), true};
  }
  Repeat repeat{base::sha256_hex(request.body), std::nullopt, false};
  if (!request.addressed.empty()) repeat.digest = std::string(store::kKeyDigest) + addressed(repeat.digest);
  const bool is_scripting = options_.test_mode != nullptr && options_.test_mode->is_scripting(request.client);
  if (options_.resend_window.count() > 0 && !is_scripting) repeat.since_ms = base::to_ms(now - options_.resend_window);
  return repeat;
}

base::Result<std::optional<Answered>> SubmitService::stored_answer(const Repeat& repeat,
                                                                   const SubmitRequest& request) const {
  if (!repeat.since_ms) return std::optional<Answered>();
  const auto found = store_.find_same_request(request.client, repeat.digest, *repeat.since_ms);
  if (!found) return found.error();
  if (!*found) return std::optional<Answered>();
  if (repeat.by_key) {
    const bool is_whole = !(*found)->whole_id.empty();
    const auto before = store_.find_body((*found)->id, is_whole ? store::Body::kWhole : store::Body::kRequest);
    if (!before) return before.error();
    if (*before && **before != request.body) {
      return base::Error{base::ErrorCode::kConflict, "The Idempotency-Key was sent with another request before."};
    }
  }
  const store::Case& record = **found;
  if (!record.whole_id.empty()) {
    auto answer = whole_answer(record.whole_id, request);
    if (!answer) return answer.error();
    answer->repeated = true;
    return std::optional(std::move(*answer));
  }
  if (record.version != request.version->name) {  // asked in another version by now
    const auto open = OpenCase::open(adjudicator_, store_, record);
    if (!open) return open.error();
    return std::optional(Answered{(*open)->response({.version = request.version,
                                                     .base_url = request.base_url,
                                                     .now = clock_.now(),
                                                     .decided = base::from_ms(record.received_at_ms)}),
                                  record.id, true});
  }
  auto answer = store_.find_body(record.id, store::Body::kResponse);
  if (!answer) return answer.error();
  if (!*answer) return std::optional<Answered>();
  return std::optional(Answered{std::move(**answer), record.id, true});
}

base::Result<Answered> SubmitService::whole_answer(const std::string& whole_id, const SubmitRequest& request) const {
  const auto parts = store_.find_parts(request.client, whole_id);
  if (!parts) return parts.error();
  if (parts->empty()) return base::unavailable("the parts of a request are not there");
  auto body = whole_response(adjudicator_, store_, *parts,
                             {.version = request.version, .base_url = request.base_url, .now = clock_.now()});
  if (!body) return body.error();
  Answered answered{std::move(*body), whole_id, false, {}};
  for (const store::Case& part : *parts) answered.part_ids.push_back(part.id);
  return answered;
}

// The submitter's newest case with that Claim: by the resolved reference, else by identifier; of the same payer where
// there is one (parts of a split request share their Claim), and of no other where the payer was addressed; of a case
// that was updated before, the one that stands now. Not known when there is none here.
base::Result<Standing> SubmitService::prior_of(const Adjudication& adjudication, const SubmitRequest& submitted) const {
  const pas::Request& request = adjudication.request;
  if (request.kind == pas::Kind::kInitial) return Standing();
  auto found = store_.find_by_claim_url(submitted.client, request.prior_reference, kMostPriorCases);
  for (const pas::Identifier& identifier : request.prior_identifiers) {
    if (!found || !found->empty()) break;
    found = store_.find_by_claim_identifier(
        submitted.client, {std::string(identifier.system), std::string(identifier.value)}, kMostPriorCases);
  }
  if (!found) return found.error();
  auto own = std::ranges::find(*found, adjudication.payer_id(), &store::Case::payer);
  if (own == found->end() && submitted.addressed.empty()) own = found->begin();
  if (own == found->end()) return Standing();
  auto current = current_case(store_, std::move(*own));
  if (!current) return current.error();
  return Standing::of(std::move(*current));
}

// What is left open here; and every change of what the other server knows, or may know by now.
base::Result<bool> SubmitService::is_to_forward(const Adjudication& adjudication, const store::Case& record) const {
  const gateway::Payer* payer = adjudication.route;
  if (payer == nullptr || !payer->forward || record.status == store::Status::kError) return false;
  if (!payer->by_policy || record.status == store::Status::kPended) return true;
  const auto priors = priors_of(store_, record, kMostPriors);
  if (!priors) return priors.error();
  return std::ranges::any_of(
      *priors, [](const store::Case& prior) { return prior.status == store::Status::kPended || prior.revision > 1; });
}

// What an item that stands was decided by goes on with it.
base::Result<void> SubmitService::add_kept_records(const Standing& prior, const std::vector<ItemNow>& items,
                                                   store::Submission& submission) const {
  for (const ItemNow& now : items) {
    if (now.kept == nullptr) continue;
    auto record = store_.decision_record(prior.record().id, now.sequence());
    if (!record) return record.error();
    if (*record) submission.decisions.push_back({now.sequence(), std::move(**record)});
  }
  return {};
}

// The answer does not depend on it.
void SubmitService::note_repeat(const Answered& answered, std::chrono::system_clock::time_point requested) const {
  std::vector<store::Exchange> exchanges;
  for (const std::string& id : answered.part_ids.empty() ? std::vector{answered.id} : answered.part_ids) {
    const auto record = store_.find_case(id);
    if (!record || !*record) continue;
    store::Exchange& exchange =
        exchanges.emplace_back(answered_exchange(to_string((*record)->kind), requested, clock_.now()));
    exchange.case_id = id;
    exchange.payer = (*record)->payer;
  }
  (void)store_.note_exchanges(exchanges);
}

SubmitOutcome SubmitService::submit(SubmitRequest request) const {
  const auto now = clock_.now();
  const Repeat repeat = repeat_of(request, now);
  for (int race = 0;; ++race) {
    auto stored = stored_answer(repeat, request);
    if (!stored) return stored.error();
    if (*stored) {
      note_repeat(**stored, now);
      return std::move(**stored);
    }
    SubmitOutcome outcome = decide_and_commit(request, repeat, now);
    // The same bytes came twice at once, or the case that this one updates was updated meanwhile.
    const auto* error = std::get_if<base::Error>(&outcome);
    if (error == nullptr || error->code != base::ErrorCode::kConflict) return outcome;
    if (race == kMostRaces) return base::Error{base::ErrorCode::kUnavailable, error->message};
  }
}

SubmitService::Decision SubmitService::decide(const SubmitRequest& request, const Repeat& repeat,
                                              std::chrono::system_clock::time_point now) const {
  const base::Date today = base::utc_date(now);
  auto outcome = adjudicator_.read(
      request.body,
      {.version = request.version, .today = today, .addressed = request.addressed, .months_authorized = {}});
  if (!outcome) {
    validation::Report report = outcome.error();
    report.locate(request.body);
    if (options_.figures != nullptr) options_.figures->count_faults(report.issues());
    (void)store_.note_exchanges({refused_submission(request.body, report, now, clock_.now())});
    return Refused{std::move(report)};
  }
  Adjudication& adjudication = *outcome;
  if (!adjudication.parts.empty()) return decide_parts(request, repeat, adjudication, now);
  const auto prior = prior_of(adjudication, request);
  if (!prior) return prior.error();
  const std::string prior_id = prior->is_known() ? prior->record().id : "";
  adjudicator_.decide(adjudication, surroundings_for(store_, request.version, today, prior_id));
  if (auto timely = in_time(request.deadline); !timely) return timely.error();

  std::vector<ItemNow> items = items_now(adjudication, *prior);
  std::optional<ScriptStep> script;
  if (options_.test_mode != nullptr) script = options_.test_mode->take_step(request.client);
  if (script) follow_script(*script, items);
  if (const auto numbered = number_items(store_, adjudication, today, items); !numbered) return numbered.error();
  if (script) authorize_by_script(items);
  ResponseItems shown = response_items(items, adjudication.request);

  pas::ResponseContext context;
  context.version = request.version;
  context.base_url = request.base_url;
  context.response_id = ids_.uuid();
  context.now = now;
  context.errors = adjudication.errors;
  context.items = std::move(shown.answers);
  context.carried = shown.carried;
  if (adjudication.route != nullptr) context.notes = adjudication.route->notes;
  if (script) context.notes.emplace_back(kScriptedNote);
  if (adjudication.request.kind != pas::Kind::kInitial && !prior->is_known()) {
    context.notes.emplace_back("The earlier request that this one changes is not known here; it was decided as new.");
  }
  std::ranges::move(request.remarks ? *request.remarks : pas::remarks_on(adjudication.report.issues()),
                    std::back_inserter(context.notes));

  Decided decided;
  store::Submission& submission = decided.submissions.emplace_back();
  submission.record = case_of(adjudication, items, context.notes);
  store::Case& record = submission.record;
  record.id = context.response_id;
  record.client = request.client;
  record.version = request.version->name;
  record.received_at_ms = base::to_ms(now);
  record.request_sha256 = repeat.digest;
  if (record.status != store::Status::kError) record.prior_id = prior_id;  // what is not processed replaces nothing
  if (record.status == store::Status::kPended) {
    record.due_ms = options_.timetable.due_ms(record.priority, record.received_at_ms);
    submission.outbox = options_.timetable.reminders(record.due_ms);
    context.due = base::from_ms(record.due_ms);
  }
  if (script && !script->then.empty()) {
    store::OutboxMessage& later = submission.outbox.emplace_back();
    later.kind = kScriptedMessage;
    later.payload = script->then;
    later.due_ms = record.received_at_ms + std::chrono::milliseconds(script->after).count();
  }
  const auto is_forwarded = is_to_forward(adjudication, record);
  if (!is_forwarded) return is_forwarded.error();
  if (*is_forwarded) {
    decided.forwarded.push_back(record.id);
    store::OutboxMessage& rest = submission.outbox.emplace_back();
    rest.kind = kForwardMessage;
    rest.payload = request.via;
    rest.due_ms = record.received_at_ms + kForwardRest.count();
  }
  submission.bodies.response = pas::write_response(adjudication.request, shown.decisions, context);
  submission.decisions = decision_records(items);
  if (const auto added = add_kept_records(*prior, items, submission); !added) return added.error();
  submission.origin = request.origin;
  submission.refuse_repeat_since_ms = repeat.since_ms;
  submission.exchange = exchange_of(adjudication, now, clock_.now());
  if (const auto last = pas::last_day_served(adjudication.request)) submission.served_to = base::to_string(*last);

  decided.faults = adjudication.report.issues();
  for (ItemNow& item : items) {
    if (item.kept == nullptr && item.is_decided()) decided.decisions.push_back(std::move(item.decision));
  }
  return decided;
}

SubmitOutcome SubmitService::decide_and_commit(SubmitRequest& request, const Repeat& repeat,
                                               std::chrono::system_clock::time_point now) const {
  Decision decision = decide(request, repeat, now);
  if (auto* refused = std::get_if<Refused>(&decision)) return std::move(*refused);
  if (auto* error = std::get_if<base::Error>(&decision)) return std::move(*error);
  auto& [submissions, forwarded, faults, decisions] = std::get<Decided>(decision);
  std::vector<store::Exchange> open;  // of what is forwarded: not answered yet
  for (store::Submission& submission : submissions) {
    const std::string& id = submission.record.id;
    if (std::ranges::find(forwarded, id) == forwarded.end()) continue;
    open.push_back(std::move(*submission.exchange));
    open.back().case_id = id;
    submission.exchange.reset();
  }
  store::Submission& first = submissions.front();
  const std::string whole_id = first.record.whole_id;
  std::string& received = whole_id.empty() ? first.bodies.request : first.bodies.whole;
  received.swap(request.body);  // lent: it is not copied
  const auto committed = store_.commit(submissions);
  received.swap(request.body);
  if (!committed) return committed.error();
  if (options_.figures != nullptr) {
    options_.figures->count_faults(faults);
    for (const decision::Decision& each : decisions) {
      options_.figures->count_decision(each.policy_id, each.action, store::kSubmitAction);
    }
  }
  const bool is_answered = forward(forwarded, request);
  if (!open.empty()) {
    for (store::Exchange& exchange : open) exchange.responded_ms = base::to_ms(clock_.now());
    (void)store_.note_exchanges(open);  // the answer does not depend on it
  }
  if (!whole_id.empty()) {
    auto answered = whole_answer(whole_id, request);
    if (!answered) return answered.error();
    return std::move(*answered);
  }
  Answered answered{std::move(first.bodies.response), first.record.id};
  if (is_answered) {
    auto foreign = store_.find_body(answered.id, store::Body::kResponse);
    if (foreign && *foreign) answered.body = std::move(**foreign);
  }
  return answered;
}

// Each payer's server at once. True when one has answered.
bool SubmitService::forward(const std::vector<std::string>& case_ids, const SubmitRequest& request) const {
  if (!options_.forward) return false;
  const Deadline until = std::min(request.deadline, request.began + kForwardTime);
  std::vector<std::future<bool>> asked;
  for (const std::string& id : case_ids) {
    asked.push_back(std::async(case_ids.size() == 1 ? std::launch::deferred : std::launch::async,
                               [this, &id, &request, until] { return options_.forward(id, request, until); }));
  }
  bool has_answered = false;
  for (std::future<bool>& each : asked) has_answered = each.get() || has_answered;
  return has_answered;
}

}  // namespace pas::service
