#pragma once
// How one PAS version differs from another: its responses, and where it says so its requests. Each version's values are
// in its own folder.

#include <string_view>

namespace pas::pas {

struct Version {
  std::string_view name;            // "2.2.1"
  bool has_bundle_identifier;       // Bundle.identifier of the response
  bool has_transmission_ids;        // extension-TransmissionIdentifiers
  bool has_reviewer;                // extension-claimResponseReviewer
  bool has_error_element_parts;     // extension-errorElement in two parts, else one string
  bool has_line_number_on_request;  // extension-serviceLineNumber on the CommunicationRequest, else on its payload
  bool has_added_item_extensions;   // trace numbers, issue date and period on addItem
  bool has_stay;                    // extension-admissionDates, extension-dischargeDate
  bool has_questionnaire_context;  // Task.input questionnaire-context (string), else questionnaires-needed (Identifier)
  bool has_request_details;        // of requests: what translated_request.h leaves out without it, and fills in with it
  std::string_view task_line_number;     // extension of Task.input
  bool answers_inquiry_with_parameters;  // one Bundle a case, else all in one Bundle
};

}  // namespace pas::pas
