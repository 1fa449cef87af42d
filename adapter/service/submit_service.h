#pragma once
// One $submit as one synchronous call: adjudicate, number, answer, commit. When submit() returns an answer, the request
// and the answer are durable. It knows no HTTP: the endpoints turn the outcome into a status.
//
// A repeat of the same bytes by the same client within the resend window gets the stored answer again, byte for byte
// (in another version of PAS, the same case in that version; of a split request, its parts as they stand); so does a
// repeat with the same idempotency key, and other bytes with that key are a conflict. A request for several payers is
// as many cases, stored together, with one answer of all their items (whole_response.h). An update is decided over what
// stands of the case that it names (item_now.h). Any number of threads may submit.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "adapter/service/adjudicator.h"
#include "adapter/service/deadline.h"
#include "adapter/service/figures.h"
#include "adapter/service/item_now.h"
#include "adapter/service/numbers.h"
#include "adapter/service/test_mode.h"
#include "adapter/service/timetable.h"
#include "adapter/store/store.h"
#include "fhir/base/clock.h"
#include "mappings/pas/response.h"

namespace pas::service {

struct SubmitRequest {
  std::string body;    // as received, decompressed
  std::string client;  // the authenticated submitter
  const pas::Version* version = nullptr;
  std::string base_url = {};  // absolute, of the version that is asked, without a slash at the end
  Deadline deadline = kNoDeadline;
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();  // when its first byte came
  store::Origin origin = {};
  std::string idempotency_key = {};  // empty: none
  std::string via = {};              // the header Via as it came
  std::string addressed = {};        // the payer to whose base path it was sent; empty: none's
  // Of a part of a request that was split: what to remark on, in the places of the whole; nothing: on itself.
  std::optional<std::vector<std::string>> remarks = {};
};

struct Answered {
  std::string body;                        // the response Bundle
  std::string id;                          // of the ClaimResponse and the case
  bool repeated = false;                   // the stored answer of an earlier submission
  std::vector<std::string> part_ids = {};  // of the cases of a request that was split, which `id` is no case of
};
struct Refused {
  validation::Report report;
};
// Error: kUnavailable or kTimeout, nothing stored; kConflict: the idempotency key was used for another request.
using SubmitOutcome = std::variant<Answered, Refused, base::Error>;

class SubmitService {
 public:
  struct Options {
    std::chrono::minutes resend_window{10};    // zero: every submission is a new one
    std::chrono::minutes key_window{24 * 60};  // how long an idempotency key is remembered
    Timetable timetable = {};
    TestMode* test_mode = nullptr;     // outlives the service
    const Figures* figures = nullptr;  // likewise
    // Asks the server of the payer of a stored case until then (forwarding.h): whether it has answered, and the stored
    // response is its.
    std::function<bool(const std::string& case_id, const SubmitRequest& request, Deadline until)> forward = {};
  };

  // All references outlive the service.
  SubmitService(const Adjudicator& adjudicator, store::Store& store, const base::Clock& clock, base::IdSource& ids,
                Options options);

  SubmitOutcome submit(SubmitRequest request) const;

 private:
  // By what a repeat is known.
  struct Repeat {
    std::string digest;
    std::optional<std::int64_t> since_ms;  // nothing: repeats are new requests
    bool by_key = false;
  };
  Repeat repeat_of(const SubmitRequest& request, std::chrono::system_clock::time_point now) const;
  void note_repeat(const Answered& answered, std::chrono::system_clock::time_point requested) const;
  base::Result<std::optional<Answered>> stored_answer(const Repeat& repeat, const SubmitRequest& request) const;
  // What is to be stored and counted, without what was parsed: of a big request that is as much again.
  struct Decided {
    std::vector<store::Submission> submissions;  // one, or the parts of a whole
    std::vector<std::string> forwarded;          // the ids of those that go to the servers of their payers
    std::vector<validation::Issue> faults;
    std::vector<decision::Decision> decisions;  // made now
  };
  using Decision = std::variant<Decided, Refused, base::Error>;
  Decision decide(const SubmitRequest& request, const Repeat& repeat, std::chrono::system_clock::time_point now) const;
  SubmitOutcome decide_and_commit(SubmitRequest& request, const Repeat& repeat,
                                  std::chrono::system_clock::time_point now) const;
  Decision decide_parts(const SubmitRequest& request, const Repeat& repeat, const Adjudication& whole,
                        std::chrono::system_clock::time_point now) const;
  base::Result<Answered> whole_answer(const std::string& whole_id, const SubmitRequest& request) const;
  bool forward(const std::vector<std::string>& case_ids, const SubmitRequest& request) const;
  base::Result<bool> is_to_forward(const Adjudication& adjudication, const store::Case& record) const;
  base::Result<Standing> prior_of(const Adjudication& adjudication, const SubmitRequest& request) const;
  base::Result<void> add_kept_records(const Standing& prior, const std::vector<ItemNow>& items,
                                      store::Submission& submission) const;

  const Adjudicator& adjudicator_;
  store::Store& store_;
  const base::Clock& clock_;
  base::IdSource& ids_;
  Options options_;
};

}  // namespace pas::service
