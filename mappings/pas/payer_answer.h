#pragma once
// What another payer's system answered to a request, read from its response Bundle of any PAS version: the way back of
// response.h, so that the answer can be stored and written again in the version that asks.
//
// The Bundle has met its profiles. Plain function; any thread; the value owns what it holds.

#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/json/bundle_index.h"
#include "mappings/decision/decision.h"
#include "mappings/pas/response.h"

namespace pas::pas {

struct AnsweredItem {
  decision::Decision decision;
  ItemAnswer answer;
};

struct PayerAnswer {
  std::vector<AnsweredItem> items;  // those with a review action; each sequence once
  std::vector<std::string> notes;   // of the response as a whole
  std::vector<std::string> errors;  // why it could not be processed, "79 Bundle.entry[0]…: text"
  std::string tracking_id;          // by which what is asked for is sent; empty: nothing is asked for
};

// kInvalid, naming the element: no ClaimResponse, an item with a sequence or review action that is none, or twice.
base::Result<PayerAnswer> read_payer_answer(const json::BundleIndex& response);

}  // namespace pas::pas
