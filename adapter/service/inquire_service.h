#pragma once
// One $inquire as one synchronous call: read the example, find the cases that it fits, and answer with each as it
// stands now (PAS 2.2.1 spec-44 to spec-53). Of a case that another server decides, that one is asked first. It writes
// the record of the exchange alone. Any number of threads may inquire.
//
// Who asks need not be who submitted: the member's id and a provider's identifier must both match, and what does not
// match them is not found.

#include <functional>
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

struct InquireRequest {
  std::string body;
  std::string client;  // the authenticated one who asks
  const pas::Version* version = nullptr;
  std::string base_url = {};  // absolute, of the version that is asked, without a slash at the end
  Deadline deadline = kNoDeadline;
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();  // when its first byte came
  store::Origin origin = {};
  std::string via = {};        // the header Via as it came
  std::string addressed = {};  // the payer whose base path was asked, and whose cases alone are told; empty: none
};

// What the server of a pended case's payer said when it was asked how the case stands.
enum class Heard {
  kNothing,  // there is none, or nothing to ask
  kSame,     // what is stored
  kNewer,    // and it is stored
  kNoAnswer,
};

class InquireService {
 public:
  // The most cases of one answer, the newest first.
  static constexpr std::size_t kMostAnswers = 50;
  // Of these, the most that another server is asked about.
  static constexpr int kMostAsked = 5;

  using AskPayer = std::function<Heard(const store::Case& record, const InquireRequest& request, Deadline until)>;

  // All references outlive the service.
  InquireService(const Adjudicator& adjudicator, const ValidationService& validation, store::Store& store,
                 const base::Clock& clock, AskPayer ask_payer = {})
      : adjudicator_(adjudicator),
        validation_(validation),
        store_(store),
        clock_(clock),
        ask_payer_(std::move(ask_payer)) {}

  struct Found {
    std::string body;  // Parameters, or a Bundle in a version that answers with one
    std::vector<std::string> case_ids = {};
  };
  using Outcome = std::variant<Found, Refused, base::Error>;
  // Whoever knows member and provider may ask (PAS 2.2.1 spec-53); of a case of another client the Claim is masked.
  Outcome inquire(InquireRequest request) const;

 private:
  using Cases = std::vector<std::unique_ptr<OpenCase>>;
  base::Result<Cases> find(const pas::Inquiry& inquiry, const InquireRequest& request) const;
  // What its payer's server says is in the case then.
  base::Result<Heard> ask(std::unique_ptr<OpenCase>& open, const InquireRequest& request, Deadline until) const;

  const Adjudicator& adjudicator_;
  const ValidationService& validation_;
  store::Store& store_;
  const base::Clock& clock_;
  const AskPayer ask_payer_;
};

}  // namespace pas::service
