#include "adapter/notify/notification.h"

#include <chrono>

#include "fhir/base/calendar.h"
#include "fhir/base/digest.h"
#include "fhir/json/document.h"
#include "fhir/json/writer.h"

namespace pas::notify {
namespace {

constexpr std::string_view kStatusProfile =
    "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription-status-r4";
constexpr std::string_view kNotificationProfile =
    "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription-notification-r4";

std::string instant(std::int64_t ms) {
  return base::to_instant(std::chrono::system_clock::time_point(std::chrono::milliseconds(ms)));
}

// urn:uuid: of a name: the same for the same name (RFC 9562, version 8).
std::string uuid_of(const std::string& name) {
  const std::string hex = base::sha256_hex(name);
  return "urn:uuid:" + hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-8" + hex.substr(13, 3) + "-a" + hex.substr(17, 3) +
         "-" + hex.substr(20, 12);
}

std::string key_of(const store::Event& event) {
  return event.subscription_id + "/" + std::to_string(event.number);
}

// With id-only the subscriber reads the ClaimResponse, which is served under the case's id.
std::string focus_of(const store::Event& event, Content content, std::string_view base_url) {
  if (content == Content::kFullResource) return uuid_of("focus " + key_of(event));
  return std::string(base_url) + "/ClaimResponse/" + event.case_id;
}

struct Status {
  std::string_view subscription_id;
  std::string_view status;
  std::string_view type;  // "handshake", "heartbeat", "event-notification", "query-status", "query-event"
  std::int64_t count = 0;
  std::string_view error = {};
};

json::Writer& parameter(json::Writer& out, std::string_view name, std::string_view type, std::string_view value) {
  return out.begin_object().member("name", name).member(type, value).end_object();
}

void write_reference(json::Writer& out, std::string_view name, const std::string& reference) {
  out.begin_object().member("name", name).key("valueReference").begin_object();
  out.member("reference", reference).end_object().end_object();
}

void write_parameters(json::Writer& out, const Status& status, const std::vector<const store::Event*>& events,
                      Content content, std::string_view base_url) {
  out.begin_object().member("resourceType", "Parameters");
  out.key("meta").begin_object().key("profile").begin_array().string(kStatusProfile).end_array().end_object();
  out.key("parameter").begin_array();
  write_reference(out, "subscription", std::string(base_url).append("/Subscription/").append(status.subscription_id));
  parameter(out, "topic", "valueCanonical", kTopic);
  parameter(out, "status", "valueCode", status.status);
  parameter(out, "type", "valueCode", status.type);
  parameter(out, "events-since-subscription-start", "valueString", std::to_string(status.count));
  for (const store::Event* event : events) {
    out.begin_object().member("name", "notification-event").key("part").begin_array();
    parameter(out, "event-number", "valueString", std::to_string(event->number));
    parameter(out, "timestamp", "valueInstant", instant(event->timestamp_ms));
    if (content != Content::kEmpty) write_reference(out, "focus", focus_of(*event, content, base_url));
    out.end_array().end_object();
  }
  if (!status.error.empty()) {
    out.begin_object().member("name", "error").key("valueCodeableConcept").begin_object();
    out.member("text", status.error).end_object().end_object();
  }
  out.end_array().end_object();
}

void write_request(json::Writer& out, std::string_view method, std::string_view url, std::string_view status) {
  out.key("request").begin_object().member("method", method).member("url", url).end_object();
  out.key("response").begin_object().member("status", status).end_object();
}

void write_focus(json::Writer& out, const store::Event& event, std::string_view base_url) {
  const auto document = json::Document::parse(event.focus);
  const std::string_view id = document ? document->root()["id"].text() : std::string_view();
  out.begin_object().member("fullUrl", focus_of(event, Content::kFullResource, base_url));
  out.key("resource").raw(event.focus);
  if (id.empty()) {
    write_request(out, "POST", "Bundle", "201");
  } else {
    write_request(out, "GET", std::string("Bundle/").append(id), "200");
  }
  out.end_object();
}

std::string write_history(const Status& status, const std::vector<const store::Event*>& events, Content content,
                          std::string_view base_url, std::int64_t at_ms) {
  const std::string name = std::string(status.type) + " " + std::string(status.subscription_id) + " " +
                           std::to_string(status.count) + " " + std::to_string(at_ms);
  json::Writer out;
  out.begin_object().member("resourceType", "Bundle");
  out.key("meta").begin_object().key("profile").begin_array().string(kNotificationProfile).end_array().end_object();
  out.member("type", "history").member("timestamp", instant(at_ms));
  out.key("entry").begin_array();
  out.begin_object().member("fullUrl", uuid_of(name)).key("resource");
  write_parameters(out, status, events, content, base_url);
  write_request(out, "GET", std::string("Subscription/").append(status.subscription_id).append("/$status"), "200");
  out.end_object();
  if (content == Content::kFullResource) {
    for (const store::Event* event : events) write_focus(out, *event, base_url);
  }
  out.end_array().end_object();
  return std::move(out).take();
}

}  // namespace

std::string write_handshake(const store::Subscription& subscription, std::string_view base_url, std::int64_t at_ms) {
  return write_history({subscription.id, "requested", "handshake", 0}, {}, Content::kEmpty, base_url, at_ms);
}

std::string write_heartbeat(const store::Subscription& subscription, std::string_view base_url, std::int64_t at_ms) {
  return write_history({subscription.id, "active", "heartbeat", subscription.event_count}, {}, Content::kEmpty,
                       base_url, at_ms);
}

std::string write_event(const store::Event& event, Content content, std::string_view base_url) {
  return write_history({event.subscription_id, "active", "event-notification", event.number}, {&event}, content,
                       base_url, event.timestamp_ms);
}

std::string write_status(const store::Subscription& subscription, std::string_view base_url, std::int64_t at_ms) {
  json::Writer out;
  out.begin_object().member("resourceType", "Bundle").member("type", "searchset").member("total", 1);
  out.key("entry").begin_array().begin_object();
  out.member("fullUrl", uuid_of("query-status " + subscription.id + " " + std::to_string(at_ms))).key("resource");
  write_parameters(
      out,
      {subscription.id, to_string(subscription.status), "query-status", subscription.event_count, subscription.error},
      {}, Content::kEmpty, base_url);
  out.key("search").begin_object().member("mode", "match").end_object();
  out.end_object().end_array().end_object();
  return std::move(out).take();
}

std::string write_events(const store::Subscription& subscription, const std::vector<store::Event>& events,
                         Content content, std::string_view base_url, std::int64_t at_ms) {
  std::vector<const store::Event*> pointers;
  pointers.reserve(events.size());
  for (const store::Event& event : events) pointers.push_back(&event);
  return write_history(
      {subscription.id, to_string(subscription.status), "query-event", subscription.event_count, subscription.error},
      pointers, content, base_url, at_ms);
}

}  // namespace pas::notify
