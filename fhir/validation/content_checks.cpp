#include <charconv>

#include "fhir/base/base64.h"
#include "fhir/base/digest.h"
#include "fhir/validation/narrative.h"
#include "fhir/validation/ucum_syntax.h"
#include "fhir/validation/walk.h"
#include "fhir/validation/wording.h"

namespace pas::validation {

void Walk::check_attachment(json::Node attachment) {
  if (!options_.checks_attachments) return;
  const json::Node data = attachment["data"];
  const json::Node size = attachment["size"];
  const json::Node hash = attachment["hash"];
  if (!data.is_string() || (!size.is_number() && !hash.is_string())) return;
  const auto bytes = base::decode_base64(data.text());
  if (!bytes) return;  // reported as malformed
  std::uint64_t stated = 0;
  const std::string_view digits = size.text();
  if (size.is_number() && std::from_chars(digits.data(), digits.data() + digits.size(), stated).ec == std::errc{} &&
      stated != bytes->size()) {
    fault(Severity::kError, IssueType::kStructure, "Attachment.size", attachment, [&] {
      return "Attachment.size says " + std::string(digits) + " bytes; the data has " + std::to_string(bytes->size()) +
             ".";
    });
  }
  if (hash.is_string() && base::decode_base64(hash.text()) != base::sha1(*bytes)) {
    fault(Severity::kError, IssueType::kStructure, "Attachment.hash", attachment,
          [] { return std::string("Attachment.hash is not the SHA-1 of the data, in base64."); });
  }
}

void Walk::check_narrative(json::Node narrative) {
  const json::Node div = narrative["div"];
  if (!div.is_string()) return;
  const auto fault_found = narrative_fault(div.text());
  if (!fault_found) return;
  fault(Severity::kError, IssueType::kInvariant, fault_found->rule, div,
        [&] { return "The narrative is not allowed XHTML: " + fault_found->message + "."; });
}

void Walk::check_quantity(json::Node quantity) {
  const json::Node code = quantity["code"];
  if (quantity["system"].text() != "http://unitsofmeasure.org" || !code.is_string()) return;
  if (is_ucum_syntax(code.text())) return;
  fault(Severity::kError, IssueType::kCodeInvalid, "UCUM", code,
        [&] { return in_quotes(code.text()) + " is not a UCUM unit (case-sensitive code, as mg/dL or 10*3/uL)."; });
}

}  // namespace pas::validation
