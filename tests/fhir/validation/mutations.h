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

// Variants that mean the same or are allowed everywhere; `path` is where they differ.
std::vector<Mutation> harmless_variants_of(json::Node resource, const definitions::DefinitionSet& definitions);

}  // namespace pas::support
