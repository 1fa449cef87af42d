#pragma once
// Single faults made by rule from a valid resource: each names the place where a validator must find it.

#include <string>
#include <vector>

#include "fhir/definitions/definition_set.h"
#include "fhir/json/document.h"

namespace pas::support {

struct Mutation {
  std::string kind;  // "format", "unknown-element", …
  std::string text;  // the whole resource, with the fault
  std::string path;  // FHIRPath where the fault is, or the element that holds it
};

// Every fault of every rule at every element, in the order of the resource.
std::vector<Mutation> faults_of(json::Node resource, const definitions::DefinitionSet& definitions);

// Faults by the profiles that a bundle's resources claim and by the definitions of their extensions: an element that
// the profile needs is missing, one too many, another value than the fixed one, a code outside the profile's value set.
std::vector<Mutation> profile_faults_of(json::Node bundle, const definitions::DefinitionSet& definitions);

// Variants that mean the same or are allowed everywhere; `path` is where they differ.
std::vector<Mutation> harmless_variants_of(json::Node resource, const definitions::DefinitionSet& definitions);

}  // namespace pas::support
