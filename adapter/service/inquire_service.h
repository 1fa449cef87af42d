#pragma once
// One $inquire as one synchronous call: read the example, find the cases that it fits, and answer with each as it
// stands now (PAS 2.2.1 spec-44 to spec-53). It reads only. Any number of threads may inquire.
//
// Who asks need not be who submitted: the member's id and a provider's identifier must both match, and what does not
// match them is not found.

#include <string>
#include <variant>
#include <vector>

#include "adapter/service/adjudicator.h"
#include "adapter/service/deadline.h"
#include "adapter/service/open_case.h"
#include "adapter/service/submit_service.h"
#include "adapter/service/validation_service.h"
#include "adapter/store/store.h"
#include "fhir/base/clock.h"
#include "mappings/pas/inquiry.h"

namespace pas::service {

class InquireService {
 public:
  // The most cases of one answer, the newest first.
  static constexpr std::size_t kMostAnswers = 50;

  // All references outlive the service.
  InquireService(const Adjudicator& adjudicator, const ValidationService& validation, const store::Store& store,
                 const base::Clock& clock)
      : adjudicator_(adjudicator), validation_(validation), store_(store), clock_(clock) {}

  struct Found {
    std::string body;  // Parameters, or a Bundle in a version that answers with one
    std::vector<std::string> case_ids = {};
  };
  using Outcome = std::variant<Found, Refused, base::Error>;
  // Whoever knows member and provider may ask (PAS 2.2.1 spec-53); of a case of another than `client` the Claim is
  // masked.
  Outcome inquire(std::string body, const pas::Version& version, const std::string& base_url, std::string_view client,
                  Deadline deadline = kNoDeadline) const;

 private:
  using Cases = std::vector<std::unique_ptr<OpenCase>>;
  base::Result<Cases> find(const pas::Inquiry& inquiry, Deadline deadline) const;

  const Adjudicator& adjudicator_;
  const ValidationService& validation_;
  const store::Store& store_;
  const base::Clock& clock_;
};

}  // namespace pas::service
