// The PAS Task of a request for information: what is wanted for which line, and where to send it (PAS 2.2.1
// profile-task).

#include "mappings/pas/claim_response.h"
#include "mappings/pas/item_details.h"
#include "mappings/policy/x12.h"

namespace pas::pas {
namespace {

constexpr std::string_view kTempCodes = "http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes";

class TaskWriter {
 public:
  TaskWriter(const Request& request, const PlannedTask& task, const ResponseContext& context, FhirWriter& writer)
      : request_(request), task_(task), context_(context), writer_(writer), out_(writer.out()) {}

  void write() {
    out_.begin_object().member("resourceType", "Task").member("id", task_.id);
    writer_.meta("profile-task");
    out_.key("identifier").begin_array();
    write_identifier();
    out_.end_array();
    out_.member("status", "requested");
    write_reason();
    out_.member("intent", "order");
    out_.key("code");
    writer_.concept_of(kTempCodes,
                       task_.is_questionnaire ? "attachment-request-questionnaire" : "attachment-request-code");
    out_.key("for");
    writer_.reference_to(*request_.index, request_.patient);
    out_.member("authoredOn", base::to_instant(context_.created.value_or(context_.now)));
    write_party("requester", request_.insurer);
    write_party("owner", organization_of(request_));
    out_.key("reasonCode");
    writer_.concept_of(kTempCodes, "priorAuthorization");
    out_.key("reasonReference");
    write_claim_reference(request_, writer_);
    if (context_.due) {
      out_.key("restriction").begin_object().key("period").begin_object();
      out_.member("end", base::to_instant(*context_.due)).end_object().end_object();
    }
    write_inputs();
    out_.end_object();
  }

 private:
  void write_reason() {
    if (task_.reason.empty()) return;
    out_.key("statusReason");
    writer_.concept_of(policy::x12::kReasonSystem, task_.reason,
                       policy::x12::display(policy::x12::reasons(), task_.reason));
  }

  void write_identifier() {
    out_.begin_object().member("system", context_.base_url + "/identifier/attachment-control-number");
    out_.member("value", task_.id).end_object();
  }

  // Both a reference into the Bundle and the identifier that the profile wants.
  void write_party(std::string_view name, json::Node organization) {
    const json::Node identifier = organization["identifier"].at(0);
    if (!identifier) return;
    out_.key(name).begin_object();
    if (const json::Entry* entry = request_.index->entry_of(organization)) out_.member("reference", entry->full_url);
    out_.member("identifier", identifier).end_object();
  }

  void write_inputs() {
    out_.key("input").begin_array();
    out_.begin_object().key("type");
    writer_.concept_of(kTempCodes, "payer-url");
    out_.member("valueUrl", context_.base_url).end_object();
    for (const PlannedRequest& input : task_.inputs) {
      out_.begin_object();
      {
        FhirWriter::List list(out_, "extension");
        list.next();
        writer_.extension(context_.version->task_line_number, [&] { write_line_number(input.item->sequence); });
        const bool may_have_modifier = context_.version->has_questionnaire_context && input.document != nullptr;
        if (may_have_modifier) write_content_modifier(*input.document, writer_, list);
      }
      out_.key("type");
      writer_.concept_of(kTempCodes, type_of_input());
      write_value(input);
      out_.end_object();
    }
    out_.end_array();
  }

  // 2.0.1 has an integer.
  void write_line_number(int sequence) {
    out_.member(context_.version->has_questionnaire_context ? "valuePositiveInt" : "valueInteger", sequence);
  }

  std::string_view type_of_input() const {
    if (!task_.is_questionnaire) return "attachments-needed";
    return context_.version->has_questionnaire_context ? "questionnaire-context" : "questionnaires-needed";
  }

  void write_value(const PlannedRequest& input) {
    if (!task_.is_questionnaire) {
      out_.key("valueCodeableConcept");
      writer_.concept_of(kLoincSystem, input.document->loinc, input.document->title);
    } else if (context_.version->has_questionnaire_context) {
      out_.member("valueString", task_.id);
    } else {
      out_.key("valueIdentifier");
      write_identifier();
    }
  }

  const Request& request_;
  const PlannedTask& task_;
  const ResponseContext& context_;
  FhirWriter& writer_;
  json::Writer& out_;
};

}  // namespace

void write_task(const Request& request, const PlannedTask& task, const ResponseContext& context, FhirWriter& writer) {
  TaskWriter(request, task, context, writer).write();
}

}  // namespace pas::pas
