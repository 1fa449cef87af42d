#include "mappings/pas/item_response.h"

#include "mappings/pas/item_details.h"
#include "mappings/policy/x12.h"

namespace pas::pas {
namespace {

namespace x12 = policy::x12;

constexpr std::string_view kAdjudicationSystem = "http://terminology.hl7.org/CodeSystem/adjudication";

void write_category(FhirWriter& writer) {
  writer.out().key("category");
  writer.concept_of(kAdjudicationSystem, "submitted");
}

class ItemWriter {
 public:
  ItemWriter(const Request& request, const PlannedItem& planned, const Version& version, FhirWriter& writer)
      : request_(request),
        version_(version),
        planned_(planned),
        item_(planned.item->node),
        writer_(writer),
        out_(writer.out()) {}

  void write_answer() {
    out_.begin_object();
    {
      FhirWriter::List list(out_, "extension");
      write_extensions(list);
    }
    out_.member("itemSequence", planned_.item->sequence);
    FhirWriter::List notes(out_, "noteNumber");
    for (const int note : planned_.notes) notes.next().integer(note);
    notes.close();
    if (planned_.decision != nullptr) {
      write_adjudication(*planned_.decision, planned_.decision->action, number(), writer_);
    } else {
      out_.key("adjudication").begin_array().begin_object();
      write_category(writer_);
      out_.end_object().end_array();
    }
    out_.end_object();
  }

  // spec-37: what was authorized in place of the item.
  void write_authorized() {
    out_.begin_object();
    if (version_.has_added_item_extensions) {
      FhirWriter::List list(out_, "extension");
      write_trace_numbers(list);
      write_issue(list);
      write_previous_number(list);
      write_administration_number(list);
      write_repeated_details(item_, writer_, list);
      if (!planned_.is_carried) write_stay(request_, writer_, list);
    }
    out_.key("itemSequence").begin_array().integer(planned_.item->sequence).end_array();
    if (!planned_.is_carried) write_added_providers(request_, *planned_.item, writer_);
    out_.member("productOrService", item_["productOrService"]);
    if (item_["modifier"]) out_.member("modifier", item_["modifier"]);
    const auto& authorized = planned_.answer->authorized;
    if (authorized && has_dates(authorized->served)) {
      out_.key("servicedPeriod");
      writer_.period(authorized->served);
    } else if (item_["servicedDate"]) {
      out_.member("servicedDate", item_["servicedDate"]);
    } else if (item_["servicedPeriod"]) {
      out_.member("servicedPeriod", item_["servicedPeriod"]);
    }
    if (item_["locationCodeableConcept"]) out_.member("locationCodeableConcept", item_["locationCodeableConcept"]);
    write_quantity("quantity");
    if (item_["unitPrice"]) out_.member("unitPrice", item_["unitPrice"]);
    write_adjudication(*planned_.decision, "A1", number(), writer_);
    out_.end_object();
  }

 private:
  std::string_view number() const {
    return is_certified_item(planned_) ? std::string_view(planned_.answer->authorization_number) : std::string_view{};
  }

  std::string_view previous_authorization_number() const {
    if (planned_.answer != nullptr && !planned_.answer->previous_authorization_number.empty()) {
      return planned_.answer->previous_authorization_number;
    }
    return planned_.item->authorization_number;
  }

  void write_extensions(FhirWriter::List& list) {
    write_trace_numbers(list);
    write_issue(list);
    write_previous_number(list);
    if (!is_certified_item(planned_)) write_administration_number(list);
    write_requested_dates(list);
    if (is_certified_item(planned_) && !is_modified(planned_)) {
      list.next();
      writer_.extension("extension-itemAuthorizedDetail", [&] { write_authorized_detail(); });
    }
    if (planned_.is_carried) return;
    if (is_certified_item(planned_)) write_authorized_providers(request_, *planned_.item, writer_, list);
    if (version_.has_stay) write_stay(request_, writer_, list);
  }

  void write_previous_number(FhirWriter::List& list) {
    const std::string_view previous = previous_authorization_number();
    if (previous.empty()) return;
    list.next();
    writer_.extension("extension-authorizationNumber", [&] { out_.member("valueString", previous); });
  }

  void write_administration_number(FhirWriter::List& list) {
    if (planned_.answer == nullptr || planned_.answer->administration_reference_number.empty()) return;
    list.next();
    writer_.extension("extension-administrationReferenceNumber",
                      [&] { out_.member("valueString", planned_.answer->administration_reference_number); });
  }

  void write_requested_dates(FhirWriter::List& list) {
    const json::Node period = item_["servicedPeriod"];
    const auto start = base::parse_date(period["start"].text());
    const auto end = base::parse_date(period["end"].text());
    if (start && end && *end < *start) return;  // answered with an error; no valid Period (per-1)
    if (!item_["servicedDate"] && !period) return;
    list.next();
    writer_.extension("extension-itemRequestedServiceDate", [&] {
      if (period) {
        out_.member("valuePeriod", period);
      } else {
        out_.member("valueDateTime", item_["servicedDate"]);
      }
    });
  }

  void write_trace_numbers(FhirWriter::List& list) {
    for (const json::Node extension : item_["extension"]) {
      if (extension_name(extension) == "extension-itemTraceNumber") list.next().node(extension);
    }
  }

  void write_issue(FhirWriter::List& list) {
    if (!is_certified_item(planned_)) return;
    if (planned_.answer->issued) {
      list.next();
      writer_.extension("extension-itemPreAuthIssueDate",
                        [&] { out_.member("valueDate", base::to_string(*planned_.answer->issued)); });
    }
    if (has_dates(planned_.answer->valid)) {
      list.next();
      writer_.extension("extension-itemPreAuthPeriod", [&] {
        out_.key("valuePeriod");
        writer_.period(planned_.answer->valid);
      });
    }
  }

  void write_authorized_detail() {
    FhirWriter::List parts(out_, "extension");
    parts.next();
    writer_.part("productOrServiceCode", [&] { out_.member("valueCodeableConcept", item_["productOrService"]); });
    for (const json::Node modifier : item_["modifier"]) {
      parts.next();
      writer_.part("modifier", [&] { out_.member("valueCodeableConcept", modifier); });
    }
    if (item_["unitPrice"]) {
      parts.next();
      writer_.part("unitPrice", [&] { out_.member("valueMoney", item_["unitPrice"]); });
    }
    if (item_["quantity"] || has_own_quantity()) {
      parts.next();
      writer_.part("quantity", [&] { write_quantity("valueQuantity"); });
    }
  }

  bool has_own_quantity() const {
    return planned_.answer->authorized && !planned_.answer->authorized->quantity.empty();
  }

  // What was authorized, else what was asked for.
  void write_quantity(std::string_view name) {
    const json::Node requested = item_["quantity"];
    if (!has_own_quantity()) {
      if (requested) out_.member(name, requested);
      return;
    }
    const Authorized& authorized = *planned_.answer->authorized;
    out_.key(name).begin_object().key("value").number(authorized.quantity);
    if (!authorized.quantity_code.empty()) {
      out_.member("system", "https://codesystem.x12.org/005010/673").member("code", authorized.quantity_code);
    } else {
      for (const std::string_view member : {"unit", "system", "code"}) {
        if (requested[member]) out_.member(member, requested[member]);
      }
    }
    out_.end_object();
  }

  const Request& request_;
  const Version& version_;
  const PlannedItem& planned_;
  json::Node item_;
  FhirWriter& writer_;
  json::Writer& out_;
};

}  // namespace

bool has_dates(const DatePeriod& period) {
  return period.start || period.end;
}

bool is_certified_item(const PlannedItem& planned) {
  return planned.decision != nullptr && planned.answer != nullptr && is_certified(planned.decision->action);
}

bool is_modified(const PlannedItem& planned) {
  return is_certified_item(planned) && planned.decision->action == "A6";
}

void write_item(const Request& request, const PlannedItem& planned, const Version& version, FhirWriter& writer) {
  ItemWriter(request, planned, version, writer).write_answer();
}

void write_authorized_item(const Request& request, const PlannedItem& planned, const Version& version,
                           FhirWriter& writer) {
  ItemWriter(request, planned, version, writer).write_authorized();
}

void write_adjudication(const decision::Decision& decision, std::string_view action, std::string_view number,
                        FhirWriter& writer) {
  json::Writer& out = writer.out();
  out.key("adjudication").begin_array().begin_object();
  out.key("extension").begin_array();
  writer.extension("extension-reviewAction", [&] {
    FhirWriter::List parts(out, "extension");
    if (!number.empty()) {
      parts.next();
      writer.part("number", [&] { out.member("valueString", number); });
    }
    parts.next();
    writer.extension("extension-reviewActionCode", [&] {
      out.key("valueCodeableConcept");
      writer.concept_of(x12::kActionSystem, action, x12::display(x12::actions(), action));
    });
    if (!decision.reason.empty()) {
      parts.next();
      writer.part("reasonCode", [&] {
        out.key("valueCodeableConcept");
        writer.concept_of(x12::kReasonSystem, decision.reason, x12::display(x12::reasons(), decision.reason));
      });
    }
  });
  out.end_array();
  write_category(writer);
  out.end_object().end_array();
}

}  // namespace pas::pas
