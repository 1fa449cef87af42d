#pragma once
// What happens to a case after its answer: a person decides, information arrives, a deadline passes. Each is one
// revision of the case, committed with the notifications that follow from it.
//
// A revision is made from a state of the case and refused (kConflict) when it has another by then; what is decided by
// the machine is tried again from the new state. Any number of threads.

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "adapter/service/adjudicator.h"
#include "adapter/service/deadline.h"
#include "adapter/service/figures.h"
#include "adapter/service/open_case.h"
#include "adapter/service/submit_service.h"
#include "adapter/store/store.h"
#include "fhir/base/clock.h"
#include "mappings/pas/payer_answer.h"

namespace pas::service {

// Of one item, by a person.
struct ReviewedItem {
  int sequence = 0;
  std::string action;                                // X12 306: A1, A2, A3, A4, A6
  std::string reason;                                // X12 886
  std::string note;                                  // for the provider
  std::string quantity;                              // A2, A6: a JSON number
  std::string quantity_code;                         // X12 673; empty: as requested
  pas::DatePeriod valid;                             // A1, A2, A6; of A2 and A6 also what is authorized
  std::vector<decision::DocumentRequest> documents;  // A4: to ask for
  std::vector<std::string> questions;                // A4: link ids to ask for
};

struct Review {
  std::int64_t revision = 0;  // Case.revision that the reviewer saw
  std::string actor;          // who decides, for the history
  pas::Reviewer reviewer;     // a person, but for a script
  std::vector<ReviewedItem> items;
  Deadline deadline = kNoDeadline;
  store::Origin origin = {};
};

// What arrived for a case: each an entry of a Bundle with fullUrl and resource, JSON.
struct Arrival {
  std::string actor;
  std::vector<store::Supplement> supplements;
  bool is_final = true;  // false: more is to come, and nothing is decided yet
  Deadline deadline = kNoDeadline;
  store::Origin origin = {};
};

// What the server of the case's payer answered.
struct ForeignAnswer {
  std::string payer;
  pas::PayerAnswer answer;
  std::string bundle;                 // the whole of it, to keep (PAS 2.2.1 spec-26)
  store::Exchange exchange;           // in which it came, without its case
  std::chrono::seconds follow_in{0};  // ask there again how it stands; zero: no need
  store::Origin origin = {};
};

// As the history names it.
inline constexpr std::string_view kAnswerAction = "answer";

struct Revised {
  store::Case record;  // as it is now
};
// Faults of the caller; each names the member.
struct Mistakes {
  std::vector<std::string> messages;
};

inline constexpr std::string_view kNumberToCome = "(given with the decision)";

class CaseService {
 public:
  struct Options {
    // At the deadline, an item that waits for information is denied for its lack (X12 886 0P); else it stays pended,
    // and is late.
    bool deny_at_deadline = false;
    // Who is to hear of a decision on the case; nobody without it.
    std::function<base::Result<std::vector<store::Subscription>>(const store::Case&)> subscribers = {};
    // Base URL of a PAS version by its name, without a slash at its end.
    std::function<std::string(std::string_view version)> base_url;
    const Figures* figures = nullptr;  // outlives the service
    // The versions that answers are written in; the first for a name that is none of them.
    std::vector<const pas::Version*> versions;
  };

  // All references outlive the service.
  CaseService(const Adjudicator& adjudicator, store::Store& store, const base::Clock& clock, Options options)
      : adjudicator_(adjudicator), store_(store), clock_(clock), options_(std::move(options)) {}

  // kNotFound: no such case. kTimeout: the deadline passed before the commit, nothing stored.
  using Outcome = std::variant<Revised, Mistakes, base::Error>;
  Outcome review(std::string_view case_id, const Review& review) const;
  // The response Bundle that review() would store and send, in the version of the request; nothing is stored, and a
  // new authorization number is told as kNumberToCome.
  using Preview = std::variant<std::string, Mistakes, base::Error>;
  Preview preview(std::string_view case_id, const Review& review) const;
  // Of a case that another server decides, what arrives is for that server, and nothing is decided here.
  Outcome arrive(std::string_view case_id, const Arrival& arrival) const;
  // Decides the pended items that it answers. kInvalid: it answers none of them and tells of no error.
  Outcome take_answer(std::string_view case_id, const ForeignAnswer& answer) const;
  // Nothing changes unless the case still waits for that time. `origin`: of the message that tells of it.
  Outcome pass_deadline(std::string_view case_id, std::int64_t due_ms, const store::Origin& origin = {}) const;

  // The second half of a scripted outcome (test_mode.h): what is pended becomes `action`.
  Outcome follow_script(std::string_view case_id, const std::string& action, const store::Origin& origin = {}) const;

  // The response Bundle as it stands, in that version.
  base::Result<std::string> response(store::Case record, const pas::Version& version) const;
  // The same of a request that was split, by its parts (whole_response.h).
  base::Result<std::string> response(std::span<const store::Case> parts, const pas::Version& version) const;

 private:
  struct Change {
    std::string actor;
    std::string action;
    store::Origin origin;
    bool is_told = true;  // to subscribers
    std::vector<store::Supplement> supplements = {};
    std::vector<store::DecisionRecord> decisions = {};
    std::vector<store::OutboxMessage> outbox = {};
    std::optional<store::Exchange> exchange = {};
  };
  base::Result<store::Case> find(std::string_view case_id) const;
  base::Result<std::unique_ptr<OpenCase>> open(store::Case record) const;
  // Of the revision that the reviewer saw, without mistakes in what is decided.
  using Opened = std::variant<std::unique_ptr<OpenCase>, Mistakes, base::Error>;
  Opened open_for(std::string_view case_id, const Review& review) const;
  Outcome decide(OpenCase& open, const Review& review) const;
  Outcome commit(OpenCase& open, Change change) const;
  base::Result<std::vector<store::NewEvent>> events_of(const OpenCase& open,
                                                       std::chrono::system_clock::time_point now) const;
  OpenCase::Answer answer_in(const pas::Version& version, std::chrono::system_clock::time_point decided) const;
  const pas::Version& version_of(std::string_view name) const;

  const Adjudicator& adjudicator_;
  store::Store& store_;
  const base::Clock& clock_;
  const Options options_;
};

}  // namespace pas::service
