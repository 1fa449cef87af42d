#include "fhir/validation/validator.h"

#include "fhir/validation/profile.h"
#include "fhir/validation/schema.h"
#include "fhir/validation/walk.h"

namespace pas::validation {

struct Validator::State {
  explicit State(const definitions::DefinitionSet& set) : schema(set), profiles(schema) {}
  Schema schema;
  ProfileStore profiles;
};

Validator::Validator(std::shared_ptr<const definitions::DefinitionSet> definitions)
    : definitions_(std::move(definitions)), state_(std::make_unique<State>(*definitions_)) {}

Validator::~Validator() = default;

Report Validator::validate(const json::BundleIndex& index, const Options& options) const {
  Report report(index.bundle(), options.issue_limit);
  Walk(state_->profiles, index, options, report).run();
  return report;
}

}  // namespace pas::validation
