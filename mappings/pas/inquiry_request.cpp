#include "mappings/pas/inquiry_request.h"

#include <algorithm>
#include <array>

#include "mappings/pas/fhir_writer.h"

namespace pas::pas {
namespace {

constexpr std::string_view kProductSystem = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets";
// Of the Claim, what an example of it does not tell, or tells otherwise.
constexpr std::array<std::string_view, 5> kLeftOut = {"meta", "supportingInfo", "related", "item", "diagnosis"};

void write_claim(json::Node claim, std::span<const InquiredItem> items, FhirWriter& writer) {
  json::Writer& out = writer.out();
  out.begin_object();
  for (const json::Node member : claim) {
    if (std::ranges::find(kLeftOut, member.key()) == kLeftOut.end()) out.member(member.key(), member);
  }
  writer.meta("profile-claim-inquiry");
  out.key("item").begin_array();
  for (const InquiredItem& item : items) {
    out.begin_object();
    if (!item.number.empty()) {
      out.key("extension").begin_array();
      writer.extension("extension-administrationReferenceNumber", [&] { out.member("valueString", item.number); });
      out.end_array();
    }
    out.member("sequence", item.sequence).key("productOrService");
    writer.concept_of(kProductSystem, "not-applicable");
    out.end_object();
  }
  out.end_array().end_object();
}

}  // namespace

std::string write_inquiry(const Request& request, std::span<const InquiredItem> items) {
  FhirWriter writer;
  json::Writer& out = writer.out();
  out.begin_object();
  for (const json::Node member : request.bundle()) {
    if (member.key() != "meta" && member.key() != "entry") out.member(member.key(), member);
  }
  writer.meta("profile-pas-inquiry-request-bundle");
  out.key("entry").begin_array();
  for (const json::Entry& entry : request.index->entries()) {
    out.begin_object().member("fullUrl", entry.full_url).key("resource");
    if (entry.resource == request.claim) {
      write_claim(entry.resource, items, writer);
    } else {
      out.node(entry.resource);
    }
    out.end_object();
  }
  out.end_array().end_object();
  return std::move(out).take();
}

}  // namespace pas::pas
