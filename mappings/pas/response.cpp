#include "mappings/pas/response.h"

#include <utility>

#include "mappings/pas/claim_response.h"

namespace pas::pas {
namespace {

constexpr std::size_t kMostRemarks = 10;

// The transaction's own identifier comes back; where the sender gave none, the answer is known by its id.
void write_bundle_identifier(const Request& request, const ResponseContext& context, json::Writer& out) {
  const json::Node identifier = context.bundle_identifier ? context.bundle_identifier : request.bundle()["identifier"];
  if (!identifier["value"].text().empty()) {
    out.member("identifier", identifier);
    return;
  }
  out.key("identifier").begin_object();
  out.member("system", context.base_url + "/identifier/transaction").member("value", context.response_id).end_object();
}

}  // namespace

std::string write_response(const Request& request, std::span<const decision::Decision> decisions,
                           const ResponseContext& context) {
  const ResponsePlan plan = plan_response(request, decisions, context);
  FhirWriter writer;
  json::Writer& out = writer.out();
  out.begin_object().member("resourceType", "Bundle");
  writer.meta(context.is_inquiry ? "profile-pas-inquiry-response-bundle" : "profile-pas-response-bundle");
  if (context.version->has_bundle_identifier) write_bundle_identifier(request, context, out);
  out.member("type", "collection").member("timestamp", base::to_instant(context.now));
  out.key("entry").begin_array();
  const auto begin_entry = [&out](std::string_view full_url) {
    out.begin_object().member("fullUrl", full_url).key("resource");
  };
  begin_entry(own_url(context, "ClaimResponse", context.response_id));
  write_claim_response(request, plan, context, writer);
  out.end_object();
  for (const PlannedRequest& planned : plan.requests) {
    begin_entry(own_url(context, "CommunicationRequest", planned.id));
    write_communication_request(request, planned, context, writer);
    out.end_object();
  }
  for (const PlannedTask& task : plan.tasks) {
    begin_entry(own_url(context, "Task", task.id));
    write_task(request, task, context, writer);
    out.end_object();
  }
  // Last, because some readers take the base of relative references from the last entry.
  for (const json::Entry* entry : plan.echoed) {
    begin_entry(entry->full_url);
    out.node(entry->resource).end_object();
  }
  out.end_array().end_object();
  return std::move(out).take();
}

std::vector<std::string> remarks_on(std::span<const validation::Issue> issues) {
  std::vector<std::string> remarks;
  std::size_t warnings = 0;
  for (const validation::Issue& issue : issues) {
    if (issue.severity != validation::Severity::kWarning || ++warnings > kMostRemarks) continue;
    remarks.push_back(issue.expression.empty() ? issue.message : issue.expression + ": " + issue.message);
  }
  if (warnings > kMostRemarks) {
    remarks.push_back("And " + std::to_string(warnings - kMostRemarks) + " more remarks on the request.");
  }
  return remarks;
}

std::string write_with_id(json::Node resource, std::string_view id) {
  json::Writer out;
  out.begin_object();
  if (resource["resourceType"]) out.member("resourceType", resource["resourceType"]);
  out.member("id", id);
  for (const json::Node member : resource) {
    if (member.key() != "resourceType" && member.key() != "id") out.member(member.key(), member);
  }
  out.end_object();
  return std::move(out).take();
}

}  // namespace pas::pas
