#pragma once
// The tables that are built into the program: R4 core, the R4 extensions package, US Core and PAS, and a supplement.
// tests/fhir/definitions rebuilds them from the packages and compares (PAS_WRITE_TABLES=1 writes them anew).

#include <memory>
#include <string_view>
#include <vector>

#include "fhir/definitions/definition_set.h"

namespace pas::definitions {

inline constexpr std::string_view kR4Core = "hl7.fhir.r4.core#4.0.1";
// Written by hand (supplement/): what PAS uses of packages that are not built in, the parameters of a subscription's
// status and of submitted attachments, and the coverage information on an order.
inline constexpr std::string_view kSupplement = "pas-adapter.supplement#1.0.0";

// Names as hl7.fhir.us.core#7.0.0, sorted.
std::vector<std::string_view> builtin_packages();

// The compressed table of a package; empty when it is not built in.
std::string_view builtin_table(std::string_view package);

// `packages` with all that they depend on and that is built in, the given ones first, R4 core and the supplement
// always. Where the wanted version of a dependency is not built in, another version of it serves; what is not there at
// all is missing() of the set. Takes milliseconds: load once and share. An unknown package is an error.
base::Result<std::shared_ptr<const DefinitionSet>> builtin_definitions(const std::vector<std::string_view>& packages);

}  // namespace pas::definitions
