#pragma once
// One $submit as one synchronous call: adjudicate, number, answer, commit. When submit() returns an answer, the request
// and the answer are durable. It knows no HTTP: the endpoints turn the outcome into a status.
//
// A repeat of the same bytes by the same client within the resend window gets the stored answer again, byte for byte.
// Any number of threads may submit.

#include <chrono>
#include <memory>
#include <string>
#include <variant>

#include "adapter/service/adjudicator.h"
#include "adapter/store/store.h"
#include "fhir/base/clock.h"
#include "mappings/pas/response.h"

namespace pas::service {

struct SubmitRequest {
  std::string body;    // as received, decompressed
  std::string client;  // the authenticated submitter
  const pas::Version* version = nullptr;
  std::string base_url = {};  // absolute, of the version that is asked, without a slash at the end
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

struct Answered {
  std::string body;  // the response Bundle
  std::string case_id;
  bool repeated = false;  // the stored answer of an earlier submission
};
struct Refused {
  validation::Report report;
};
// Error: kUnavailable or kTimeout, nothing stored.
using SubmitOutcome = std::variant<Answered, Refused, base::Error>;

class SubmitService {
 public:
  struct Options {
    std::chrono::minutes resend_window{10};  // zero: every submission is a new one
  };

  // All references outlive the service.
  SubmitService(const Adjudicator& adjudicator, store::Store& store, const base::Clock& clock, base::IdSource& ids,
                Options options);

  SubmitOutcome submit(SubmitRequest request) const;

 private:
  base::Result<std::vector<pas::ItemAnswer>> number_items(const Adjudication& adjudication,
                                                          const std::vector<decision::Decision>& decisions,
                                                          base::Date today) const;
  base::Result<std::optional<Answered>> stored_answer(std::string_view client, std::string_view sha256,
                                                      std::int64_t since_ms) const;
  base::Result<std::string> prior_of(const pas::Request& request, std::string_view client) const;

  const Adjudicator& adjudicator_;
  store::Store& store_;
  const base::Clock& clock_;
  base::IdSource& ids_;
  Options options_;
};

}  // namespace pas::service
