#pragma once
// What the store keeps of an answered request. Plain functions; any thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/service/adjudicator.h"
#include "adapter/store/store.h"
#include "mappings/pas/response.h"

namespace pas::service {

// Certified in X12 306: in total, partially, modified.
bool is_certified(std::string_view action);
// Those that carry an administrative reference number: pended, not certified.
bool is_referenced(std::string_view action);

// When a certified item may be used: its serviced period or date, else as many months as it asks for from the request
// date, else from the request date on. A policy's limit cuts the months.
pas::DatePeriod valid_period(const Adjudication& adjudication, const ItemOutcome& outcome);
// What a limit of the policy leaves of what was asked for (A6); nothing for what no limit touches.
std::optional<pas::Authorized> authorized_of(const Adjudication& adjudication, const ItemOutcome& outcome);

// The case without what belongs to its submission (id, client, times, hash, prior).
store::Case case_of(const Adjudication& adjudication, const std::vector<decision::Decision>& decisions,
                    const std::vector<pas::ItemAnswer>& answers);

std::vector<store::DecisionRecord> decision_records(const Adjudication& adjudication);

}  // namespace pas::service
