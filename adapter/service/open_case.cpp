#include "adapter/service/open_case.h"

#include <algorithm>

#include "adapter/service/case_record.h"
#include "adapter/service/enriched_request.h"
#include "fhir/base/clock.h"

namespace pas::service {
namespace {

bool may_have_errors(const store::Case& record) {
  return record.status == store::Status::kError ||
         std::ranges::any_of(record.items, [](const store::Item& item) { return item.action.empty(); });
}

}  // namespace

base::Result<std::unique_ptr<OpenCase>> OpenCase::open(const Adjudicator& adjudicator, const store::Store& store,
                                                       store::Case record) {
  return open(adjudicator, store, std::move(record), {});
}

base::Result<std::unique_ptr<OpenCase>> OpenCase::open(const Adjudicator& adjudicator, const store::Store& store,
                                                       store::Case record, std::span<const std::string> more_entries) {
  auto body = store.find_body(record.id, store::Body::kRequest);
  if (!body) return body.error();
  if (!*body) return base::Error{base::ErrorCode::kInvalid, "the case has no request"};
  auto supplements = store.supplements(record.id);
  if (!supplements) return supplements.error();
  std::vector<std::string> entries;
  for (store::Supplement& supplement : *supplements) entries.push_back(std::move(supplement.json));
  entries.insert(entries.end(), more_entries.begin(), more_entries.end());
  std::string text = std::move(**body);
  if (!entries.empty()) {
    auto enriched = enriched_request(std::move(text), entries);
    if (!enriched) return enriched.error();
    text = std::move(*enriched);
  }
  std::optional<base::Date> received;
  if (may_have_errors(record)) received = base::utc_date(base::from_ms(record.received_at_ms));
  auto adjudication = adjudicator.reopen(std::move(text), record.payer, received);
  if (!adjudication) return adjudication.error();
  auto standing = Standing::of(std::move(record));
  if (!standing) return standing.error();
  return std::unique_ptr<OpenCase>(new OpenCase(std::move(*adjudication), std::move(*standing)));
}

OpenCase::OpenCase(Adjudication adjudication, Standing standing)
    : adjudication_(std::move(adjudication)), standing_(std::move(standing)) {
  for (const pas::StandingItem& standing_item : standing_.items()) {
    ItemNow& now = items_.emplace_back();
    const auto own = std::ranges::find(adjudication_.request.items, standing_item.item.sequence, &pas::Item::sequence);
    now.item = own != adjudication_.request.items.end() ? &*own : &standing_item.item;
    now.kept = standing_.stored(standing_item.item.sequence);
    now.decision = standing_item.decision;
    now.answer = standing_item.answer;
  }
  // What is decided has none: the rules may have changed since.
  std::erase_if(adjudication_.errors, [this](const pas::BusinessError& error) {
    if (error.item_sequence == 0) return record().status != store::Status::kError;
    const ItemNow* now = find(error.item_sequence);
    return now != nullptr && now->is_decided();
  });
  if (items_.empty() && record().status == store::Status::kCancelled) {
    items_.emplace_back().decision.action = kCancelledAction;
  }
}

ItemNow* OpenCase::find(int sequence) {
  const auto found = std::ranges::find(items_, sequence, &ItemNow::sequence);
  return found == items_.end() ? nullptr : &*found;
}

std::string OpenCase::response(const Answer& answer) const {
  ResponseItems shown = response_items(items_, request());
  pas::ResponseContext context;
  context.version = answer.version;
  context.base_url = answer.base_url;
  context.response_id = record().id;
  context.now = answer.now;
  context.created = answer.decided;
  context.is_inquiry = answer.is_inquiry;
  context.is_claim_masked = answer.is_claim_masked;
  context.bundle_identifier = answer.bundle_identifier;
  context.errors = adjudication_.errors;
  context.notes = standing_.claim_notes();
  context.notes.insert(context.notes.end(), answer.notes.begin(), answer.notes.end());
  if (record().due_ms > 0) context.due = base::from_ms(record().due_ms);
  context.items = std::move(shown.answers);
  context.carried = shown.carried;
  return pas::write_response(request(), shown.decisions, context);
}

std::vector<store::Item> OpenCase::stored_items() const {
  return service::stored_items(adjudication_, items_, standing_.claim_notes());
}

}  // namespace pas::service
