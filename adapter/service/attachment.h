#pragma once
// POST $submit-attachment (CDex): which case and lines what arrives is for, and the case decided again on its content.
//
// Matched by the tracking id (the identifier of a CommunicationRequest or Task that the case was answered with), the
// member's id, the client, and the payer unless that is empty. Any number of threads.

#include <chrono>
#include <string>
#include <variant>

#include "adapter/service/case_service.h"
#include "fhir/base/clock.h"
#include "fhir/validation/report.h"

namespace pas::service {

struct AttachmentAnswer {
  std::string case_id;
  int waiting = 0;  // items that are pended still
  bool is_final = true;
};
using AttachmentOutcome = std::variant<AttachmentAnswer, Refused, base::Error>;

AttachmentOutcome submit_attachment(std::string body, std::string_view client, std::string_view payer,
                                    Deadline deadline, const store::Origin& origin, const CaseService& cases,
                                    store::Store& store, const base::Clock& clock, base::IdSource& ids);

}  // namespace pas::service
