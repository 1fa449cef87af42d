#pragma once
// What the store keeps of an answered request. Plain functions; any thread.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/service/adjudicator.h"
#include "adapter/service/item_now.h"
#include "adapter/store/store.h"
#include "mappings/pas/response.h"

namespace pas::service {

// Changes of one case at once, before one is put off.
inline constexpr int kMostRaces = 5;
// Of a chain of updates.
inline constexpr int kMostLinks = 1000;

// X12 306.
inline constexpr std::string_view kCertifiedAction = "A1";
inline constexpr std::string_view kDeniedAction = "A3";
inline constexpr std::string_view kPendedAction = "A4";
inline constexpr std::string_view kModifiedAction = "A6";
inline constexpr std::string_view kCancelledAction = "C";

// Certified in total, partially, modified.
bool is_certified(std::string_view action);
// Those that carry an administrative reference number: pended, not certified.
bool is_referenced(std::string_view action);

// When a certified item may be used: its serviced period or date, else as many months as it asks for from the request
// date, else from the request date on. A policy's limit cuts the months.
pas::DatePeriod valid_period(const Adjudication& adjudication, const ItemOutcome& outcome);
// What a limit of the policy leaves of what was asked for (A6); nothing for what no limit touches.
std::optional<pas::Authorized> authorized_of(const Adjudication& adjudication, const ItemOutcome& outcome);

store::Kind kind_of(pas::Kind kind);

// Who may ask for the case beside its submitter: the identifiers of the provider and the care team, and of what stands
// behind their roles, the organization's before the people's; at most some of them.
std::vector<store::Identifier> requestors_of(const pas::Request& request);

// How a case with these items stands. With nothing decided: an error if there are business errors.
store::Status status_of(const std::vector<ItemNow>& items, bool has_errors);

// What is stored of the items as they stand and, with the first item, the notes of the response as a whole.
std::vector<store::Item> stored_items(const Adjudication& adjudication, const std::vector<ItemNow>& items,
                                      const std::vector<std::string>& claim_notes);

// The case without what belongs to its submission (id, client, times, hash, prior).
store::Case case_of(const Adjudication& adjudication, const std::vector<ItemNow>& items,
                    const std::vector<std::string>& claim_notes);

// The case that stands now for this one: itself, or the last of the updates that replaced it.
base::Result<store::Case> current_case(const store::Store& store, store::Case record);

// When it came to stand as it does.
base::Result<std::chrono::system_clock::time_point> decided_at(const store::Store& store, const store::Case& record);

// The cases that this one updates, the newest first: at most so many of them, and those that are still there.
base::Result<std::vector<store::Case>> priors_of(const store::Store& store, const store::Case& record,
                                                 int most = kMostLinks);

// Of the items that were decided by policy now.
std::vector<store::DecisionRecord> decision_records(const std::vector<ItemNow>& items);

}  // namespace pas::service
