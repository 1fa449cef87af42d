#include "adapter/service/case_service.h"

#include <algorithm>

#include "adapter/service/case_record.h"
#include "adapter/service/exchange.h"
#include "adapter/service/forwarding.h"
#include "adapter/service/numbers.h"
#include "adapter/service/review.h"
#include "adapter/service/whole_response.h"
#include "fhir/json/writer.h"

namespace pas::service {
namespace {

constexpr std::string_view kNotReceived = "0P";  // X12 886

bool is_conflict(const CaseService::Outcome& outcome) {
  const auto* error = std::get_if<base::Error>(&outcome);
  return error != nullptr && error->code == base::ErrorCode::kConflict;
}

bool waits_for_information(const ItemNow& now) {
  return now.decision.action == kPendedAction && (!now.decision.documents.empty() || !now.decision.questions.empty());
}

// Who answered, how its attachments are named, and with the first item the whole of the answer.
store::DecisionRecord record_of(const ForeignAnswer& foreign, const ItemNow& now, bool is_first) {
  json::Writer out;
  out.begin_object().member("itemSequence", now.sequence()).member("answeredBy", foreign.payer);
  out.key("decision").begin_object().member("action", now.decision.action);
  decision::write_wanted(now.decision, out);
  out.end_object();
  if (!foreign.answer.tracking_id.empty()) out.member("trackingId", foreign.answer.tracking_id);
  if (is_first) out.key("answer").raw(foreign.bundle);
  out.end_object();
  return {now.sequence(), std::move(out).take()};
}

// What the payer gave; a reference number that was told already stays unless there is another.
void answer_item(const pas::AnsweredItem& answered, ItemNow& now) {
  std::string reference = std::move(now.answer.administration_reference_number);
  std::string previous = std::move(now.answer.previous_authorization_number);
  now.decision = answered.decision;
  now.answer = answered.answer;
  if (now.answer.previous_authorization_number.empty()) now.answer.previous_authorization_number = std::move(previous);
  if (!is_referenced(now.decision.action)) return;
  if (now.answer.administration_reference_number.empty()) {
    now.answer.administration_reference_number = std::move(reference);
  }
}

store::OutboxMessage attachment_message(const Arrival& arrival, std::int64_t due_ms) {
  json::Writer out;
  out.begin_object().key("ids").begin_array();
  for (const store::Supplement& supplement : arrival.supplements) out.string(supplement.id);
  out.end_array().member("final", arrival.is_final).end_object();
  return {.case_id = {},
          .kind = std::string(kAttachmentMessage),
          .payload = std::move(out).take(),
          .due_ms = due_ms,
          .subject = {}};
}

}  // namespace

base::Result<store::Case> CaseService::find(std::string_view case_id) const {
  auto found = store_.find_case(case_id);
  if (!found) return found.error();
  if (!*found) return base::Error{base::ErrorCode::kNotFound, "no such case"};
  return std::move(**found);
}

base::Result<std::unique_ptr<OpenCase>> CaseService::open(store::Case record) const {
  return OpenCase::open(adjudicator_, store_, std::move(record));
}

CaseService::Opened CaseService::open_for(std::string_view case_id, const Review& review) const {
  auto record = find(case_id);
  if (!record) return record.error();
  if (record->revision != review.revision || !record->replaced_by.empty()) {
    return base::Error{base::ErrorCode::kConflict, "The case has changed since it was read."};
  }
  auto opened = open(std::move(*record));
  if (!opened) return opened.error();
  if (auto mistakes = mistakes_of(review, **opened); !mistakes.empty()) return Mistakes{std::move(mistakes)};
  return std::move(*opened);
}

CaseService::Outcome CaseService::review(std::string_view case_id, const Review& review) const {
  auto opened = open_for(case_id, review);
  if (auto* mistakes = std::get_if<Mistakes>(&opened)) return std::move(*mistakes);
  if (auto* error = std::get_if<base::Error>(&opened)) return std::move(*error);
  return decide(*std::get<std::unique_ptr<OpenCase>>(opened), review);
}

CaseService::Preview CaseService::preview(std::string_view case_id, const Review& review) const {
  auto opened = open_for(case_id, review);
  if (auto* mistakes = std::get_if<Mistakes>(&opened)) return std::move(*mistakes);
  if (auto* error = std::get_if<base::Error>(&opened)) return std::move(*error);
  OpenCase& open = *std::get<std::unique_ptr<OpenCase>>(opened);
  const auto now = clock_.now();
  const auto number = [] { return base::Result<std::string>(std::string(kNumberToCome)); };
  if (auto applied = apply(review, base::utc_date(now), number, open); !applied) return applied.error();
  return open.response(answer_in(version_of(open.record().version), now));
}

CaseService::Outcome CaseService::follow_script(std::string_view case_id, const std::string& action,
                                                const store::Origin& origin) const {
  for (int race = 0;; ++race) {
    auto record = find(case_id);
    if (record) record = current_case(store_, std::move(*record));
    if (!record) return record.error();
    auto opened = open(std::move(*record));
    if (!opened) return opened.error();
    Review review{
        .revision = (*opened)->record().revision, .actor = "script", .reviewer = {}, .items = {}, .origin = origin};
    for (const ItemNow& now : (*opened)->items()) {
      if (now.decision.action != kPendedAction) continue;
      ReviewedItem& item = review.items.emplace_back();
      item.sequence = now.sequence();
      item.action = action;
      item.reason = action == kDeniedAction ? "0F" : "";
      item.note = "Test mode: the outcome was scripted by the submitter.";
      if (action == "A2" || action == kModifiedAction) item.quantity = "1";
    }
    if (review.items.empty()) return Revised{(*opened)->record()};
    Outcome outcome = decide(**opened, review);
    if (!is_conflict(outcome) || race == kMostRaces) return outcome;
  }
}

CaseService::Outcome CaseService::decide(OpenCase& open, const Review& review) const {
  const auto number = [this] { return authorization_number(store_); };
  if (auto applied = apply(review, base::utc_date(clock_.now()), number, open); !applied) return applied.error();
  Change change{.actor = review.actor, .action = "review", .origin = review.origin};
  for (const ReviewedItem& item : review.items) {
    change.decisions.push_back({item.sequence, review_record(review, *open.find(item.sequence))});
  }
  if (auto timely = in_time(review.deadline); !timely) return timely.error();
  return commit(open, std::move(change));
}

CaseService::Outcome CaseService::arrive(std::string_view case_id, const Arrival& arrival) const {
  std::vector<std::string> entries;
  for (const store::Supplement& supplement : arrival.supplements) entries.push_back(supplement.json);
  const auto requested = clock_.now();
  for (int race = 0;; ++race) {
    auto record = find(case_id);
    if (record) record = current_case(store_, std::move(*record));
    if (!record) return record.error();
    auto opened = OpenCase::open(adjudicator_, store_, std::move(*record), entries);
    if (!opened) return opened.error();
    OpenCase& open = **opened;
    const bool is_forwarded = open.adjudication().route != nullptr && open.adjudication().route->forward.has_value();
    if (arrival.is_final && !is_forwarded) {
      const base::Date today = base::utc_date(clock_.now());
      adjudicator_.decide(open.adjudication(), surroundings_for(store_, nullptr, today, open.record().id));
      for (ItemNow& now : open.items()) {
        const ItemOutcome* outcome = open.adjudication().outcome_of(now.sequence());
        if (now.decision.action != kPendedAction || outcome == nullptr) continue;
        now.outcome = outcome;
        now.decision = outcome->decision;
        now.answer.reviewer = {};
      }
      if (auto numbered = number_items(store_, open.adjudication(), today, open.items()); !numbered) {
        return numbered.error();
      }
    }
    if (auto timely = in_time(arrival.deadline); !timely) return timely.error();
    Change change{.actor = arrival.actor,
                  .action = "information",
                  .origin = arrival.origin,
                  .is_told = arrival.is_final && !is_forwarded,
                  .supplements = arrival.supplements,
                  .decisions = decision_records(open.items())};
    change.exchange = answered_exchange(kSubsequentExchange, requested, clock_.now());
    change.exchange->payer = open.record().payer;
    if (is_forwarded) change.outbox.push_back(attachment_message(arrival, base::to_ms(clock_.now())));
    Outcome outcome = commit(open, std::move(change));
    if (!is_conflict(outcome) || race == kMostRaces) return outcome;
  }
}

CaseService::Outcome CaseService::take_answer(std::string_view case_id, const ForeignAnswer& foreign) const {
  const pas::PayerAnswer& answer = foreign.answer;
  for (int race = 0;; ++race) {
    auto record = find(case_id);
    if (!record) return record.error();
    auto opened = open(std::move(*record));
    if (!opened) return opened.error();
    OpenCase& open = **opened;
    Change change{.actor = foreign.payer, .action = std::string(kAnswerAction), .origin = foreign.origin};
    for (ItemNow& now : open.items()) {
      if (now.item == nullptr || now.decision.action != kPendedAction) continue;
      const auto answered = std::ranges::find_if(
          answer.items, [&now](const pas::AnsweredItem& each) { return each.answer.sequence == now.sequence(); });
      if (answered != answer.items.end()) {
        answer_item(*answered, now);
        now.decision.notes.insert(now.decision.notes.end(), answer.notes.begin(), answer.notes.end());
      } else if (!answer.errors.empty()) {
        now.decision.notes = {"The payer's system could not process the request. Correct it and send it again."};
      } else {
        continue;
      }
      now.decision.notes.insert(now.decision.notes.end(), answer.errors.begin(), answer.errors.end());
      change.decisions.push_back(record_of(foreign, now, change.decisions.empty()));
    }
    if (change.decisions.empty() && open.record().status == store::Status::kPended) {
      return base::invalid("the answer tells of none of the pended items");
    }
    change.is_told = !change.decisions.empty();
    change.exchange = foreign.exchange;
    if (foreign.follow_in.count() > 0) {
      change.outbox.push_back({.case_id = {},
                               .kind = std::string(kFollowMessage),
                               .payload = {},
                               .due_ms = base::to_ms(clock_.now() + foreign.follow_in),
                               .subject = {}});
    }
    Outcome outcome = commit(open, std::move(change));
    if (!is_conflict(outcome) || race == kMostRaces) return outcome;
  }
}

CaseService::Outcome CaseService::pass_deadline(std::string_view case_id, std::int64_t due_ms,
                                                const store::Origin& origin) const {
  for (int race = 0;; ++race) {
    auto record = find(case_id);
    if (!record) return record.error();
    const bool is_late = record->status == store::Status::kPended && record->due_ms == due_ms &&
                         record->replaced_by.empty() && due_ms <= base::to_ms(clock_.now());
    if (!is_late || !options_.deny_at_deadline) return Revised{std::move(*record)};
    auto opened = open(std::move(*record));
    if (!opened) return opened.error();
    OpenCase& open = **opened;
    if (std::ranges::none_of(open.items(), waits_for_information)) return Revised{open.record()};
    for (ItemNow& now : open.items()) {
      if (!waits_for_information(now)) continue;
      now.decision.action = kDeniedAction;
      now.decision.reason = kNotReceived;
      now.decision.documents.clear();
      now.decision.questions.clear();
      now.decision.notes.insert(
          now.decision.notes.begin(),
          "The information that was asked for did not arrive in time. Send a new request with it.");
    }
    Outcome outcome = commit(open, {.actor = "deadline", .action = "deadline", .origin = origin});
    if (!is_conflict(outcome) || race == kMostRaces) return outcome;
  }
}

CaseService::Outcome CaseService::commit(OpenCase& open, Change change) const {
  const auto now = clock_.now();
  const store::Case& record = open.record();
  store::Revision revision;
  revision.case_id = record.id;
  revision.expected_revision = record.revision;
  revision.status = status_of(open.items(), false);
  revision.due_ms = revision.status == store::Status::kPended ? record.due_ms : 0;
  revision.items = open.stored_items();
  revision.response = open.response(answer_in(version_of(record.version), now));
  revision.decisions = std::move(change.decisions);
  revision.supplements = std::move(change.supplements);
  revision.outbox = std::move(change.outbox);
  revision.exchange = std::move(change.exchange);
  revision.at_ms = base::to_ms(now);
  revision.actor = std::move(change.actor);
  revision.action = std::move(change.action);
  revision.origin = std::move(change.origin);
  if (change.is_told) {
    auto events = events_of(open, now);
    if (!events) return events.error();
    revision.events = std::move(*events);
  }
  if (auto revised = store_.revise(revision); !revised) return revised.error();
  if (options_.figures != nullptr) {
    for (const ItemNow& item : open.items()) {
      const auto before = std::ranges::find(record.items, item.sequence(), &store::Item::sequence);
      if (before != record.items.end() && before->action == item.decision.action) continue;
      options_.figures->count_decision(item.decision.policy_id, item.decision.action, revision.action);
    }
  }
  auto stored = find(record.id);
  if (!stored) return stored.error();
  return Revised{std::move(*stored)};
}

base::Result<std::vector<store::NewEvent>> CaseService::events_of(const OpenCase& open,
                                                                  std::chrono::system_clock::time_point now) const {
  std::vector<store::NewEvent> events;
  if (!options_.subscribers) return events;
  const auto subscribers = options_.subscribers(open.record());
  if (!subscribers) return subscribers.error();
  for (const store::Subscription& subscription : *subscribers) {
    events.push_back({subscription.id, open.response(answer_in(version_of(subscription.version), now))});
  }
  return events;
}

OpenCase::Answer CaseService::answer_in(const pas::Version& version,
                                        std::chrono::system_clock::time_point decided) const {
  return {.version = &version, .base_url = options_.base_url(version.name), .now = clock_.now(), .decided = decided};
}

const pas::Version& CaseService::version_of(std::string_view name) const {
  const auto found =
      std::ranges::find_if(options_.versions, [name](const pas::Version* version) { return version->name == name; });
  return found == options_.versions.end() ? *options_.versions.front() : **found;
}

base::Result<std::string> CaseService::response(store::Case record, const pas::Version& version) const {
  const auto decided = decided_at(store_, record);
  if (!decided) return decided.error();
  auto opened = open(std::move(record));
  if (!opened) return opened.error();
  return (*opened)->response(answer_in(version, *decided));
}

base::Result<std::string> CaseService::response(std::span<const store::Case> parts, const pas::Version& version) const {
  return whole_response(adjudicator_, store_, parts,
                        {.version = &version, .base_url = options_.base_url(version.name), .now = clock_.now()});
}

}  // namespace pas::service
