#pragma once
// The figures that a payer publishes of a year's prior authorizations (CMS-0057-F, 42 CFR 422.122(c)), from what the
// store has. The unit is an item: each is a service with a decision of its own.
//
// Of the year are the items that were first submitted in it (UTC), as they stand now; updates count with the request
// that they change. Not counted as requests: what needs no authorization (NA), was cancelled, or had a business
// error. Plain functions; any thread.

#include <cstdint>
#include <string>
#include <vector>

#include "adapter/store/store.h"

namespace pas::service {

struct CmsFigures {
  int approved = 0;                    // A1, A2, A6
  int denied = 0;                      // A3
  int approved_after_appeal = 0;       // of those approved: denied before
  int approved_after_extension = 0;    // of those approved: later than the time for their priority
  int pended = 0;                      // no decision yet, and in no percentage
  std::vector<std::int64_t> times_ms;  // from the first submission to the decision; sorted

  int decided() const { return approved + denied; }
};

struct CmsReport {
  int year = 0;
  std::string payer;  // empty: all
  CmsFigures standard;
  CmsFigures expedited;
};

// Of one payer, or of all when `payer` is empty.
base::Result<CmsReport> cms_report(const store::Store& store, int year, const std::string& payer);

// One line a figure: year, payer, priority, figure, value.
std::string to_csv(const CmsReport& report);
std::string to_json(const CmsReport& report);
// A page that stands alone.
std::string to_html(const CmsReport& report);

}  // namespace pas::service
