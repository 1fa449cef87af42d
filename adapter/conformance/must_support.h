#pragma once
// Which must-support elements of the response profiles were seen in the answers of a run (PAS 2.2.1 conf-6).

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/definition_set.h"
#include "fhir/json/document.h"

namespace pas::conformance {

class MustSupport {
 public:
  // Of the PAS version's ClaimResponse, inquiry's ClaimResponse, CommunicationRequest and Task.
  MustSupport(const definitions::DefinitionSet& definitions, std::string_view version);

  // A resource of an answer, one of these types or not.
  void see(json::Node resource);

  // The Bundle of a check's answer calls for the element of that title; of a version that has none such, nothing.
  void call_for(std::string_view title, json::Node bundle, std::string_view check_id);

  std::size_t seen() const;
  std::size_t total() const { return elements_.size(); }
  std::vector<std::string> wanting() const;  // called for by an answer without it: "ClaimResponse.item in CHECK"
  std::vector<std::string> missing() const;  // "ClaimResponse.item.extension:itemTraceNumber", in the profiles' order

 private:
  struct Step {
    std::string_view name;
    std::string_view extension;  // its URL; empty: any
    bool is_choice = false;
  };
  struct Element {
    std::string title;
    std::string_view type;  // of the resource
    std::vector<Step> steps;
    bool is_seen = false;
    std::string wanting_in = {};  // the first check with an answer that called for it in vain
  };
  void add(const definitions::Structure& profile);
  static bool is_in(json::Node node, const std::vector<Step>& steps, std::size_t at);

  std::vector<Element> elements_;
};

}  // namespace pas::conformance
