#include "adapter/service/review.h"

#include <algorithm>
#include <array>

#include "adapter/service/case_record.h"
#include "fhir/json/writer.h"
#include "mappings/inputs/roster.h"
#include "mappings/pas/served.h"
#include "mappings/policy/x12.h"

namespace pas::service {
namespace {

namespace x12 = policy::x12;

// What the reviewer says, where nothing is said as requested.
pas::DatePeriod valid_of(const ReviewedItem& reviewed, const ItemNow& now) {
  pas::DatePeriod valid = pas::served_of(now.item->node);
  if (reviewed.valid.start) valid.start = reviewed.valid.start;
  if (reviewed.valid.end) valid.end = reviewed.valid.end;
  return valid;
}

class Checker {
 public:
  Checker(const Review& review, OpenCase& open) : review_(review), open_(open) {}

  std::vector<std::string> check() && {
    if (review_.items.empty()) mistakes_.emplace_back("items: name at least one item.");
    if (!review_.reviewer.npi.empty() && !inputs::is_valid_npi(review_.reviewer.npi)) {
      mistakes_.emplace_back("reviewer.npi: ten digits are expected, the last of which is the check digit.");
    }
    for (const ReviewedItem& item : review_.items) check_item(item);
    return std::move(mistakes_);
  }

 private:
  void check_item(const ReviewedItem& item) {
    constexpr std::array<std::string_view, 5> kActions = {"A1", "A2", "A3", "A4", "A6"};
    if (std::ranges::count(review_.items, item.sequence, &ReviewedItem::sequence) > 1) {
      add(item, "sequence", "the item is named twice.");
    }
    const ItemNow* now = open_.find(item.sequence);
    if (now == nullptr || now->item == nullptr) return add(item, "sequence", "the case has no such item.");
    if (now->decision.action != kPendedAction) return add(item, "sequence", "the item is not pended.");
    if (std::ranges::find(kActions, item.action) == kActions.end()) {
      return add(item, "action", "A1, A2, A3, A4 or A6 is wanted.");
    }
    if (!item.reason.empty() && x12::display(x12::reasons(), item.reason).empty()) {
      add(item, "reason", "an X12 886 code is wanted; " + item.reason + " is not known here.");
    }
    const bool is_changed = item.action == "A2" || item.action == kModifiedAction;
    if (item.action == kDeniedAction && (item.reason.empty() || item.note.empty())) {
      add(item, "reason", "a denial needs a reason and a note that the provider can act on.");
    }
    if (is_changed && item.quantity.empty() && !item.valid.start && !item.valid.end) {
      add(item, "quantity", "what is certified in part or modified needs a quantity or a period.");
    }
    if (item.action == kPendedAction && item.documents.empty() && item.questions.empty()) {
      add(item, "documents", "to ask for information, name documents or questions.");
    }
    if (const auto [start, end] = valid_of(item, *now); start && end && *end < *start) {
      add(item, "validTo", "the period ends before it begins; what is not given is as requested.");
    }
  }

  void add(const ReviewedItem& item, std::string_view member, std::string_view what) {
    std::string message = "item " + std::to_string(item.sequence) + ", ";
    mistakes_.push_back(message.append(member).append(": ").append(what));
  }

  const Review& review_;
  OpenCase& open_;
  std::vector<std::string> mistakes_;
};

base::Result<void> certify(const ReviewedItem& reviewed, base::Date today, const NewNumber& new_number, ItemNow& now) {
  auto number = new_number();
  if (!number) return number.error();
  now.answer.authorization_number = std::move(*number);
  now.answer.issued = today;
  now.answer.valid = valid_of(reviewed, now);
  const auto& end = now.answer.valid.end;
  if (!now.answer.valid.start && !(end && *end < today)) now.answer.valid.start = today;
  if (reviewed.action != kCertifiedAction) {
    now.answer.authorized = pas::Authorized{reviewed.quantity, reviewed.quantity_code, reviewed.valid};
  }
  return {};
}

}  // namespace

std::vector<std::string> mistakes_of(const Review& review, OpenCase& open) {
  return Checker(review, open).check();
}

base::Result<void> apply(const Review& review, base::Date today, const NewNumber& number, OpenCase& open) {
  for (const ReviewedItem& reviewed : review.items) {
    ItemNow& now = *open.find(reviewed.sequence);
    decision::Decision decision;
    decision.item_sequence = reviewed.sequence;
    decision.action = reviewed.action;
    decision.reason = reviewed.reason;
    decision.policy_id = now.decision.policy_id;  // whose queue it stays in
    if (!reviewed.note.empty()) decision.notes.push_back(reviewed.note);
    decision.documents = reviewed.documents;
    decision.questions = reviewed.questions;
    now.decision = std::move(decision);
    now.answer.reviewer = review.reviewer;
    if (!is_certified(reviewed.action)) continue;
    if (auto certified = certify(reviewed, today, number, now); !certified) return certified;
  }
  return {};
}

std::string review_record(const Review& review, const ItemNow& now) {
  json::Writer out;
  out.begin_object().member("itemSequence", now.sequence());
  out.key("reviewer").begin_object().member("actor", review.actor);
  if (!review.reviewer.npi.empty()) out.member("npi", review.reviewer.npi);
  if (!review.reviewer.specialty_code.empty()) out.member("specialty", review.reviewer.specialty_code);
  out.end_object();
  out.key("decision").begin_object().member("action", now.decision.action);
  if (!now.decision.reason.empty()) out.member("reason", now.decision.reason);
  out.key("notes").begin_array();
  for (const std::string& note : now.decision.notes) out.string(note);
  out.end_array();
  decision::write_wanted(now.decision, out);
  out.end_object().end_object();
  return std::move(out).take();
}

}  // namespace pas::service
