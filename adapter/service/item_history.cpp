#include "adapter/service/item_history.h"

#include <algorithm>

#include "adapter/service/case_record.h"
#include "fhir/json/document.h"

namespace pas::service {
namespace {

bool has_item(const store::Case& record, int sequence) {
  return std::ranges::find(record.items, sequence, &store::Item::sequence) != record.items.end();
}

std::int64_t time_of(const std::vector<store::HistoryEntry>& entries, std::int64_t revision,
                     const store::Case& record) {
  const auto found = std::ranges::find(entries, revision, &store::HistoryEntry::revision);
  return found == entries.end() ? record.received_at_ms : found->at_ms;
}

// What was asked for before is not asked again.
void add_asked(json::Node decision, std::int64_t at_ms, std::vector<Asked>& asked) {
  Asked now{.loincs = {}, .has_questions = decision["questions"].size() > 0, .at_ms = at_ms};
  for (const json::Node document : decision["documents"]) {
    const std::string loinc(document["loinc"].text());
    const auto has_it = [&loinc](const Asked& each) {
      return std::ranges::find(each.loincs, loinc) != each.loincs.end();
    };
    if (!has_it(now) && std::ranges::none_of(asked, has_it)) now.loincs.push_back(loinc);
  }
  if (!now.loincs.empty() || now.has_questions) asked.push_back(std::move(now));
}

}  // namespace

base::Result<CaseHistory> CaseHistory::of(const store::Store& store, const store::Case& record) {
  CaseHistory made(store, record);
  auto entries = store.history(record.id);
  if (!entries) return entries.error();
  made.entries_ = std::move(*entries);
  auto priors = priors_of(store, record);
  if (!priors) return priors.error();
  made.priors_ = std::move(*priors);
  return made;
}

base::Result<ItemHistory> CaseHistory::item(const store::Item& item) const {
  ItemHistory told{.submitted_ms = record_->received_at_ms, .decided_ms = record_->received_at_ms, .asked = {}};
  for (const store::Case& prior : priors_) {
    if (!has_item(prior, item.sequence)) break;
    told.submitted_ms = prior.received_at_ms;
  }
  const auto records = store_->decision_records(record_->id, item.sequence);
  if (!records) return records.error();
  std::string action;
  for (const store::DecisionRecord& record : *records) {
    const auto document = json::Document::parse(record.json);
    if (!document) return base::unavailable("case " + record_->id + ": a decision is damaged");
    const json::Node decision = document->root()["decision"];
    action = decision["action"].text();
    told.was_denied = told.was_denied || action == kDeniedAction;
    add_asked(decision, time_of(entries_, record.revision, *record_), told.asked);
  }
  told.responses = std::max(static_cast<int>(records->size()), 1);
  if (action == item.action && !records->empty()) {
    const auto since = kept_since(item.sequence, records->back());
    if (!since) return since.error();
    told.decided_ms = *since;
  } else if (entries_.size() > 1) {  // what no record tells of: a deadline
    told.decided_ms = entries_.back().at_ms;
    ++told.responses;
  }
  return told;
}

// A request that leaves an item as it stood has the record of its prior.
base::Result<std::int64_t> CaseHistory::kept_since(int sequence, const store::DecisionRecord& decision) const {
  std::int64_t since = time_of(entries_, decision.revision, *record_);
  std::int64_t revision = decision.revision;
  for (const store::Case& prior : priors_) {
    if (revision != 1) break;
    const auto records = store_->decision_records(prior.id, sequence);
    if (!records) return records.error();
    if (records->empty() || records->back().json != decision.json) break;
    const auto entries = store_->history(prior.id);
    if (!entries) return entries.error();
    revision = records->back().revision;
    since = time_of(*entries, revision, prior);
  }
  return since;
}

}  // namespace pas::service
