#pragma once
// One item of a case as it stands: what was asked for, what was decided and what the payer gave. It is kept beside the
// case, so that the answer can be written again whenever it is asked for, in the version that asks, and so that an
// update shows the items that it leaves out (PAS 2.2.1 spec-46).
//
// Values; any thread. What write_standing() wrote, read_standing() reads; other text is an error.

#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/json/document.h"
#include "mappings/decision/decision.h"
#include "mappings/pas/request.h"
#include "mappings/pas/response.h"

namespace pas::pas {

// Of the decision what a response tells, and the id of its policy: action, reason, notes, documents and questions.
struct StandingItem {
  json::Document document;  // what `item` views
  Item item;
  decision::Decision decision;  // without an action: none was made
  ItemAnswer answer;
  std::vector<std::string> claim_notes;  // of the response as a whole: with one item of the case

  bool is_decided() const { return !decision.action.empty(); }
};

// Null for what there is not. Of a pended item with who the patient is, so that a list of what waits reads no request:
// "member": {"initials": "E. P.", "birthDate": "1974-11-25", "sex": "female"}, what of it there is.
std::string write_standing(const Item& item, const decision::Decision* decision, const ItemAnswer* answer,
                           const std::vector<std::string>& claim_notes = {}, json::Node patient = {});

base::Result<StandingItem> read_standing(std::string text);

}  // namespace pas::pas
