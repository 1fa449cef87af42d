#include "adapter/service/exchange.h"

#include <set>

#include "adapter/service/case_record.h"
#include "fhir/base/clock.h"
#include "fhir/json/writer.h"
#include "mappings/pas/elements.h"

namespace pas::service {
namespace {

constexpr int kRefused = 400;
// X12 278 loops that reject the whole request, and one service of it, where no element is named.
constexpr std::string_view kRequestLoop = "2000E";
constexpr std::string_view kServiceLoop = "2000F";
constexpr std::string_view kCoverageInformation =
    "http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-coverage-information";

std::string_view loop_of(const pas::BusinessError& error) {
  if (!error.element.empty()) return error.element.substr(0, error.element.find('-'));
  return error.item_sequence == 0 ? kRequestLoop : kServiceLoop;
}

// Coverage.type, else what the first Coverage.class names (routing takes either for the line of business).
void write_business_line(json::Node coverage, json::Writer& out) {
  const json::Node first_class = coverage["class"].at(0)["value"];
  if (coverage["type"]) {
    out.member("businessLine", coverage["type"]);
  } else if (first_class) {
    out.key("businessLine").begin_object().member("text", first_class.text()).end_object();
  }
}

// The form that the guide's documents answer: of the first QuestionnaireResponse.
void write_questionnaire(const json::BundleIndex& index, json::Writer& out) {
  for (const json::Entry& entry : index.entries()) {
    const json::Node questionnaire = entry.resource["questionnaire"];
    if (entry.type != "QuestionnaireResponse" || questionnaire.text().empty()) continue;
    out.member("supportingDoc", questionnaire.text());
    return;
  }
}

// By which CRD answered for the item's order.
std::string_view assertion_of(json::Node order) {
  for (const json::Node extension : order["extension"]) {
    if (extension["url"].text() != kCoverageInformation) continue;
    for (const json::Node part : extension["extension"]) {
      if (part["url"].text() == "coverage-assertion-id") return part["valueString"].text();
    }
  }
  return {};
}

void write_assertions(const pas::Request& request, json::Writer& out) {
  bool any = false;
  for (const pas::Item& item : request.items) {
    const std::string_view assertion = assertion_of(item.requested_service);
    if (assertion.empty()) continue;
    if (!any) out.key("itemDetail").begin_array();
    any = true;
    out.begin_object().member("item", item.sequence).member("assertionId", assertion).end_object();
  }
  if (any) out.end_array();
}

store::Identifier first_identifier_of(json::Node resource) {
  const auto identifiers = pas::identifiers_of(resource);
  if (identifiers.empty()) return {};
  return {std::string(identifiers.front().system), std::string(identifiers.front().value)};
}

}  // namespace

store::Exchange answered_exchange(std::string_view type, TimePoint requested, TimePoint now) {
  store::Exchange made;
  made.type = type;
  made.other = kProviderSide;
  made.requested_ms = base::to_ms(requested);
  made.responded_ms = base::to_ms(now);
  made.http_status = 200;
  return made;
}

store::Exchange exchange_of(const Adjudication& adjudication, TimePoint requested, TimePoint now) {
  store::Exchange made = answered_exchange(to_string(kind_of(adjudication.request.kind)), requested, now);
  made.payer = adjudication.payer_id();
  json::Writer out;
  out.begin_object();
  write_business_line(adjudication.request.coverage, out);
  write_questionnaire(*adjudication.index, out);
  write_assertions(adjudication.request, out);
  if (!adjudication.errors.empty()) {
    out.key("aaaCodes").begin_array();
    for (const pas::BusinessError& error : adjudication.errors) {
      out.begin_object().member("loopID", loop_of(error)).member("aaaCode", error.code);
      out.member("item", error.item_sequence).end_object();
    }
    out.end_array();
  }
  out.end_object();
  made.detail = std::move(out).take();
  return made;
}

Parties read_parties(const pas::Request& request) {
  Parties read{.group = first_identifier_of(request.provider), .payer = first_identifier_of(request.insurer)};
  if (auto requestors = requestors_of(request); !requestors.empty()) read.provider = std::move(requestors.back());
  return read;
}

store::Exchange refused_exchange(std::string_view type, const validation::Report& report, const Parties& parties,
                                 TimePoint requested, TimePoint now) {
  store::Exchange made = answered_exchange(type, requested, now);
  made.http_status = kRefused;
  std::set<std::string_view> codes;
  for (const validation::Issue& issue : report.issues()) codes.insert(to_string(issue.type));
  json::Writer out;
  out.begin_object().key("issue").begin_array();
  for (const std::string_view code : codes) out.begin_object().member("code", code).end_object();
  out.end_array();
  if (!parties.provider.value.empty()) write_identifier(out, "providerId", parties.provider);
  if (!parties.group.value.empty()) write_identifier(out, "groupId", parties.group);
  if (!parties.payer.value.empty()) write_identifier(out, "payerId", parties.payer);
  out.end_object();
  made.detail = std::move(out).take();
  return made;
}

store::Exchange refused_submission(std::string_view body, const validation::Report& report, TimePoint requested,
                                   TimePoint now) {
  Parties parties;
  store::Kind kind = store::Kind::kInitial;
  if (const auto document = json::Document::parse(json::with_room(body))) {
    const json::BundleIndex index(pas::submitted_bundle(document->root()));
    const auto read = pas::read_request(index);
    parties = read_parties(read.request);
    kind = kind_of(read.request.kind);
  }
  return refused_exchange(to_string(kind), report, parties, requested, now);
}

void write_identifier(json::Writer& out, std::string_view name, const store::Identifier& identifier) {
  out.key(name).begin_object();
  if (!identifier.system.empty()) out.member("system", identifier.system);
  out.member("value", identifier.value).end_object();
}

}  // namespace pas::service
