#include "adapter/endpoints/subscription_endpoints.h"

#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "adapter/endpoints/admin_json.h"
#include "adapter/endpoints/outcomes.h"
#include "fhir/base/calendar.h"
#include "fhir/json/writer.h"

namespace pas::endpoints {
namespace {

using http::Method;
using validation::IssueType;

constexpr int kMostDeliveries = 200;

template <class Value, class Success>
http::Response answer(const notify::SubscriptionOutcome<Value>& outcome, const Success& success) {
  if (const auto* value = std::get_if<Value>(&outcome)) return success(*value);
  if (std::holds_alternative<notify::NotFound>(outcome)) return not_found();
  if (const auto* report = std::get_if<validation::Report>(&outcome)) return refusal(400, *report);
  return failure(std::get<base::Error>(outcome));
}

// The body with what its validation finds, or the refusal of one that is not JSON.
struct Body {
  std::string source;
  std::optional<json::Document> document;
  validation::Report report;
};

Body read_body(Call& call, const SubscriptionServices& services) {
  Body body;
  body.source = call.request.body;  // parsing unescapes in place
  auto document = json::Document::parse(std::move(call.request.body));
  if (!document) {
    body.report.add(validation::issue_of(document.error(), body.source));
    return body;
  }
  body.document = std::move(*document);
  body.report = services.validation.validate(json::BundleIndex(body.document->root()),
                                             {.version = call.version, .now = services.clock.now()});
  return body;
}

// Refusals with the line and column of each fault.
template <class Value>
notify::SubscriptionOutcome<Value> located(notify::SubscriptionOutcome<Value> outcome, const std::string& source) {
  if (auto* report = std::get_if<validation::Report>(&outcome)) {
    report->sort();
    report->locate(source);
  }
  return outcome;
}

http::Response create(Call& call, const SubscriptionServices& services) {
  Body body = read_body(call, services);
  if (!body.document) return refusal(400, body.report);
  auto outcome = located(services.subscriptions.create(body.document->root(), call.caller.client, *call.version,
                                                       std::move(body.report), call.origin()),
                         body.source);
  return answer(outcome, [&](const notify::Saved& saved) {
    services.wake();
    http::Response response = fhir_json(201, saved.json);
    response.headers.add("Location", call.base_url + "/Subscription/" + saved.id);
    call.touched.push_back("Subscription/" + saved.id);
    return response;
  });
}

http::Response replace(Call& call, const SubscriptionServices& services) {
  Body body = read_body(call, services);
  if (!body.document) return refusal(400, body.report);
  auto outcome = located(services.subscriptions.replace(call.id, body.document->root(), call.caller.client,
                                                        *call.version, std::move(body.report), call.origin()),
                         body.source);
  return answer(outcome, [&](const notify::Saved& saved) {
    services.wake();
    return fhir_json(200, saved.json);
  });
}

http::Response read(const Call& call, const SubscriptionServices& services) {
  return answer(services.subscriptions.read(call.id, call.caller.client),
                [](const notify::Saved& saved) { return fhir_json(200, saved.json); });
}

http::Response remove(const Call& call, const SubscriptionServices& services) {
  return answer(services.subscriptions.remove(call.id, call.caller.client), [](const notify::Saved&) {
    http::Response response;
    response.status = 204;
    return response;
  });
}

http::Response status(const Call& call, const SubscriptionServices& services) {
  return answer(services.subscriptions.status(call.id, call.caller.client),
                [](const std::string& bundle) { return fhir_json(200, bundle); });
}

// One parameter of $events; false when its value is none.
bool read_parameter(std::string_view name, std::string_view value, notify::EventRange& range) {
  if (name == "content") {
    if (value == "empty") range.content = notify::Content::kEmpty;
    if (value == "id-only") range.content = notify::Content::kIdOnly;
    if (value == "full-resource") range.content = notify::Content::kFullResource;
    return range.content.has_value();
  }
  if (name != "eventsSinceNumber" && name != "eventsUntilNumber") return true;
  std::int64_t number = 0;
  const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
  if (read.ec != std::errc() || read.ptr != value.data() + value.size() || number < 0) return false;
  (name == "eventsSinceNumber" ? range.since : range.until) = number;
  return true;
}

http::Response events(Call& call, const SubscriptionServices& services) {
  const auto refuse = [] {
    return refusal(400, IssueType::kValue, "$events",
                   "eventsSinceNumber and eventsUntilNumber are whole numbers; content is empty, id-only or "
                   "full-resource.");
  };
  notify::EventRange range;
  for (const http::Parameter& parameter : call.request.query) {
    if (!read_parameter(parameter.name, parameter.value, range)) return refuse();
  }
  if (call.request.method == Method::kPost && !call.request.body.empty()) {
    const auto document = json::Document::parse(std::move(call.request.body));
    if (!document) {
      validation::Report report;
      report.add(validation::issue_of(document.error()));
      return refusal(400, report);
    }
    for (const json::Node parameter : document->root()["parameter"]) {
      json::Node value;
      for (const json::Node member : parameter) {
        if (member.key().starts_with("value")) value = member;
      }
      if (!read_parameter(parameter["name"].text(), value.text(), range)) return refuse();
    }
  }
  return answer(services.subscriptions.events(call.id, call.caller.client, range),
                [](const std::string& bundle) { return fhir_json(200, bundle); });
}

http::Response deliveries(const Call& call, const SubscriptionServices& services) {
  const auto subscription = call.request.parameter("subscription");
  if (!subscription) return mistakes_answer(400, {"subscription: an id is wanted."});
  const auto found = services.store.list_deliveries(*subscription, kMostDeliveries);
  if (!found) return problem_of(found.error());
  json::Writer out;
  out.begin_object().key("deliveries").begin_array();
  for (const store::Delivery& delivery : *found) {
    const std::chrono::system_clock::time_point at{std::chrono::milliseconds(delivery.at_ms)};
    out.begin_object().member("message", delivery.message_id).member("kind", delivery.kind);
    out.member("at", base::to_instant(at)).member("attempt", delivery.attempt);
    out.member("outcome", to_string(delivery.outcome)).member("result", delivery.result);
    out.member("httpStatus", delivery.http_status).end_object();
  }
  out.end_array().end_object();
  return json_answer(200, std::move(out).take());
}

http::Response replay(const Call& call, const SubscriptionServices& services) {
  std::int64_t id = 0;
  const auto read = std::from_chars(call.id.data(), call.id.data() + call.id.size(), id);
  const bool number = read.ec == std::errc() && read.ptr == call.id.data() + call.id.size();
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(services.clock.now().time_since_epoch());
  const auto replayed = number ? services.store.replay(id, now.count()) : base::Result<bool>(false);
  if (!replayed) return problem_of(replayed.error());
  if (!*replayed) return problem(404, "No failed message has this id.");
  services.wake();
  return json_answer(202, R"({"status":"due"})");
}

}  // namespace

std::vector<Route> subscription_routes(const SubscriptionServices& services) {
  constexpr std::string_view kStatus =
      "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-status";
  constexpr std::string_view kEvents =
      "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-events";
  const auto with = [&services](auto handler) {
    return [services, handler](Call& call) { return handler(call, services); };
  };
  std::vector<Route> routes = {
      {Method::kPost,
       Place::kFhir,
       "/Subscription",
       "system/Subscription.c",
       with(create),
       {.resource = "Subscription", .interaction = "create"}},
      {Method::kGet,
       Place::kFhir,
       "/Subscription/{id}",
       "system/Subscription.r",
       with(read),
       {.resource = "Subscription", .interaction = "read"}},
      {Method::kPut,
       Place::kFhir,
       "/Subscription/{id}",
       "system/Subscription.u",
       with(replace),
       {.resource = "Subscription", .interaction = "update"}},
      {Method::kDelete,
       Place::kFhir,
       "/Subscription/{id}",
       "system/Subscription.d",
       with(remove),
       {.resource = "Subscription", .interaction = "delete"}},
      {Method::kGet,
       Place::kFhir,
       "/Subscription/{id}/$status",
       "system/Subscription.r",
       with(status),
       {.resource = "Subscription", .operation = "status", .definition = kStatus}},
      {Method::kPost, Place::kFhir, "/Subscription/{id}/$status", "system/Subscription.r", with(status)},
      {Method::kGet,
       Place::kFhir,
       "/Subscription/{id}/$events",
       "system/Subscription.r",
       with(events),
       {.resource = "Subscription", .operation = "events", .definition = kEvents}},
      {Method::kPost, Place::kFhir, "/Subscription/{id}/$events", "system/Subscription.r", with(events)},
  };
  return routes;
}

std::vector<Route> delivery_routes(const SubscriptionServices& services) {
  return {
      {Method::kGet, Place::kServer, "/admin/deliveries", auth::kAdminScope,
       [services](Call& call) { return deliveries(call, services); }},
      {Method::kPost, Place::kServer, "/admin/outbox/{id}/replay", auth::kAdminScope,
       [services](Call& call) { return replay(call, services); }},
  };
}

}  // namespace pas::endpoints
