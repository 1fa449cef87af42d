#pragma once
// Checks a resource against FHIR R4 and the profiles that it claims, offline, and reports every fault with its place.
//
//   const auto definitions = definitions::builtin_definitions({"hl7.fhir.us.davinci-pas#2.2.1"}).value();
//   const validation::Validator validator(definitions);
//   const validation::Report report = validator.validate(json::BundleIndex(document.root()));
//
// What is checked: structure (members, types, formats, cardinality), fixed values and patterns, slices, bindings where
// the codes are here, invariants, references within the bundle, extensions, narrative and attachments. What the
// definitions at hand do not tell (a profile of a package that is not here, a code system without content) is no fault.
//
// A Validator is immutable to its users and shared by threads; profiles are compiled at first use.

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/definition_set.h"
#include "fhir/json/bundle_index.h"
#include "fhir/validation/report.h"

namespace pas::validation {

struct Options {
  // Canonicals that the resource must meet besides its own meta.profile; one that is not here is reported.
  std::vector<std::string> profiles;
  // Whether an Attachment's size and hash are compared with its data, which is decoded for it.
  bool checks_attachments = true;
  // Of an extension that stands where its definition does not have it.
  Severity extension_context_fault = Severity::kError;
  // Of a code outside an extensible value set, where nobody but the sender knows whether one of its codes fits.
  Severity extensible_value_set_fault = Severity::kWarning;
  // Of a code that a required value set does not list, where not all of the set's codes are known here (CPT, X12).
  Severity incomplete_value_set_fault = Severity::kError;
  // Of a resource that fails a profile but meets the other guide's profile which that one is derived from: US Core's,
  // where it is one of PAS.
  Severity derived_profile_fault = Severity::kError;
  // For rules that depend on the date; nothing: they are passed over.
  std::optional<std::chrono::system_clock::time_point> now;
  // Questionnaires that responses may answer besides those in the bundle.
  std::vector<json::Node> questionnaires;
  // Issues of less weight are not made: kWarning leaves out the information.
  Severity least = Severity::kInformation;
  std::size_t issue_limit = Report::kDefaultCap;
};

class Validator {
 public:
  explicit Validator(std::shared_ptr<const definitions::DefinitionSet> definitions);
  ~Validator();

  // The resource that `index` was made of, a Bundle or any other. Expressions in the report start at it.
  Report validate(const json::BundleIndex& index, const Options& options = {}) const;

  const definitions::DefinitionSet& definitions() const { return *definitions_; }

 private:
  struct State;
  std::shared_ptr<const definitions::DefinitionSet> definitions_;
  std::unique_ptr<State> state_;
};

}  // namespace pas::validation
