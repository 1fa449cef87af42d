#pragma once
// Who prescribed: NPI, kind of prescriber and enrolment (policy page §1, prescription.prescriber and prescriber.*).

#include <optional>
#include <string>
#include <vector>

#include "mappings/inputs/compiled_catalog.h"
#include "mappings/inputs/documents.h"
#include "mappings/inputs/roster.h"
#include "mappings/inputs/value_sets.h"

namespace pas::inputs {

struct Person {
  std::string npi;   // as sent, checked or not; empty when unknown or contradictory
  std::string type;  // a word of the catalog's people.types; empty when unknown or contradictory
  std::optional<bool> enrolled;
  std::vector<std::string> sources;
  std::string note;
};

class People {
 public:
  People(const CompiledCatalog& catalog, const ValueSets& value_sets, const json::BundleIndex& index,
         Documents& documents, const Roster* roster, base::Date request_date)
      : catalog_(catalog),
        value_sets_(value_sets),
        index_(index),
        documents_(documents),
        roster_(roster),
        request_date_(request_date) {}

  // The Practitioner that a Reference leads to, through its PractitionerRole where it is one, or by an NPI in the
  // Reference itself; nothing when it leads to neither. `prescribed` is the prescription's date.
  std::optional<Person> find(json::Node reference, std::optional<base::Date> prescribed);
  // Someone of whom only the NPI is known.
  Person by_npi(std::string_view npi, std::string source, std::optional<base::Date> prescribed);

 private:
  void read_npi(json::Node identifiers, std::vector<json::Node>& npis) const;
  void read_credentials(json::Node concept_or_list, std::vector<std::string>& types, Person& person) const;
  void read_role(json::Node role, std::vector<std::string>& types, Person& person) const;
  void look_up(Person& person, std::optional<base::Date> prescribed) const;

  const CompiledCatalog& catalog_;
  const ValueSets& value_sets_;
  const json::BundleIndex& index_;
  Documents& documents_;
  const Roster* roster_;
  base::Date request_date_;
};

}  // namespace pas::inputs
