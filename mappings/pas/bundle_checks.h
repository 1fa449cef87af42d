#pragma once
// The checks that concern the submitted Bundle as a whole, whatever its resources are.

#include <cstdint>
#include <unordered_set>

#include "fhir/json/bundle_index.h"
#include "fhir/validation/report.h"

namespace pas::pas {

// The Bundle's type and entries: fullUrl there, well formed and not repeated, a resource in each, none of them twice.
// False when it is no Bundle with entries: then nothing else can be checked.
bool check_bundle(const json::BundleIndex& index, validation::Report& report);

// Every reference in the Bundle that does not resolve in it (a warning), except in the elements of `told` (ids of
// Reference nodes whose fault is reported already); every modifier extension that the guide does not define, and
// implicitRules, whose meaning cannot be known here (errors, PAS spec-25).
void check_references_and_modifiers(const json::BundleIndex& index, const std::unordered_set<std::uint32_t>& told,
                                    validation::Report& report);

}  // namespace pas::pas
