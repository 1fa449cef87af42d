#pragma once
// A report as FHIR sends it: one OperationOutcome holding every issue (FHIR R4 OperationOutcome; PAS 2.2.1 spec-38).

#include <string>

#include "fhir/validation/report.h"

namespace pas::validation {

// Compact JSON. Per issue: severity, code, details.text (the message), diagnostics (the rule, and the line and column
// or byte offset where known), expression. A last issue of severity information tells how many were left out. A report
// without issues becomes one issue of severity information, because an OperationOutcome needs one.
std::string to_operation_outcome(const Report& report);

}  // namespace pas::validation
