#include "adapter/service/metric_data.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "adapter/service/case_record.h"
#include "adapter/service/exchange.h"
#include "adapter/service/item_history.h"
#include "fhir/base/clock.h"
#include "fhir/json/document.h"
#include "fhir/json/writer.h"

namespace pas::service {
namespace {

constexpr std::string_view kPayerSystem =
    "urn:x-pas-adapter:payer";                        // the ids of payers.toml, or the policies' folders
constexpr std::string_view kArrival = "information";  // of a history entry

std::string_view result_of(std::string_view action) {
  if (action == kModifiedAction || action == "A2") return "modified";
  if (action == kCertifiedAction) return "approved";
  if (action == kDeniedAction) return "denied";
  if (action == kCancelledAction) return "cancelled";
  return action == kPendedAction ? "pended" : "";
}

using Details = std::vector<json::Document>;

Details details_of(const std::vector<store::Exchange>& exchanges) {
  Details details;
  for (const store::Exchange& exchange : exchanges) {
    if (auto detail = json::Document::parse(exchange.detail)) details.push_back(std::move(*detail));
  }
  return details;
}

// CMS place of service codes where the patient stays, and those of homes; others are visited.
constexpr std::string_view kInpatient[] = {"21", "31", "34", "51", "55", "56", "61"};
constexpr std::string_view kHome[] = {"10", "12", "13", "14", "16", "33"};
constexpr std::string_view kPlaceOfService =
    "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set";

std::string_view location_type(json::Node location) {
  for (const json::Node coding : location["coding"]) {
    if (coding["system"].text() != kPlaceOfService) continue;
    const std::string_view code = coding["code"].text();
    if (std::ranges::find(kInpatient, code) != std::end(kInpatient)) return "inpatient";
    return std::ranges::find(kHome, code) != std::end(kHome) ? "home" : "outpatient";
  }
  return {};
}

// The digits behind the letter of a reference number, as the model wants them.
std::optional<std::int32_t> trace_of(std::string_view reference) {
  const auto digits = reference.substr(std::min(reference.find_first_of("0123456789"), reference.size()));
  std::int32_t trace = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), trace);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return trace;
}

std::string instant_of(std::int64_t ms) {
  return base::to_instant(base::from_ms(ms));
}

void write_exchange(json::Writer& out, const store::Exchange& exchange) {
  out.begin_object().member("type", exchange.type).member("with", exchange.other).member("method", "restful");
  out.member("requestTime", instant_of(exchange.requested_ms));
  if (exchange.responded_ms > 0) out.member("responseTime", instant_of(exchange.responded_ms));
  out.member("httpResponse", std::to_string(exchange.http_status)).end_object();
}

void write_issues(json::Writer& out, const Details& details) {
  bool any = false;
  for (const json::Document& detail : details) {
    for (const json::Node issue : detail.root()["issue"]) {
      if (!any) out.key("issue").begin_array();
      any = true;
      out.node(issue);
    }
  }
  if (any) out.end_array();
}

// Those of an item, or all.
void write_aaa_codes(json::Writer& out, const Details& details, std::optional<int> item) {
  bool any = false;
  for (const json::Document& detail : details) {
    for (const json::Node error : detail.root()["aaaCodes"]) {
      if (item && error["item"].text() != std::to_string(*item)) continue;
      if (!any) out.key("aaaCodes").begin_array();
      any = true;
      out.begin_object().member("loopID", error["loopID"].text()).member("aaaCode", error["aaaCode"].text());
      out.end_object();
    }
  }
  if (any) out.end_array();
}

// What the newest exchange says that says it.
json::Node told_in(const Details& details, std::string_view name) {
  for (auto detail = details.rbegin(); detail != details.rend(); ++detail) {
    if (const json::Node told = detail->root()[name]) return told;
  }
  return {};
}

void copy_told(json::Writer& out, const Details& details, std::string_view name) {
  if (const json::Node told = told_in(details, name)) out.member(name, told);
}

class MetricWriter {
 public:
  MetricWriter(const store::Case& record, const CaseHistory& history, const std::vector<store::Exchange>& exchanges)
      : record_(record), history_(history), exchanges_(exchanges), details_(details_of(exchanges)) {}

  base::Result<std::string> write() && {
    auto standing = Standing::of(record_);
    if (!standing) return standing.error();
    const bool is_forwarded = std::ranges::find(exchanges_, kPayerSide, &store::Exchange::other) != exchanges_.end();
    out_.begin_object().member("resourceType", "PASMetricData");
    out_.member("source", is_forwarded ? "intermediary" : "payer");
    if (!record_.requestors.empty()) {  // the organization comes before the people
      write_identifier(out_, "providerId", record_.requestors.back());
      write_identifier(out_, "groupId", record_.requestors.front());
    }
    write_identifier(out_, "payerId", {std::string(kPayerSystem), record_.payer});
    write_exchanges();
    write_issues(out_, details_);
    write_aaa_codes(out_, details_, std::nullopt);
    out_.key("itemDetail").begin_array();
    for (const pas::StandingItem& item : standing->items()) {
      const store::Item* stored = standing->stored(item.item.sequence);
      const auto told = history_.item(*stored);
      if (!told) return told.error();
      write_item(item, *told);
      for (const Asked& asked : told->asked) asked_[asked.at_ms].insert(asked.loincs.begin(), asked.loincs.end());
    }
    out_.end_array();
    copy_told(out_, details_, "supportingDoc");
    write_requested();
    copy_told(out_, details_, "businessLine");
    out_.end_object();
    return std::move(out_).take();
  }

 private:
  // Of a case that is older than these records, the request and what arrived are told from its history.
  void write_exchanges() {
    out_.key("exchange").begin_array();
    const bool has_request = std::ranges::any_of(exchanges_, [this](const store::Exchange& each) {
      return each.type == to_string(record_.kind) && each.other == kProviderSide;
    });
    if (!has_request) write_told(to_string(record_.kind), record_.received_at_ms);
    for (const store::HistoryEntry& entry : history_.entries()) {
      if (exchanges_.empty() && entry.action == kArrival) write_told(kSubsequentExchange, entry.at_ms);
    }
    for (const store::Exchange& exchange : exchanges_) write_exchange(out_, exchange);
    out_.end_array();
  }

  void write_told(std::string_view type, std::int64_t at_ms) {
    store::Exchange told;
    told.type = type;
    told.other = kProviderSide;
    told.requested_ms = at_ms;
    told.http_status = 200;
    write_exchange(out_, told);
  }

  void write_item(const pas::StandingItem& item, const ItemHistory& told) {
    const decision::Decision& decision = item.decision;
    out_.begin_object();
    if (std::ranges::any_of(told.asked, &Asked::has_questions)) {
      if (const auto trace = trace_of(item.answer.administration_reference_number)) out_.member("trn", *trace);
    }
    out_.member("item", item.item.node["productOrService"]);
    for (const json::Node each : told_in(details_, "itemDetail")) {
      if (each["item"].text() == std::to_string(item.item.sequence)) out_.member("assertionId", each["assertionId"]);
    }
    out_.member("initialSubmissionTime", instant_of(told.submitted_ms));
    const std::string_view result = result_of(decision.action);
    const bool is_final = !result.empty() && decision.action != kPendedAction;
    if (is_final) out_.member("finalResponseTime", instant_of(told.decided_ms));
    out_.member("responsesRequired", told.responses);
    write_aaa_codes(out_, details_, item.item.sequence);
    if (const auto type = location_type(item.item.node["locationCodeableConcept"]); !type.empty()) {
      out_.member("locationType", type);
    }
    if (!result.empty()) out_.member("result", result);
    if (decision.action == kDeniedAction && !decision.reason.empty()) out_.member("denialReason", decision.reason);
    out_.end_object();
  }

  // What came by $submit-attachment came by CDex; what an update brings is told with that request.
  void write_requested() {
    std::erase_if(asked_, [](const auto& each) { return each.second.empty(); });
    if (asked_.empty()) return;
    out_.key("requestedDoc").begin_array();
    for (const auto& [asked_ms, loincs] : asked_) {
      out_.begin_object().key("docRequest").begin_array();
      for (const std::string& loinc : loincs) {
        out_.begin_object().key("coding").begin_array().begin_object().member("system", "http://loinc.org");
        out_.member("code", loinc).end_object().end_array().end_object();
      }
      out_.end_array().member("timeRequested", instant_of(asked_ms));
      const auto came = std::ranges::find_if(history_.entries(), [since = asked_ms](const store::HistoryEntry& entry) {
        return entry.action == kArrival && entry.at_ms >= since;
      });
      if (came != history_.entries().end()) {
        out_.member("timeSubmitted", instant_of(came->at_ms)).member("submissionMethod", "CDex");
      }
      out_.end_object();
    }
    out_.end_array();
  }

  const store::Case& record_;
  const CaseHistory& history_;
  const std::vector<store::Exchange>& exchanges_;
  const Details details_;
  std::map<std::int64_t, std::set<std::string>> asked_;  // LOINC codes by the time
  json::Writer out_;
};

}  // namespace

base::Result<std::string> metric_data(const store::Store& store, const store::Case& record) {
  const auto history = CaseHistory::of(store, record);
  if (!history) return history.error();
  const auto exchanges = store.exchanges(record.id);
  if (!exchanges) return exchanges.error();
  return MetricWriter(record, *history, *exchanges).write();
}

std::string metric_data(const store::Exchange& other) {
  const Details details = details_of({other});
  json::Writer out;
  out.begin_object().member("resourceType", "PASMetricData").member("source", "payer");
  for (const std::string_view name : {"providerId", "groupId"}) copy_told(out, details, name);
  if (other.payer.empty()) {
    copy_told(out, details, "payerId");
  } else {
    write_identifier(out, "payerId", {std::string(kPayerSystem), other.payer});
  }
  out.key("exchange").begin_array();
  write_exchange(out, other);
  out.end_array();
  write_issues(out, details);
  out.end_object();
  return std::move(out).take();
}

}  // namespace pas::service
