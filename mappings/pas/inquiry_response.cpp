// The answer to Claim/$inquire around the Bundles of the cases that were found.

#include <unordered_set>
#include <utility>

#include "mappings/pas/fhir_writer.h"

namespace pas::pas {
namespace {

// A Bundle has at least one entry.
void write_nothing_found(json::Writer& out) {
  out.begin_object().member("fullUrl", "urn:uuid:00000000-0000-0000-0000-000000000000").key("resource");
  out.begin_object().member("resourceType", "OperationOutcome").key("issue").begin_array().begin_object();
  out.member("severity", "information").member("code", "not-found").key("details").begin_object();
  out.member("text",
             "No prior authorization is known here that matches the member, one of the providers and what else was "
             "asked for.");
  out.end_object().end_object().end_array().end_object().end_object();
}

}  // namespace

std::string write_inquiry_parameters(std::span<const std::string> bundles) {
  FhirWriter writer;
  json::Writer& out = writer.out();
  out.begin_object().member("resourceType", "Parameters");
  {
    FhirWriter::List parameters(out, "parameter");
    for (const std::string& bundle : bundles) {
      parameters.next().begin_object().member("name", "return").key("resource").raw(bundle).end_object();
    }
  }
  out.end_object();
  return std::move(out).take();
}

std::string write_inquiry_bundle(std::span<const std::string> bundles, json::Node identifier,
                                 std::chrono::system_clock::time_point now) {
  FhirWriter writer;
  json::Writer& out = writer.out();
  out.begin_object().member("resourceType", "Bundle");
  writer.meta("profile-pas-inquiry-response-bundle");
  if (identifier) out.member("identifier", identifier);
  out.member("type", "collection").member("timestamp", base::to_instant(now));
  out.key("entry").begin_array();
  std::unordered_set<std::string> seen;
  for (const std::string& bundle : bundles) {
    const auto document = json::Document::parse(bundle);
    if (!document) continue;  // our own words
    for (const json::Node entry : document->root()["entry"]) {
      if (seen.emplace(entry["fullUrl"].text()).second) out.node(entry);
    }
  }
  if (bundles.empty()) write_nothing_found(out);
  out.end_array().end_object();
  return std::move(out).take();
}

}  // namespace pas::pas
