#pragma once
// A stored case opened again: its request, and each item as it stands, ready to be answered in any version or decided
// anew.
//
// An OpenCase is moved by pointer only, since its items point into it. One thread at a time.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "adapter/service/adjudicator.h"
#include "adapter/service/item_now.h"
#include "adapter/store/store.h"

namespace pas::service {

class OpenCase {
 public:
  // kInvalid when what is stored cannot be read. The request holds what came later for the case, too.
  static base::Result<std::unique_ptr<OpenCase>> open(const Adjudicator& adjudicator, const store::Store& store,
                                                      store::Case record);
  // The same with more information than is stored: entries for the request's Bundle, each a JSON object with fullUrl
  // and resource.
  static base::Result<std::unique_ptr<OpenCase>> open(const Adjudicator& adjudicator, const store::Store& store,
                                                      store::Case record, std::span<const std::string> more_entries);

  OpenCase(const OpenCase&) = delete;
  OpenCase& operator=(const OpenCase&) = delete;

  const store::Case& record() const { return standing_.record(); }
  Adjudication& adjudication() { return adjudication_; }
  const pas::Request& request() const { return adjudication_.request; }
  std::vector<ItemNow>& items() { return items_; }
  std::vector<std::string> claim_notes() const { return standing_.claim_notes(); }
  ItemNow* find(int sequence);

  struct Answer {
    const pas::Version* version = nullptr;
    std::string base_url;
    std::chrono::system_clock::time_point now;
    std::chrono::system_clock::time_point decided;  // ClaimResponse.created
    bool is_inquiry = false;
    bool is_claim_masked = false;
    json::Node bundle_identifier = {};
    std::vector<std::string> notes = {};  // of this answer alone
  };
  // The response Bundle of the items as they are now.
  std::string response(const Answer& answer) const;

  // What the store gets of the items as they are now.
  std::vector<store::Item> stored_items() const;

 private:
  OpenCase(Adjudication adjudication, Standing standing);

  Adjudication adjudication_;
  Standing standing_;
  std::vector<ItemNow> items_;
};

}  // namespace pas::service
