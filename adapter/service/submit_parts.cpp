// Of SubmitService, a request for several payers: each part is submitted as a request of its own to its payer, and the
// answers are told as one.

#include <algorithm>
#include <future>
#include <iterator>

#include "adapter/service/case_record.h"
#include "adapter/service/open_case.h"
#include "adapter/service/submit_service.h"

namespace pas::service {
namespace {

bool has_item(const std::vector<const pas::Item*>& items, int sequence) {
  return std::ranges::find(items, sequence, &pas::Item::sequence) != items.end();
}

bool has_item(const pas::Request& request, int sequence) {
  return std::ranges::find(request.items, sequence, &pas::Item::sequence) != request.items.end();
}

}  // namespace

// At once, since each may wait for a server. What is stored when another part fails is told when it is sent again.
SubmitOutcome SubmitService::submit_parts(const SubmitRequest& request, const Adjudication& whole,
                                          std::chrono::system_clock::time_point now) const {
  std::vector<std::future<SubmitOutcome>> asked;
  for (const routing::Part& part : whole.parts) {
    SubmitRequest own{.body = routing::request_of(part, whole.request),
                      .client = request.client,
                      .version = request.version,
                      .base_url = request.base_url,
                      .deadline = request.deadline,
                      .began = request.began,
                      .origin = request.origin,
                      .idempotency_key = request.idempotency_key,
                      .via = request.via,
                      .addressed = part.payer};
    asked.push_back(
        std::async(std::launch::async, [this, own = std::move(own)]() mutable { return submit(std::move(own)); }));
  }
  std::vector<Answered> answers;
  std::optional<SubmitOutcome> failed;
  for (std::future<SubmitOutcome>& each : asked) {
    SubmitOutcome outcome = each.get();
    if (auto* answered = std::get_if<Answered>(&outcome)) {
      answers.push_back(std::move(*answered));
    } else if (!failed) {
      failed = std::move(outcome);
    }
  }
  if (failed) return std::move(*failed);
  return told_as_one(request, whole, std::move(answers), now);
}

SubmitOutcome SubmitService::told_as_one(const SubmitRequest& request, const Adjudication& whole,
                                         std::vector<Answered> answers,
                                         std::chrono::system_clock::time_point now) const {
  pas::ResponseContext context;
  context.version = request.version;
  context.base_url = request.base_url;
  context.response_id = answers.front().case_id;
  context.now = now;
  std::vector<pas::BusinessError> errors = whole.errors;
  std::vector<decision::Decision> decisions;
  std::vector<pas::Item> carried;
  std::vector<std::unique_ptr<OpenCase>> opened;  // which those point into
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const routing::Part& part = whole.parts[i];
    auto record = store_.find_case(answers[i].case_id);
    if (!record) return record.error();
    if (!*record) return base::unavailable("a part of the request is not there");
    if ((*record)->status == store::Status::kError) {
      // Its own errors, whose places are in its own Bundle, are told at its insurance.
      auto read = adjudicator_.read(
          routing::request_of(part, whole.request),
          {.version = request.version, .today = base::utc_date(now), .addressed = part.payer, .months_authorized = {}});
      if (!read) continue;
      for (pas::BusinessError& error : read->errors) {
        error.path = part.insurance["coverage"].path(whole.request.bundle());
        const bool is_told = std::ranges::any_of(errors, [&error](const pas::BusinessError& told) {
          return told.message == error.message && told.item_sequence == error.item_sequence;
        });
        if (!is_told) errors.push_back(std::move(error));
      }
      continue;
    }
    if ((*record)->due_ms > 0) context.due = base::from_ms((*record)->due_ms);
    auto open = OpenCase::open(adjudicator_, store_, std::move(**record));
    if (!open) return open.error();
    opened.push_back(std::move(*open));
    // What has gone to another part since is that one's.
    const auto is_theirs = [&](int sequence) {
      return !has_item(part.items, sequence) && has_item(whole.request, sequence);
    };
    ResponseItems shown = response_items(opened.back()->items(), opened.back()->request());
    std::erase_if(shown.decisions, [&](const decision::Decision& each) { return is_theirs(each.item_sequence); });
    std::erase_if(shown.answers, [&](const pas::ItemAnswer& each) { return is_theirs(each.sequence); });
    std::erase_if(shown.carried, [&](const pas::Item& each) { return is_theirs(each.sequence); });
    for (pas::ItemAnswer& answer : shown.answers) answer.case_id = answers[i].case_id;
    std::ranges::move(shown.decisions, std::back_inserter(decisions));
    std::ranges::move(shown.answers, std::back_inserter(context.items));
    std::ranges::move(shown.carried, std::back_inserter(carried));
    std::ranges::move(opened.back()->claim_notes(), std::back_inserter(context.notes));
  }
  context.carried = carried;
  context.errors = errors;
  Answered told{pas::write_response(whole.request, decisions, context), std::move(answers.front().case_id),
                std::ranges::all_of(answers, &Answered::repeated)};
  for (std::size_t i = 1; i < answers.size(); ++i) told.other_case_ids.push_back(std::move(answers[i].case_id));
  return told;
}

}  // namespace pas::service
