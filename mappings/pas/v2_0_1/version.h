#pragma once
// PAS 2.0.1 (package hl7.fhir.us.davinci-pas#2.0.1).

#include "mappings/pas/version.h"

namespace pas::v2_0_1 {

inline constexpr pas::Version kVersion = {
    .name = "2.0.1",
    .has_bundle_identifier = true,
    .has_transmission_ids = false,
    .has_reviewer = false,
    .has_error_element_parts = false,
    .has_line_number_on_request = false,
    .has_added_item_extensions = false,
    .has_stay = false,
    .has_questionnaire_context = false,
    .has_request_details = false,
    .task_line_number = "extension-paLineNumber",
    .answers_inquiry_with_parameters = false,
};

}  // namespace pas::v2_0_1
