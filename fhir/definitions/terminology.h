#pragma once
// Value set expansion from a value set's own compose and the code systems at hand. What lies outside (SNOMED CT, LOINC,
// X12, a filter on a system that is not here) stays unknown by system, so that the rest can still be checked.

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/json/document.h"

namespace pas::definitions {

// A code system whose content is complete.
struct CodeSystemDraft {
  std::string url, version;
  bool is_complete = false;
  bool is_case_sensitive = true;
  std::set<std::string, std::less<>> codes;
};

// A code of a system may belong when it is listed, or when the system is not known in full.
struct SystemCodes {
  std::set<std::string, std::less<>> codes;
  bool is_known = true;
};

struct Expansion {
  std::map<std::string, SystemCodes, std::less<>> systems;
  bool is_open = false;  // a part is unknown altogether
};

// What the packages compiled before know; both may answer "nothing".
struct KnownTerminology {
  std::function<bool(std::string_view url, Expansion& into)> value_set;
  std::function<const std::set<std::string, std::less<>>*(std::string_view url)> code_system;
};

CodeSystemDraft read_code_system(json::Node code_system);

class Expander {
 public:
  // The nodes and `known` must outlive the Expander.
  Expander(const std::vector<json::Document>& code_systems, const std::vector<json::Document>& value_sets,
           const KnownTerminology& known);

  // Of a value set's own resource.
  Expansion expand(json::Node value_set);

 private:
  Expansion expand_url(std::string_view url);
  void include(json::Node part, Expansion& into);
  void exclude(json::Node part, Expansion& from);
  Expansion part(json::Node part);
  SystemCodes of_system(json::Node part);

  std::unordered_map<std::string_view, json::Node> code_systems_;
  std::unordered_map<std::string_view, json::Node> value_sets_;
  const KnownTerminology& known_;
  std::vector<std::string> open_;  // value sets in expansion, against cycles
};

}  // namespace pas::definitions
