#pragma once
// One request and its answer, as the guide wants it counted (PAS 2.2.1, logical model PASMetricData): short, and
// without a word of the patient. Values; any thread.

#include <cstdint>
#include <optional>
#include <string>

namespace pas::store {

struct Exchange {
  std::string case_id = {};  // set by commit and revise; empty: of no case (refused, or an inquiry that found none)
  std::string payer = {};    // Case.payer; empty: not known
  std::string type = {};     // "initial", "update", "cancel", "subsequent", "query"
  std::string other = {};    // the other side: "provider", or "payer" of what was forwarded
  std::int64_t requested_ms = 0;
  std::int64_t responded_ms = 0;
  int http_status = 0;
  std::string detail = {};  // a JSON object of whoever writes it (service/exchange.h); opaque here
  std::int64_t order = 0;   // set by the store: rises among those of one case, and among those of none
  bool operator==(const Exchange&) const = default;
};

// Of those of no case.
struct ExchangeFilter {
  std::int64_t from_ms = 0;  // requested
  std::int64_t to_ms = 0;    // and no later
};

}  // namespace pas::store
