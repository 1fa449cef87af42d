#pragma once
// One file of a payer's questionnaires folder: a FHIR R4 Questionnaire. Checked is what the adapter and the policies
// rely on; `pas-adapter validate` checks it as FHIR.

#include <optional>

#include "mappings/policy/policy.h"
#include "mappings/policy/reader.h"

namespace pas::policy {

// Nothing after mistakes, which the reader then holds. Questionnaire::file is for the caller to set.
std::optional<Questionnaire> read_questionnaire(Reader& reader);

}  // namespace pas::policy
