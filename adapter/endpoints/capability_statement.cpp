#include "adapter/endpoints/capability_statement.h"

#include <algorithm>
#include <vector>

#include "adapter/notify/notification.h"
#include "fhir/json/writer.h"

namespace pas::endpoints {
namespace {

constexpr std::string_view kTopicExtension =
    "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/capabilitystatement-subscriptiontopic-canonical";

// The resources of the table, each once, in its order.
std::vector<std::string_view> resources_of(std::span<const Route> routes) {
  std::vector<std::string_view> resources;
  for (const Route& route : routes) {
    const std::string_view resource = route.capability.resource;
    if (resource.empty() || std::find(resources.begin(), resources.end(), resource) != resources.end()) continue;
    resources.push_back(resource);
  }
  return resources;
}

// Those of a resource; with an empty `resource`, those of the whole server.
void write_operations(json::Writer& out, std::span<const Route> routes, std::string_view resource) {
  const auto is_one = [resource](const Route& route) {
    return route.capability.resource == resource && !route.capability.operation.empty();
  };
  if (std::none_of(routes.begin(), routes.end(), is_one)) return;
  out.key("operation").begin_array();
  for (const Route& route : routes) {
    if (!is_one(route)) continue;
    out.begin_object().member("name", route.capability.operation);
    out.member("definition", route.capability.definition).end_object();
  }
  out.end_array();
}

void write_search_parameters(json::Writer& out, std::span<const Route> routes, std::string_view resource) {
  for (const Route& route : routes) {
    if (route.capability.resource != resource || route.capability.search.empty()) continue;
    out.key("searchParam").begin_array();
    for (const SearchParameter& parameter : route.capability.search) {
      out.begin_object().member("name", parameter.name).member("type", parameter.type);
      if (!parameter.documentation.empty()) out.member("documentation", parameter.documentation);
      out.end_object();
    }
    out.end_array();
    return;
  }
}

void write_resource(json::Writer& out, std::span<const Route> routes, std::string_view resource) {
  const auto has = [&](std::string_view Capability::*member) {
    return std::any_of(routes.begin(), routes.end(), [&](const Route& route) {
      return route.capability.resource == resource && !(route.capability.*member).empty();
    });
  };
  out.begin_object();
  if (resource == "Subscription") {  // backport: the topics that are served
    out.key("extension").begin_array().begin_object().member("url", kTopicExtension);
    out.member("valueCanonical", notify::kTopic).end_object().end_array();
  }
  out.member("type", resource);
  if (has(&Capability::interaction)) {
    out.key("interaction").begin_array();
    for (const Route& route : routes) {
      if (route.capability.resource != resource || route.capability.interaction.empty()) continue;
      out.begin_object().member("code", route.capability.interaction).end_object();
    }
    out.end_array();
  }
  write_search_parameters(out, routes, resource);
  write_operations(out, routes, resource);
  out.end_object();
}

// The token endpoint stands in .well-known/smart-configuration: the extension oauth-uris wants an authorization
// endpoint too, and Backend Services have none.
void write_security(json::Writer& out) {
  constexpr std::string_view kServices = "http://terminology.hl7.org/CodeSystem/restful-security-service";
  out.key("security")
      .begin_object()
      .key("service")
      .begin_array()
      .begin_object()
      .key("coding")
      .begin_array()
      .begin_object();
  out.member("system", kServices).member("code", "SMART-on-FHIR").end_object().end_array().end_object().end_array();
  out.end_object();
}

}  // namespace

std::string write_capability_statement(std::span<const Route> routes, const pas::Version& version,
                                       const std::string& base_url, const ServerFacts& facts) {
  json::Writer out;
  out.begin_object();
  out.member("resourceType", "CapabilityStatement").member("status", "active");
  out.member("date", base::to_string(facts.build_date)).member("kind", "instance");
  out.key("software").begin_object().member("name", "pas-adapter").member("version", facts.software_version);
  out.end_object();
  out.key("implementation").begin_object();
  std::string description = "Prior authorization by HL7 Da Vinci PAS " + std::string(version.name);
  if (facts.test_mode) {
    description += ". Test mode is on: submitters may script outcomes and faults; nothing here is a real decision";
  }
  out.member("description", description);
  out.member("url", base_url).end_object();
  out.member("fhirVersion", "4.0.1");
  out.key("format").begin_array().string("application/fhir+json").string("json").end_array();
  out.key("implementationGuide").begin_array();
  out.string("http://hl7.org/fhir/us/davinci-pas/ImplementationGuide/hl7.fhir.us.davinci-pas|" +
             std::string(version.name));
  out.end_array();
  out.key("rest").begin_array().begin_object().member("mode", "server");
  if (facts.asks_for_tokens) write_security(out);
  out.key("resource").begin_array();
  for (const std::string_view resource : resources_of(routes)) write_resource(out, routes, resource);
  out.end_array();
  write_operations(out, routes, {});
  out.end_object().end_array();
  out.end_object();
  return std::move(out).take();
}

}  // namespace pas::endpoints
