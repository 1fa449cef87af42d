#pragma once
// PAS 2.2.1 (package hl7.fhir.us.davinci-pas#2.2.1).

#include "mappings/pas/version.h"

namespace pas::v2_2_1 {

inline constexpr pas::Version kVersion = {
    .name = "2.2.1",
    .has_bundle_identifier = true,
    .has_transmission_ids = true,
    .has_reviewer = true,
    .has_error_element_parts = true,
    .has_line_number_on_request = true,
    .has_added_item_extensions = true,
    .has_stay = true,
    .has_questionnaire_context = true,
    .has_request_details = true,
    .task_line_number = "extension-serviceLineNumber",
    .answers_inquiry_with_parameters = true,
};

}  // namespace pas::v2_2_1
