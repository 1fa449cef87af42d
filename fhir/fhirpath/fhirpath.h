#pragma once
// The FHIRPath engine. Program::compile() once, Evaluation::run() as often as needed:
//
//   auto program = fhirpath::Program::compile("name.where(use = 'official').family");
//   fhirpath::Evaluation evaluation({.model = &model});
//   auto items = evaluation.run(*program, document.root());

#include "fhir/fhirpath/diagnostic.h"  // IWYU pragma: export
#include "fhir/fhirpath/evaluation.h"  // IWYU pragma: export
#include "fhir/fhirpath/item.h"        // IWYU pragma: export
#include "fhir/fhirpath/model.h"       // IWYU pragma: export
#include "fhir/fhirpath/program.h"     // IWYU pragma: export
