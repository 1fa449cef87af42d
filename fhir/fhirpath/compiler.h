#pragma once
// From the syntax tree to steps, with the analysis on the way. Internal to the engine.

#include <memory>

#include "fhir/fhirpath/ast.h"
#include "fhir/fhirpath/code.h"
#include "fhir/fhirpath/diagnostic.h"
#include "fhir/fhirpath/program.h"

namespace pas::fhirpath::detail {

Outcome<std::shared_ptr<const Code>> compile(std::string_view expression, const Ast& ast,
                                             const CompileOptions& options);

// The member paths that the tree reads from the root focus (Program::focus_paths).
std::vector<std::string> focus_paths(const Ast& ast);

// Whether the engine knows the variable without being told: context, resource, rootResource, ucum, sct, loinc, vs-…,
// ext-….
bool is_known_variable(std::string_view name);

}  // namespace pas::fhirpath::detail
