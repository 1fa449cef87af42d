#pragma once
// A payer's policies as an immutable, compiled set (HUSKY is the first; nothing of it is known here).
//
// The directory has one folder per payer: payer.json (who the payer is), inputs.json (the input catalog),
// value-sets.json, one or more policies (policy*.json), and the forms whose answers the inputs read, if any
// (questionnaires/*.json). load() parses, checks and compiles all of it; any mistake refuses the whole set and names
// file, line and column. A PolicySet never changes and is read by any number of
// threads; Policy, Payer and Condition pointers live as long as the set that a request holds on to.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/calendar.h"
#include "mappings/inputs/load_error.h"

namespace pas::inputs {
class Catalog;
class InputSet;
}  // namespace pas::inputs

namespace pas::policy {

using inputs::LoadError;
using inputs::LoadErrors;

// Conditions form one tree per criterion and per row; all nodes of a policy stand in one array and are named by index.
using ConditionId = std::uint32_t;
enum class ConditionKind : std::uint8_t {
  kExpression,             // FHIRPath over the inputs document
  kAll,                    // Kleene AND
  kAny,                    // Kleene OR
  kNot,                    //
  kAtLeast,                // n of the children are true
  kSome,                   // one element of a list input meets every child
  kCriterion,              // a criterion is met, not met or unknown: itself never unknown
  kUnknown,                // an input is unknown or in conflict: itself never unknown
  kConflict,               // an input's sources disagree: itself never unknown
  kInForce,                // the request date lies in the policy's effective period
  kAdverseDeterminations,  // the policy's setting is the one named
  kAlways,
};
enum class AdverseDeterminations : std::uint8_t { kClinician, kAutomated };

struct Condition;   // compiled.h
struct Expression;  // compiled.h

struct Criterion {
  std::string id;
  std::string title;
  std::string citation;  // the section of the payer's document
  ConditionId met = 0;
  std::uint32_t line = 0;  // in the policy file
};

// Text with the values of inputs in it: "{infusion.hours} hours".
struct Template {
  struct Part {
    bool is_placeholder = false;
    std::string text;  // literal text, or the placeholder's name
  };
  std::vector<Part> parts;
};
struct Note {
  ConditionId when = 0;
  Template text;
};

// A document that can be asked for, because the criterion needs it.
struct Document {
  std::uint32_t criterion = 0;  // index
  std::string loinc;
  std::string title;
  std::string report_type;  // X12 755
};

// One row of the decision table. The first row whose condition is met applies.
struct Row {
  std::string id;
  std::string title;
  ConditionId when = 0;
  std::string action;  // X12 306
  std::string reason;  // X12 886, or empty
  std::vector<Note> notes;
  bool ask_documents = false;                   // those whose criterion is not met or unknown
  std::optional<std::uint32_t> ask_answers_of;  // criterion whose missing inputs become questions
  std::string recommendation;                   // for the review queue; empty for most rows
  std::uint32_t line = 0;                       // in the policy file
};

// The most that is certified of what an item asks for. A request for more that the table certifies in total is
// certified as modified (A6) for this much; one that does not say how much is not limited.
struct Limit {
  enum class Of : std::uint8_t { kQuantity, kMonths };
  std::string title;
  std::string citation;
  Of of = Of::kQuantity;
  std::string input;     // how much is asked for
  int most = 0;          // in the input's unit
  ConditionId when = 0;  // it counts only where this is met
  Template note;
  std::uint32_t line = 0;  // in the policy file
};

class Policy {
 public:
  Policy();
  ~Policy();
  Policy(const Policy&) = delete;
  Policy& operator=(const Policy&) = delete;

  std::string id;
  std::string revision;
  std::string title;
  std::string source;  // the payer's document, as a citation
  std::string file;
  std::string hash;  // SHA-256 over policy, catalog and value sets: the same hash decides the same way
  base::Date effective_from;
  std::optional<base::Date> effective_to;  // inclusive
  std::vector<std::string> codes;          // that this policy answers
  bool other_codes = false;                // it also answers what no policy of the payer names
  AdverseDeterminations adverse = AdverseDeterminations::kClinician;
  std::optional<int> information_deadline_days;
  std::vector<Criterion> criteria;
  std::vector<Row> rows;
  std::vector<Document> documents;
  std::vector<Limit> limits;
  std::vector<Note> notes;              // of every answer
  Template conflict_note;               // one per input in conflict: {title}, {detail}
  Template document_note;               // one per damaged document: {detail}
  std::vector<Condition> conditions;    // of criteria, rows and notes; a criterion's before what refers to it
  std::vector<Expression> expressions;  // each text once
  const inputs::Catalog* catalog = nullptr;

  bool in_force(base::Date date) const;
  const Criterion* find_criterion(std::string_view id) const;
};

// A DTR form, for clients to read.
struct Questionnaire {
  std::string id;
  std::string url;
  std::string version;  // empty where it has none
  std::string file;
  std::vector<std::string> link_ids;  // of all its items, in their order
  std::string resource;               // the whole of it, as FHIR JSON
};

struct Payer {
  std::string id;  // the folder's name
  std::string name;
  std::vector<std::string> identifiers;   // values that Claim.insurer may carry
  bool answers_unknown_insurers = false;  // at most one payer of the set
  // The inputs that the store keeps of each item; empty when the payer has none. By the first a policy is chosen.
  std::string code_input;
  std::string transaction_input;  // rental or purchase
  std::string months_input;       // of a rental
  std::shared_ptr<const inputs::Catalog> catalog;
  std::vector<std::unique_ptr<const Policy>> policies;
  std::vector<Questionnaire> questionnaires;  // ids and url|version are unique in the set

  // The policy for a code on a date: one in force; else the next to come into force, else the last that was (their
  // tables say what an item outside the period gets). A code that no policy names goes to the policy of other codes.
  // Never null for a loaded payer.
  const Policy* choose(std::string_view code, base::Date date) const;
  // By the payer's code input.
  const Policy* choose(const inputs::InputSet& inputs, base::Date date) const;
};

struct LoadOptions {
  // In the place of what every policy says, for trying out; the hashes differ then.
  std::optional<AdverseDeterminations> adverse;
};

// How payers' names and identifiers are compared: case and spaces apart.
std::string folded_name(std::string_view name);

class PolicySet {
 public:
  static boost::system::result<std::shared_ptr<const PolicySet>, LoadErrors> load(
      const std::filesystem::path& directory, const LoadOptions& options = {});

  const std::vector<Payer>& payers() const { return payers_; }
  // The payer whose name or one of whose identifiers is among these (case and spaces apart), else the one that answers
  // unknown insurers, else null.
  const Payer* find_payer(std::span<const std::string_view> names_and_identifiers) const;
  // What find_payer() knows payers by; empty when one of them answers unknown insurers.
  const std::vector<std::string>& served() const { return served_; }
  // By the folder's name; null for another.
  const Payer* find_payer_by_id(std::string_view id) const;
  // Null when no payer has it.
  const Questionnaire* find_questionnaire(std::string_view id) const;
  // For replay.
  const Policy* find_policy(std::string_view id, std::string_view revision) const;

 private:
  std::vector<Payer> payers_;
  std::vector<std::string> served_;
};

}  // namespace pas::policy
