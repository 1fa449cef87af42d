#pragma once
// What operators and functions share. Internal to the engine.

#include "fhir/fhirpath/functions.h"

namespace pas::fhirpath::detail {

// Each item of both, once (| and union()).
Collection union_of(Evaluator& evaluator, const Step& step, Collection left, Collection right);
Collection distinct(Evaluator& evaluator, const Step& step, Collection input);

}  // namespace pas::fhirpath::detail
