#pragma once
// The record that the store keeps of each exchange (PAS 2.2.1, logical model PASMetricData): who asked, when, how it
// was answered, and what was wrong with it. No patient is in it. Plain functions; any thread.

#include <chrono>
#include <string_view>

#include "adapter/service/adjudicator.h"
#include "adapter/store/case.h"
#include "fhir/json/writer.h"

namespace pas::service {

// Exchange.type beside the kinds of a request.
inline constexpr std::string_view kSubsequentExchange = "subsequent";  // what arrives for a case
inline constexpr std::string_view kQueryExchange = "query";
// Exchange.other
inline constexpr std::string_view kProviderSide = "provider";
inline constexpr std::string_view kPayerSide = "payer";  // of what was forwarded

using TimePoint = std::chrono::system_clock::time_point;

// Answered with 200 now; without a case and a payer.
store::Exchange answered_exchange(std::string_view type, TimePoint requested, TimePoint now);
// Of a $submit, with its line of business, its questionnaire, what CRD said of its items, and its business errors
// (X12 901).
store::Exchange exchange_of(const Adjudication& adjudication, TimePoint requested, TimePoint now);

// Who asked whom; each empty where it is not known.
struct Parties {
  store::Identifier provider = {}, group = {}, payer = {};
};
Parties read_parties(const pas::Request& request);
// Answered with 400; of no case.
store::Exchange refused_exchange(std::string_view type, const validation::Report& report, const Parties& parties,
                                 TimePoint requested, TimePoint now);
// The same of a $submit, from what can be read of it.
store::Exchange refused_submission(std::string_view body, const validation::Report& report, TimePoint requested,
                                   TimePoint now);

// As a member: {"system": …, "value": …}, without an empty system.
void write_identifier(json::Writer& out, std::string_view name, const store::Identifier& identifier);

}  // namespace pas::service
