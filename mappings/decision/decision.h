#pragma once
// The decision of one item: the first row of the policy's table that is met, with its notes, the documents and answers
// to ask for, and the record that explains and replays it years later (policy page §3).
//
// Plain values without lifetime; any number of threads may decide.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/document.h"
#include "fhir/json/writer.h"
#include "mappings/policy/evaluation.h"
#include "mappings/policy/policy.h"

namespace pas::decision {

struct DocumentRequest {
  std::string criterion;
  std::string loinc;
  std::string title;
  std::string report_type;    // X12 755
  std::string modifier = {};  // LOINC: which of such documents (the last three months); empty: any
};

// A limit of the policy that the request goes beyond.
struct AppliedLimit {
  policy::Limit::Of of = policy::Limit::Of::kQuantity;
  std::string title;
  std::string input;
  std::string requested;  // JSON number
  int most = 0;           // what is certified
  std::string note;
};

struct Decision {
  int item_sequence = 0;  // set by the caller
  std::string row;
  std::string action;                      // X12 306
  std::string reason;                      // X12 886, or empty
  std::vector<std::string> notes;          // for the provider, in order of importance
  std::vector<DocumentRequest> documents;  // to ask for
  std::vector<std::string> questions;      // questionnaire link ids still open, each once
  std::vector<std::string> missing;        // inputs that can still change the result, when one is unknown
  std::vector<AppliedLimit> limits;        // of A6: of quantity and of months, the lowest each
  std::string recommendation;              // for the review queue ("not certified"), else empty
  std::string policy_id;
  std::string policy_revision;
  std::string policy_hash;
};

Decision decide(const policy::Policy& policy, const policy::Evaluation& evaluation, const inputs::InputSet& inputs);

// Both steps at once.
struct Decided {
  policy::Evaluation evaluation;
  Decision decision;
};
Decided evaluate_and_decide(const policy::Policy& policy, const inputs::InputSet& inputs, base::Date request_date);

// The decision record as JSON: policy, request date, inputs with values and element paths, criteria with truth and
// evidence, rows up to the one that applies, action, reason, notes, what was asked for, what is missing. It explains
// the decision without the policy. The same input gives the same bytes.
std::string to_json(const policy::Evaluation& evaluation, const inputs::InputSet& inputs, const Decision& decision);

// What a decision asks for, as members of an object that is open: "documents" and "questions", what of it there is.
void write_wanted(const Decision& decision, json::Writer& out);

// A record for a reader: an indented tree, one line a condition, with the values read and where they stand. What a
// record of an older version does not hold is left out.
std::string explain(json::Node record);
std::string explain(const policy::Evaluation& evaluation, const inputs::InputSet& inputs, const Decision& decision);

}  // namespace pas::decision
