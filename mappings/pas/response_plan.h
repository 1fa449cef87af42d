#pragma once
// What a response will hold, worked out before anything is written: numbers of notes, who asks for which document, and
// the resources of the request that come back.

#include <span>
#include <string>
#include <vector>

#include "mappings/pas/response.h"

namespace pas::pas {

struct PlannedItem {
  const Item* item = nullptr;
  const decision::Decision* decision = nullptr;  // null: none was made
  const ItemAnswer* answer = nullptr;            // null: nothing was given
  std::vector<int> notes;                        // numbers
  bool is_carried = false;                       // of an earlier Claim, which is not at hand
};

struct PlannedRequest {  // a CommunicationRequest
  std::string id;
  const Item* item = nullptr;
  const decision::DocumentRequest* document = nullptr;
  bool is_carried = false;  // as of the item
};

// A PAS Task: the documents, or the questionnaires, that all items of a case together need.
struct PlannedTask {
  std::string id;  // also its identifier: the tracking id of what is sent for it
  bool is_questionnaire = false;
  std::vector<PlannedRequest> inputs;  // `document` is null for a questionnaire
  std::string_view reason;             // X12 886: why the first of its items waits
};

// Points into the arguments it was made from.
struct ResponsePlan {
  std::vector<PlannedItem> items;                // in the order of the Claim; none when nothing was decided
  const decision::Decision* of_claim = nullptr;  // the decision with sequence 0
  std::vector<std::string_view> notes;           // note n is notes[n - 1]
  std::vector<int> error_notes;                  // number of each error's note
  std::vector<PlannedRequest> requests;          // each document once an item
  std::vector<PlannedTask> tasks;                // one for documents, one for questionnaires; of a case each
  std::vector<const json::Entry*> echoed;        // entries of the request, each once, what refers before what it names

  bool has_decision() const { return !items.empty() || of_claim != nullptr; }
};

ResponsePlan plan_response(const Request& request, std::span<const decision::Decision> decisions,
                           const ResponseContext& context);

// Certified in total, in part or as modified: has an authorization number and a period.
bool is_certified(std::string_view action);

// The organization that an attachment would come from: the provider, or the one behind its role; absent if neither.
json::Node organization_of(const Request& request);

}  // namespace pas::pas
