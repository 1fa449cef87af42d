#include "mappings/pas/claim_response.h"

#include "mappings/pas/item_response.h"

namespace pas::pas {
namespace {

bool is_whole(json::Node identifier) {
  return !identifier["system"].text().empty() && !identifier["value"].text().empty();
}

class ClaimResponseWriter {
 public:
  ClaimResponseWriter(const Request& request, const ResponsePlan& plan, const ResponseContext& context,
                      FhirWriter& writer)
      : request_(request), plan_(plan), context_(context), writer_(writer), out_(writer.out()) {}

  void write() {
    out_.begin_object().member("resourceType", "ClaimResponse").member("id", context_.response_id);
    writer_.meta(context_.is_inquiry ? "profile-claiminquiryresponse" : "profile-claimresponse");
    write_extensions();
    write_head();
    {
      FhirWriter::List items(out_, "item");
      for (const PlannedItem& planned : plan_.items) {
        items.next();
        write_item(request_, planned, *context_.version, writer_);
      }
    }
    {
      FhirWriter::List added(out_, "addItem");
      for (const PlannedItem& planned : plan_.items) {
        if (!is_modified(planned)) continue;
        added.next();
        write_authorized_item(request_, planned, *context_.version, writer_);
      }
    }
    if (plan_.of_claim != nullptr) write_adjudication(*plan_.of_claim, plan_.of_claim->action, {}, writer_);
    write_notes();
    {
      FhirWriter::List requests(out_, "communicationRequest");
      for (const PlannedRequest& planned : plan_.requests) {
        requests.next().begin_object();
        out_.member("reference", own_url(context_, "CommunicationRequest", planned.id)).end_object();
      }
    }
    write_errors();
    out_.end_object();
  }

 private:
  void write_extensions() {
    FhirWriter::List list(out_, "extension");
    const json::Node sent = find_extension(request_.claim, "extension-TransmissionIdentifiers");
    if (sent && context_.version->has_transmission_ids) {
      list.next();
      writer_.extension("extension-TransmissionIdentifiers", [&] { write_exchanged(sent); });
    }
    if (context_.version->has_reviewer) {
      list.next();
      writer_.extension("extension-claimResponseReviewer", [&] { write_reviewer(); });
    }
  }

  // Who sent is now who receives.
  void write_exchanged(json::Node sent) {
    constexpr std::pair<std::string_view, std::string_view> kExchanged[] = {
        {"applicationSenderCode", "applicationReceiverCode"},
        {"applicationReceiverCode", "applicationSenderCode"},
        {"interchangeSenderID", "interchangeReceiverID"},
        {"interchangeReceiverID", "interchangeSenderID"}};
    FhirWriter::List parts(out_, "extension");
    for (const auto& [name, other] : kExchanged) {
      for (const json::Node part : sent["extension"]) {
        if (part["url"].text() != other || !part["valueString"].is_string()) continue;
        parts.next();
        writer_.part(name, [&] { out_.member("valueString", part["valueString"].text()); });
      }
    }
  }

  // One item that a person decided makes it a human review; the first such person is named.
  Reviewer reviewer_of_response() const {
    for (const PlannedItem& planned : plan_.items) {
      if (planned.answer != nullptr && planned.answer->reviewer.was_human) return planned.answer->reviewer;
    }
    return {};
  }

  void write_reviewer() {
    const Reviewer reviewer = reviewer_of_response();
    FhirWriter::List parts(out_, "extension");
    parts.next();
    writer_.part("wasHumanReviewedFlag", [&] { out_.member("valueBoolean", reviewer.was_human); });
    if (!reviewer.npi.empty()) {
      parts.next();
      writer_.part("reviewerNPI", [&] {
        out_.key("valueIdentifier").begin_object();
        out_.member("system", kNpiSystem).member("value", reviewer.npi).end_object();
      });
    }
    if (!reviewer.specialty_code.empty()) {
      parts.next();
      writer_.part("reviewerSpecialty", [&] {
        out_.key("valueCodeableConcept");
        writer_.concept_of(reviewer.specialty_system, reviewer.specialty_code);
      });
    }
  }

  void write_head() {
    {
      FhirWriter::List identifiers(out_, "identifier");
      for (const json::Node identifier : request_.claim["identifier"]) {
        if (is_whole(identifier)) identifiers.next().node(identifier);
      }
    }
    out_.member("status", "active");
    out_.member("type", request_.claim["type"]);
    out_.member("use", "preauthorization");
    out_.key("patient");
    writer_.reference_to(*request_.index, request_.patient);
    out_.member("created", base::to_instant(context_.created.value_or(context_.now)));
    out_.key("insurer");
    writer_.reference_to(*request_.index, request_.insurer);
    out_.key("requestor");
    writer_.reference_to(*request_.index, request_.provider);
    out_.key("request");
    if (context_.is_claim_masked) {
      write_masked();
    } else {
      write_claim_reference(request_, writer_);
    }
    out_.member("outcome", context_.errors.empty() ? "complete" : plan_.has_decision() ? "partial" : "error");
    write_common_period();
  }

  // ClaimResponse.request is mandatory, also where the asker may not read the Claim (FHIR data-absent-reason).
  void write_masked() {
    out_.begin_object().key("extension").begin_array().begin_object();
    out_.member("url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason").member("valueCode", "masked");
    out_.end_object().end_array().end_object();
  }

  // The period of the response is that of its items, where all are certified for one and the same.
  void write_common_period() {
    const DatePeriod* common = nullptr;
    for (const PlannedItem& planned : plan_.items) {
      if (!is_certified_item(planned)) return;
      const DatePeriod& valid = planned.answer->valid;
      if (common != nullptr && (common->start != valid.start || common->end != valid.end)) return;
      common = &valid;
    }
    if (common == nullptr || !has_dates(*common)) return;
    out_.key("preAuthPeriod");
    writer_.period(*common);
  }

  void write_notes() {
    FhirWriter::List notes(out_, "processNote");
    int number = 0;
    for (const std::string_view text : plan_.notes) {
      notes.next().begin_object().member("number", ++number).member("text", text).end_object();
    }
  }

  void write_errors() {
    FhirWriter::List errors(out_, "error");
    for (std::size_t i = 0; i < context_.errors.size(); ++i) {
      errors.next();
      write_error(context_.errors[i], plan_.error_notes[i]);
    }
  }

  void write_error(const BusinessError& error, int note) {
    out_.begin_object();
    {
      FhirWriter::List list(out_, "extension");
      write_error_element(error, note, list);
      list.next();
      writer_.extension("extension-errorPath", [&] { out_.member("valueString", error.path); });
      list.next();
      writer_.extension("extension-errorFollowupAction", [&] {
        out_.key("valueCodeableConcept");
        writer_.concept_of(kFollowUpSystem, error.follow_up, follow_up_display(error.follow_up));
      });
    }
    if (error.item_sequence != 0) out_.member("itemSequence", error.item_sequence);
    out_.key("code");
    writer_.concept_of(kRejectReasonSystem, error.code, reject_reason_display(error.code));
    out_.end_object();
  }

  void write_error_element(const BusinessError& error, int note, FhirWriter::List& list) {
    if (!context_.version->has_error_element_parts) {
      if (error.element.empty()) return;
      list.next();
      writer_.extension("extension-errorElement", [&] { out_.member("valueString", error.element); });
      return;
    }
    list.next();
    writer_.extension("extension-errorElement", [&] {
      FhirWriter::List parts(out_, "extension");
      parts.next();
      writer_.part("processNote", [&] { out_.member("valuePositiveInt", note); });
      if (error.element.empty()) return;
      parts.next();
      writer_.part("error", [&] { out_.member("valueString", error.element); });
    });
  }

  const Request& request_;
  const ResponsePlan& plan_;
  const ResponseContext& context_;
  FhirWriter& writer_;
  json::Writer& out_;
};

}  // namespace

void write_claim_response(const Request& request, const ResponsePlan& plan, const ResponseContext& context,
                          FhirWriter& writer) {
  ClaimResponseWriter(request, plan, context, writer).write();
}

void write_claim_reference(const Request& request, FhirWriter& writer) {
  json::Writer& out = writer.out();
  out.begin_object().member("type", "Claim").key("identifier");
  for (const json::Node identifier : request.claim["identifier"]) {
    if (!is_whole(identifier)) continue;
    out.node(identifier).end_object();
    return;
  }
  out.begin_object().member("system", "urn:ietf:rfc:3986").member("value", request.claim_full_url).end_object();
  out.end_object();
}

std::string own_url(const ResponseContext& context, std::string_view type, std::string_view id) {
  std::string url = context.base_url;
  return url.append("/").append(type).append("/").append(id);
}

}  // namespace pas::pas
