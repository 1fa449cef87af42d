#pragma once
// Cases of a policy as data: what a request says, and what must be decided. `pas-adapter policy test` and the project's
// own tests run them in the same way.
//
//   situations.json   {"name": {inputs}}: complete requests that the cases of the folder start from
//   the others        {"title", "payer", "requestDate", "cases": [{
//                        "name", "situation", "inputs": {changes}, "requestDate", "adverseDeterminations",
//                        "revision", "truths": {criterion: "met" | "not met" | "unknown"}, "row", "action", "reason",
//                        "documents": [LOINC], "questions": [link id], "recommendation",
//                        "limits": [{"input", "certified"}], "missing": [input], "notes": [part of a note]}]}
//
// Inputs are written as mappings/policy/written_inputs.h says. Absent: the payer is that of the folder's name, the
// request date that of the file, adverseDeterminations as the policy says; reason, documents, questions,
// recommendation and limits must then be empty; revision, truths, missing and notes are not looked at.
// The policy is the one that a live request with these inputs would get.
//
// Mistakes in a file refuse all, each with its place. Cases point into their CasePolicies; both are read only.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mappings/decision/decision.h"
#include "mappings/inputs/input_set.h"
#include "mappings/inputs/load_error.h"

namespace pas::decision {

// A policies directory as it is, and with each setting of adverse determinations that a case may ask for.
class CasePolicies {
 public:
  static boost::system::result<CasePolicies, inputs::LoadErrors> load(const std::filesystem::path& directory);

  const policy::PolicySet& set() const { return *as_written_; }
  const policy::PolicySet& set(std::optional<policy::AdverseDeterminations> adverse) const;

 private:
  std::shared_ptr<const policy::PolicySet> as_written_;
  std::shared_ptr<const policy::PolicySet> clinician_;
  std::shared_ptr<const policy::PolicySet> automated_;
};

struct Expectation {
  std::string revision;  // empty: any
  std::vector<std::pair<std::string, base::Truth>> truths;
  std::string row;
  std::string action;
  std::string reason;
  std::string recommendation;
  std::vector<std::string> documents;
  std::vector<std::string> questions;
  std::vector<std::pair<std::string, int>> limits;  // input, certified
  std::optional<std::vector<std::string>> missing;
  std::vector<std::string> notes;
};

struct Case {
  std::string file;
  std::size_t line = 1;
  std::string name;
  const policy::Payer* payer = nullptr;
  const policy::Policy* policy = nullptr;
  base::Date request_date;
  inputs::InputSet inputs;
  Expectation expected;
};

// Of these files; a situations.json among them is passed over, the one beside each file is read with it.
boost::system::result<std::vector<Case>, inputs::LoadErrors> load_cases(const std::vector<std::filesystem::path>& files,
                                                                        const CasePolicies& policies);

struct Mismatch {
  std::string what;  // "row", "criterion FIT"
  std::string expected;
  std::string actual;
};
std::vector<Mismatch> compare(const Case& expected, const Decided& actual);

}  // namespace pas::decision
