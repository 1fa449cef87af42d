#include "adapter/service/exchange.h"

#include <set>

#include "adapter/service/case_record.h"
#include "fhir/base/clock.h"
#include "fhir/json/writer.h"

namespace pas::service {
namespace {

constexpr int kRefused = 400;
// X12 278 loops that reject the whole request, and one service of it, where no element is named.
constexpr std::string_view kRequestLoop = "2000E";
constexpr std::string_view kServiceLoop = "2000F";

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

store::Exchange refused_exchange(std::string_view type, const validation::Report& report, TimePoint requested,
                                 TimePoint now) {
  store::Exchange made = answered_exchange(type, requested, now);
  made.http_status = kRefused;
  std::set<std::string_view> codes;
  for (const validation::Issue& issue : report.issues()) codes.insert(to_string(issue.type));
  json::Writer out;
  out.begin_object().key("issue").begin_array();
  for (const std::string_view code : codes) out.begin_object().member("code", code).end_object();
  out.end_array().end_object();
  made.detail = std::move(out).take();
  return made;
}

}  // namespace pas::service
