#include "adapter/audit/event.h"

#include "adapter/audit/chain.h"
#include "fhir/base/calendar.h"
#include "fhir/json/writer.h"

namespace pas::audit {
namespace {

constexpr std::string_view kSource = "110153";       // DCM: source role
constexpr std::string_view kDestination = "110152";  // DCM: destination role

void write_coding(json::Writer& out, std::string_view system, std::string_view code) {
  out.begin_object().member("system", system).member("code", code).end_object();
}

void write_role(json::Writer& out, std::string_view code) {
  out.key("type").begin_object().key("coding").begin_array();
  write_coding(out, kDicom, code);
  out.end_array().end_object();
}

// 0 success, 4 the caller's fault, 8 ours.
std::string_view outcome_of(int status) {
  return status < 400 ? "0" : status < 500 ? "4" : "8";
}

void write_agents(const Event& event, json::Writer& out) {
  const bool is_read = event.kind == &kRead;  // what flows, flows from here
  out.key("agent").begin_array();
  if (!event.client.empty() || !event.address.empty()) {
    out.begin_object();
    write_role(out, is_read ? kDestination : kSource);
    if (!event.client.empty()) {
      out.key("who").begin_object().key("identifier").begin_object().member("value", event.client);
      out.end_object().end_object();
    }
    out.member("requestor", true);
    if (!event.address.empty()) {
      out.key("network").begin_object().member("address", event.address).member("type", "2").end_object();
    }
    out.end_object();
  }
  out.begin_object();
  write_role(out, is_read ? kSource : kDestination);
  out.key("who").begin_object().member("display", "pas-adapter").end_object();
  out.member("requestor", event.client.empty() && event.address.empty()).end_object();
  out.end_array();
}

void write_entities(const Event& event, json::Writer& out) {
  if (event.entities.empty() && event.request_id.empty()) return;
  out.key("entity").begin_array();
  for (const std::string& entity : event.entities) {
    out.begin_object().key("what").begin_object().member("reference", entity).end_object().key("type");
    write_coding(out, "http://terminology.hl7.org/CodeSystem/audit-entity-type", "2");  // system object
    out.key("role");
    write_coding(out, "http://terminology.hl7.org/CodeSystem/object-role", "4");  // domain resource
    out.end_object();
  }
  if (!event.request_id.empty()) {
    out.begin_object().key("what").begin_object().key("identifier").begin_object();
    out.member("value", event.request_id).end_object().end_object().key("type");
    write_coding(out, "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType", "XrequestId");
    out.end_object();
  }
  out.end_array();
}

}  // namespace

std::string to_json(const Event& event, std::chrono::system_clock::time_point at, std::string_view previous) {
  json::Writer out;
  out.begin_object().key("type");
  write_coding(out, event.kind->type_system, event.kind->type);
  out.key("subtype").begin_array();
  write_coding(out, event.kind->subtype_system, event.kind->subtype);
  if (!event.what.empty()) out.begin_object().member("display", event.what).end_object();
  out.end_array().member("action", event.kind->action).member("recorded", base::to_instant(at));
  out.member("outcome", outcome_of(event.status));
  if (!event.description.empty()) {
    out.member("outcomeDesc", event.description);
  } else if (event.status >= 400) {
    out.member("outcomeDesc", "HTTP " + std::to_string(event.status));
  }
  write_agents(event, out);
  out.key("source").begin_object().key("observer").begin_object().member("display", "pas-adapter").end_object();
  out.key("type").begin_array();
  write_coding(out, "http://terminology.hl7.org/CodeSystem/security-source-type", "4");  // application server
  out.end_array().end_object();
  write_entities(event, out);
  out.end_object();
  return link_to(previous).append(std::move(out).take().substr(1));
}

}  // namespace pas::audit
