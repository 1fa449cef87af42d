#pragma once
// A payer's code systems, value sets and code maps, from value-sets.json (policy page §4).
//
//   {"systems":   {"ICD-10-CM": {"uris": ["http://hl7.org/fhir/sid/icd-10-cm"], "ignoreCase": true, "ignoreDots":
//   true}},
//    "valueSets": {"cancer": [{"system": "ICD-10-CM", "ranges": [{"from": "C00", "to": "C96", "subdivisions": true}]},
//                             {"system": "SNOMED CT", "codes": {"363346000": "malignant neoplastic disease"}}]},
//    "maps":      {"snomed-to-icd-10-cm": {"from": "SNOMED CT", "to": "ICD-10-CM", "codes": {"363346000": "C80.1"}}}}
//
// A system has one or more URIs, of which the first is written; its codes are compared without regard to case or dots
// where it says so. A set has, for each system, `codes` (code to display), `prefixes` (beginnings of codes) and
// `ranges` (codes as long as the bounds, or longer too with `subdivisions`; `except` leaves some out). `source` says
// where codes were checked. Immutable; any thread.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/inputs/load_error.h"

namespace pas::fhirpath {
class Item;
}  // namespace pas::fhirpath

namespace pas::inputs {

class ValueSets {
 public:
  static boost::system::result<ValueSets, LoadErrors> load(std::string_view json, std::string_view file);

  ValueSets(ValueSets&&) noexcept;
  ValueSets& operator=(ValueSets&&) noexcept;
  ~ValueSets();

  bool has_set(std::string_view set) const;
  bool has_map(std::string_view map) const;
  bool has_system(std::string_view name) const;
  std::vector<std::string_view> set_names() const;

  // The short name of a system by any of its URIs, a version after '|' passed over ("HCPCS"); empty if unknown.
  std::string_view system_name(std::string_view uri) const;
  // The URI that is written for a system of that short name.
  std::string_view canonical_uri(std::string_view name) const;

  // False for a set that does not exist: load-time checks refuse such names.
  bool member_of(std::string_view system_uri, std::string_view code, std::string_view set) const;
  // What FHIRPath's memberOf asks: a Coding, a CodeableConcept (one coding is enough) or a {"system", "code"} object.
  // Nothing (empty in FHIRPath) for an unknown set or another kind of item.
  std::optional<bool> member_of(const fhirpath::Item& item, std::string_view set) const;

  // The code as it is written into inputs (capitals where the system ignores case), and as codes are compared.
  std::string written_code(std::string_view system_uri, std::string_view code) const;
  std::string compared_code(std::string_view system_uri, std::string_view code) const;

  // The code in the map's target system, or empty.
  std::string_view translate(std::string_view map, std::string_view system_uri, std::string_view code) const;
  // Whether the map leads from that system.
  bool is_mapped_system(std::string_view map, std::string_view system_uri) const;
  // The canonical URI of the system that the map leads to.
  std::string_view target_uri(std::string_view map) const;

  struct Tables;  // of value_sets.cpp

 private:
  explicit ValueSets(std::unique_ptr<const Tables> tables);
  std::unique_ptr<const Tables> tables_;
};

// The first memberOf('…') in an expression that names no set: its position in the expression, and the name.
struct UnknownSet {
  std::size_t position = 0;
  std::string name;
};
std::optional<UnknownSet> find_unknown_set(std::string_view expression, const ValueSets& sets);

}  // namespace pas::inputs
