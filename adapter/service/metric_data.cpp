#include "adapter/service/metric_data.h"

#include <algorithm>
#include <optional>

#include "adapter/service/case_record.h"
#include "adapter/service/exchange.h"
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

std::string instant_of(std::int64_t ms) {
  return base::to_instant(base::from_ms(ms));
}

void write_identifier(json::Writer& out, std::string_view name, const store::Identifier& identifier) {
  out.key(name).begin_object();
  if (!identifier.system.empty()) out.member("system", identifier.system);
  out.member("value", identifier.value).end_object();
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

void copy_business_line(json::Writer& out, const Details& details) {
  const auto told = std::ranges::find_if(
      details, [](const json::Document& detail) { return static_cast<bool>(detail.root()["businessLine"]); });
  if (told != details.end()) out.member("businessLine", told->root()["businessLine"]);
}

class MetricWriter {
 public:
  MetricWriter(const store::Case& record, const std::vector<store::HistoryEntry>& history,
               const std::vector<store::Exchange>& exchanges)
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
    for (const pas::StandingItem& item : standing->items()) write_item(item);
    out_.end_array();
    write_requested(*standing);
    copy_business_line(out_, details_);
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
    for (const store::HistoryEntry& entry : history_) {
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

  void write_item(const pas::StandingItem& item) {
    out_.begin_object().member("item", item.item.node["productOrService"]);
    out_.member("initialSubmissionTime", instant_of(record_.received_at_ms));
    const std::string_view result = result_of(item.decision.action);
    const bool is_final = !result.empty() && item.decision.action != kPendedAction;
    if (is_final) out_.member("finalResponseTime", instant_of(last_change_ms()));
    out_.member("responsesRequired", static_cast<std::int64_t>(std::max<std::size_t>(history_.size(), 1)));
    write_aaa_codes(out_, details_, item.item.sequence);
    if (!result.empty()) out_.member("result", result);
    if (item.decision.action == kDeniedAction && !item.decision.reason.empty()) {
      out_.member("denialReason", item.decision.reason);
    }
    out_.end_object();
  }

  void write_requested(const Standing& standing) {
    std::vector<std::string> asked;
    for (const pas::StandingItem& item : standing.items()) {
      for (const decision::DocumentRequest& document : item.decision.documents) {
        if (std::ranges::find(asked, document.loinc) == asked.end()) asked.push_back(document.loinc);
      }
    }
    if (asked.empty()) return;
    out_.key("requestedDoc").begin_array().begin_object().key("docRequest").begin_array();
    for (const std::string& loinc : asked) {
      out_.begin_object().key("coding").begin_array().begin_object().member("system", "http://loinc.org");
      out_.member("code", loinc).end_object().end_array().end_object();
    }
    out_.end_array().member("timeRequested", instant_of(last_change_ms()));
    out_.end_object().end_array();
  }

  std::int64_t last_change_ms() const { return history_.empty() ? record_.received_at_ms : history_.back().at_ms; }

  const store::Case& record_;
  const std::vector<store::HistoryEntry>& history_;
  const std::vector<store::Exchange>& exchanges_;
  const Details details_;
  json::Writer out_;
};

}  // namespace

base::Result<std::string> metric_data(const store::Case& record, const std::vector<store::HistoryEntry>& history,
                                      const std::vector<store::Exchange>& exchanges) {
  return MetricWriter(record, history, exchanges).write();
}

std::string metric_data(const store::Exchange& other) {
  const Details details = details_of({other});
  json::Writer out;
  out.begin_object().member("resourceType", "PASMetricData").member("source", "payer");
  if (!other.payer.empty()) write_identifier(out, "payerId", {std::string(kPayerSystem), other.payer});
  out.key("exchange").begin_array();
  write_exchange(out, other);
  out.end_array();
  write_issues(out, details);
  out.end_object();
  return std::move(out).take();
}

}  // namespace pas::service
