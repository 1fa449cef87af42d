#include "adapter/service/item_now.h"

#include <algorithm>

#include "adapter/service/case_record.h"

namespace pas::service {
namespace {

constexpr const char* kStaysDenied =
    "This item was not certified, and a denial is not changed by an update. Send a new request for it.";

class Merger {
 public:
  Merger(const Adjudication& adjudication, const Standing& prior) : adjudication_(adjudication), prior_(prior) {}

  std::vector<ItemNow> merge() && {
    for (const pas::Item& item : request().items) items_.push_back(of_request(item));
    if (has_error(0)) return std::move(items_);
    for (const pas::StandingItem& standing : prior_.items()) {
      if (!is_in_request(standing.item.sequence)) items_.push_back(left_out(standing));
    }
    std::ranges::stable_sort(items_, {}, &ItemNow::sequence);
    if (cancels_all() && items_.empty()) items_.push_back(cancelled(nullptr));
    return std::move(items_);
  }

 private:
  const pas::Request& request() const { return adjudication_.request; }
  bool cancels_all() const { return request().kind == pas::Kind::kCancel && !has_error(0); }

  bool has_error(int sequence) const {
    return std::ranges::any_of(adjudication_.errors, [sequence](const pas::BusinessError& error) {
      return error.item_sequence == 0 || error.item_sequence == sequence;
    });
  }

  bool is_in_request(int sequence) const {
    return std::ranges::find(request().items, sequence, &pas::Item::sequence) != request().items.end();
  }

  static ItemNow cancelled(const pas::Item* item) {
    ItemNow now;
    now.item = item;
    now.decision.item_sequence = now.sequence();
    now.decision.action = kCancelledAction;
    now.answer.sequence = now.sequence();
    return now;
  }

  ItemNow kept(const pas::Item& item, const pas::StandingItem& standing) const {
    ItemNow now;
    now.item = &item;
    now.kept = prior_.stored(standing.item.sequence);
    now.decision = standing.decision;
    now.answer = standing.answer;
    return now;
  }

  ItemNow left_out(const pas::StandingItem& standing) const {
    return cancels_all() ? cancelled(&standing.item) : kept(standing.item, standing);
  }

  ItemNow of_request(const pas::Item& item) const {
    const pas::StandingItem* standing = prior_.find(item.sequence);
    const bool stands = standing != nullptr && standing->is_decided();
    if (has_error(0)) return undecided(item);
    if (has_error(item.sequence)) return stands ? kept(item, *standing) : undecided(item);
    if (item.cancelled || cancels_all()) return cancelled(&item);
    if (stands && standing->decision.action != kPendedAction) {
      if (!item.changed) return kept(item, *standing);
      if (standing->decision.action == kDeniedAction) {
        ItemNow now = kept(item, *standing);
        if (std::ranges::find(now.decision.notes, kStaysDenied) == now.decision.notes.end()) {
          now.decision.notes.emplace_back(kStaysDenied);
        }
        return now;
      }
    }
    ItemNow now = undecided(item);
    now.outcome = adjudication_.outcome_of(item.sequence);
    if (now.outcome == nullptr) return now;
    now.decision = now.outcome->decision;
    if (stands) {
      now.answer.previous_authorization_number = standing->answer.authorization_number;
      if (is_referenced(now.decision.action)) {
        now.answer.administration_reference_number = standing->answer.administration_reference_number;
      }
    }
    return now;
  }

  static ItemNow undecided(const pas::Item& item) {
    ItemNow now;
    now.item = &item;
    now.answer.sequence = item.sequence;
    return now;
  }

  const Adjudication& adjudication_;
  const Standing& prior_;
  std::vector<ItemNow> items_;
};

}  // namespace

base::Result<Standing> Standing::of(store::Case record) {
  Standing standing;
  standing.record_ = std::make_shared<const store::Case>(std::move(record));
  for (const store::Item& item : standing.record_->items) {
    if (item.state.empty()) continue;  // the Claim as a whole
    auto read = pas::read_standing(item.state);
    if (!read) return read.error();
    standing.items_.push_back(std::move(*read));
  }
  return standing;
}

std::vector<std::string> Standing::claim_notes() const {
  return items_.empty() ? std::vector<std::string>() : items_.front().claim_notes;
}

const pas::StandingItem* Standing::find(int sequence) const {
  const auto found = std::ranges::find_if(
      items_, [sequence](const pas::StandingItem& standing) { return standing.item.sequence == sequence; });
  return found == items_.end() ? nullptr : &*found;
}

const store::Item* Standing::stored(int sequence) const {
  if (record_ == nullptr) return nullptr;
  const auto found = std::ranges::find(record_->items, sequence, &store::Item::sequence);
  return found == record_->items.end() ? nullptr : &*found;
}

std::vector<ItemNow> items_now(const Adjudication& adjudication, const Standing& prior) {
  return Merger(adjudication, prior).merge();
}

ResponseItems response_items(const std::vector<ItemNow>& items, const pas::Request& request) {
  ResponseItems result;
  for (const ItemNow& now : items) {
    if (now.is_decided()) result.decisions.push_back(now.decision);
    if (now.item == nullptr) continue;
    result.answers.push_back(now.answer);
    const bool is_own = std::ranges::any_of(request.items, [&](const pas::Item& item) { return &item == now.item; });
    if (!is_own) result.carried.push_back(*now.item);
  }
  return result;
}

}  // namespace pas::service
