#pragma once
// Which payer a request is for: by the payor of its focal Coverage, else by Claim.insurer, else by the first rule that
// is true of the Bundle. What names nobody, or several payers, is a business error; nothing is guessed. A request to
// the address of one payer is for that one: it decides between several and where nobody is named, and what names others
// only is an error.
//
// A payor or insurer is known by an identifier, of an Organization in the Bundle or of the reference itself, or by the
// Organization's name (case and spaces apart). Where payers share an identifier, the line of business tells them apart.
// Immutable; any thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/fhirpath/program.h"
#include "mappings/pas/business_errors.h"
#include "mappings/pas/request.h"

namespace pas::routing {

struct Identifier {
  std::string system;  // empty: any
  std::string value;
  bool operator==(const Identifier&) const = default;
};

struct Payer {
  std::string id;
  std::vector<Identifier> identifiers;
  std::vector<std::string> names;
  // Codes of Coverage.type or values of Coverage.class, one of which the Coverage has; empty: every line of business.
  std::vector<std::string> lines;
};

struct Rule {
  std::string payer;       // its id
  fhirpath::Program when;  // on the Bundle
};

inline constexpr std::string_view kByCoverage = "coverage";

struct Choice {
  std::string payer;                        // its id; empty with an error
  std::string by;                           // kByCoverage, "insurer", "address" or "rule N"
  std::vector<std::string> steps;           // how it was found, for an operator; identifiers of payers only
  std::optional<pas::BusinessError> error;  // X12 901
};

class Table {
 public:
  // Ids are unique, and each rule's payer is among them.
  Table(std::vector<Payer> payers, std::vector<Rule> rules) : payers_(std::move(payers)), rules_(std::move(rules)) {}

  // The request must be without structural errors. `addressed`: the payer to whose address it was sent; empty: none's.
  Choice choose(const pas::Request& request, std::string_view addressed = {}) const;

  // Two payers that no line of business tells apart and that share an identifier or a name: "a and b: VALUE".
  std::vector<std::string> overlaps() const;

 private:
  std::vector<Payer> payers_;
  std::vector<Rule> rules_;
};

}  // namespace pas::routing
