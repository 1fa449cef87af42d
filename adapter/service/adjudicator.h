#pragma once
// From the bytes of a request to its decisions, without a store or a socket: parse, index, validate and read, extract,
// evaluate, decide (docs/walk-of-a-request.md, steps 4 to 10). `evaluate` on the command line and `$submit` are this
// same call.
//
// An Adjudicator is immutable but for its basis, which may be swapped at any time from any thread; a request keeps the
// one that it began with. Any number of threads may adjudicate.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapter/gateway/payers.h"
#include "adapter/service/validation_service.h"
#include "fhir/base/calendar.h"
#include "fhir/json/bundle_index.h"
#include "fhir/json/document.h"
#include "fhir/validation/report.h"
#include "mappings/decision/decision.h"
#include "mappings/inputs/extract.h"
#include "mappings/pas/business_errors.h"
#include "mappings/pas/request.h"
#include "mappings/policy/evaluation.h"
#include "mappings/routing/split.h"

namespace pas::service {

struct ItemOutcome {
  inputs::InputSet inputs;
  policy::Evaluation evaluation;  // without a policy: none was asked
  decision::Decision decision;
};

// By what an operator's files say is decided.
struct Basis {
  std::shared_ptr<const policy::PolicySet> policies;
  std::shared_ptr<const gateway::Payers> payers = nullptr;  // null: those of the policies
  std::shared_ptr<const inputs::Roster> roster = nullptr;   // null: nobody's enrolment is known
};

// Who decides for a payer: "policy", "forward", "review", or the first two in turn.
struct Deciders {
  std::string_view payer;  // its id
  std::vector<std::string> backend;
};
// Of each payer, in the order of the payers' file; views of the basis.
std::vector<Deciders> deciders_of(const Basis& basis);

// A request that could be read, with what was decided. Owns the document that everything in it views.
struct Adjudication {
  json::Document document;
  std::unique_ptr<const json::BundleIndex> index;
  pas::Request request;
  validation::Report report;  // warnings only
  std::vector<pas::BusinessError> errors;
  Basis basis;
  const policy::Payer* payer = nullptr;   // null only with business errors, and where a person decides
  const gateway::Payer* route = nullptr;  // of the payers; null without them, and with a business error
  std::vector<routing::Part> parts;       // of a request for several payers; then it has no payer, and is not decided
  std::vector<ItemOutcome> items;         // cancelled items and those with a business error are not among them

  // Under which the store keeps the case.
  std::string payer_id() const;

  // Null for an item that was cancelled or has a business error.
  const ItemOutcome* outcome_of(int item_sequence) const;
};

// What a decision depends on beside the bundle and the policies.
struct Surroundings {
  const pas::Version* version = nullptr;  // by whose profiles the bundle is checked; null: the newest
  base::Date today;                       // UTC
  std::string_view addressed = {};        // the payer to whose base path it was sent; empty: none's
  // Months already authorized for a payer's member and a code; empty where there is no store.
  std::function<std::optional<int>(std::string_view payer, std::string_view member_id, std::string_view code)>
      months_authorized;
};

class Adjudicator {
 public:
  Adjudicator(Basis basis, std::shared_ptr<const ValidationService> validation, json::Limits limits = {},
              const inputs::DocumentTools& document_tools = {});

  // The report holds every fault of the sender when the request is refused.
  using Outcome = boost::system::result<Adjudication, validation::Report>;
  // Both steps at once.
  Outcome adjudicate(std::string_view body, const Surroundings& surroundings) const;

  // Steps 4 to 7 and the business errors: nothing is decided yet.
  Outcome read(std::string_view body, const Surroundings& surroundings) const;
  // The same of a request that was read before, as stored for that payer: not validated again, and business errors are
  // looked for, as of the day that it was received, only if that is given. An error when it cannot be read at all.
  base::Result<Adjudication> reopen(std::string body, std::string_view payer, std::optional<base::Date> received) const;
  // Steps 8 to 10, for the items that can be decided by policy.
  void decide(Adjudication& adjudication, const Surroundings& surroundings) const;

  Basis basis() const {
    const std::lock_guard lock(basis_mutex_);
    return basis_;
  }
  const inputs::DocumentTools& document_tools() const { return document_tools_; }
  void replace(Basis basis) {
    const std::lock_guard lock(basis_mutex_);
    std::swap(basis_, basis);
  }

 private:
  // Not std::atomic<std::shared_ptr>: in libstdc++ 12 its load() does not order its read before a later store().
  mutable std::mutex basis_mutex_;
  Basis basis_;
  std::shared_ptr<const ValidationService> validation_;
  json::Limits limits_;
  inputs::DocumentTools document_tools_;
};

}  // namespace pas::service
