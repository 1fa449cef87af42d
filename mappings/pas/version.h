#pragma once
// How the responses of one PAS version differ from those of another. Each version's values are in its own folder.

#include <string_view>

namespace pas::pas {

struct Version {
  std::string_view name;            // "2.2.1"
  bool has_bundle_identifier;       // Bundle.identifier of the response
  bool has_transmission_ids;        // extension-TransmissionIdentifiers
  bool has_reviewer;                // extension-claimResponseReviewer
  bool has_error_element_parts;     // extension-errorElement in two parts, else one string
  bool has_line_number_on_request;  // extension-serviceLineNumber on the CommunicationRequest, else on its payload
};

}  // namespace pas::pas
