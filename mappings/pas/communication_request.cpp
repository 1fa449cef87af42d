#include "mappings/pas/claim_response.h"
#include "mappings/pas/item_details.h"
#include "mappings/policy/x12.h"

namespace pas::pas {
namespace {

namespace x12 = policy::x12;

constexpr std::string_view kTransmissionSystem = "https://codesystem.x12.org/005010/756";

}  // namespace

void write_communication_request(const Request& request, const PlannedRequest& planned, const ResponseContext& context,
                                 FhirWriter& writer) {
  const decision::DocumentRequest& document = *planned.document;
  json::Writer& out = writer.out();
  const auto line_number = [&] {
    writer.extension("extension-serviceLineNumber", [&] { out.member("valuePositiveInt", planned.item->sequence); });
  };
  const auto reference = [&](std::string_view name, json::Node resource) {
    out.key(name);
    writer.reference_to(*request.index, resource);
  };

  out.begin_object().member("resourceType", "CommunicationRequest").member("id", planned.id);
  writer.meta("profile-communicationrequest");
  if (context.version->has_line_number_on_request) {
    out.key("extension").begin_array();
    line_number();
    out.end_array();
  }
  out.key("identifier").begin_array().begin_object();
  out.member("system", context.base_url + "/identifier/attachment-control-number").member("value", planned.id);
  out.end_object().end_array();
  out.member("status", "active");
  if (!document.report_type.empty()) {
    out.key("category").begin_array();
    writer.concept_of(x12::kReportTypeSystem, document.report_type,
                      x12::display(x12::report_types(), document.report_type));
    out.end_array();
  }
  out.key("medium").begin_array();
  writer.concept_of(kTransmissionSystem, "EL", "Electronically Only");
  out.end_array();
  reference("subject", request.patient);
  out.key("payload").begin_array().begin_object();
  {
    FhirWriter::List list(out, "extension");
    if (!context.version->has_line_number_on_request) {
      list.next();
      line_number();
    }
    if (!planned.is_carried) write_diagnoses(request, *planned.item, writer, list);
    write_content_modifier(document, writer, list);
  }
  out.member("contentString", document.loinc).end_object().end_array();
  out.member("authoredOn", base::to_instant(context.now));
  reference("requester", request.insurer);
  out.key("recipient").begin_array();
  writer.reference_to(*request.index, request.insurer);
  out.end_array();
  if (const json::Node sender = organization_of(request)) reference("sender", sender);
  if (!document.title.empty()) {
    out.key("note").begin_array().begin_object().member("text", document.title).end_object().end_array();
  }
  out.end_object();
}

}  // namespace pas::pas
