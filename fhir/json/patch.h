#pragma once
// JSON Patch (RFC 6902): add, replace, remove and copy.

#include <string>

#include "fhir/base/result.h"
#include "fhir/json/document.h"

namespace pas::json {

// `text` after the operations (an array) in their order; "-" is the end of a list. kInvalid when the text is not JSON
// or an operation does not fit, with its path.
base::Result<std::string> patched(std::string text, Node operations);

}  // namespace pas::json
