#include "adapter/service/metric_data.h"

#include <algorithm>

#include "adapter/service/case_record.h"
#include "fhir/base/clock.h"
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

class MetricWriter {
 public:
  MetricWriter(const store::Case& record, const std::vector<store::HistoryEntry>& history)
      : record_(record), history_(history) {}

  base::Result<std::string> write() && {
    auto standing = Standing::of(record_);
    if (!standing) return standing.error();
    out_.begin_object().member("resourceType", "PASMetricData").member("source", "payer");
    if (!record_.requestors.empty()) {  // the organization comes before the people
      identifier("providerId", record_.requestors.back());
      identifier("groupId", record_.requestors.front());
    }
    identifier("payerId", {std::string(kPayerSystem), record_.payer});
    write_exchanges();
    out_.key("itemDetail").begin_array();
    for (const pas::StandingItem& item : standing->items()) write_item(item);
    out_.end_array();
    write_requested(*standing);
    out_.end_object();
    return std::move(out_).take();
  }

 private:
  void identifier(std::string_view name, const store::Identifier& identifier) {
    out_.key(name).begin_object();
    if (!identifier.system.empty()) out_.member("system", identifier.system);
    out_.member("value", identifier.value).end_object();
  }

  void write_exchanges() {
    out_.key("exchange").begin_array();
    write_exchange(to_string(record_.kind), record_.received_at_ms);
    for (const store::HistoryEntry& entry : history_) {
      if (entry.action == kArrival) write_exchange("subsequent", entry.at_ms);
    }
    out_.end_array();
  }

  void write_exchange(std::string_view type, std::int64_t at_ms) {
    out_.begin_object().member("type", type).member("with", "provider").member("method", "restful");
    out_.member("requestTime", base::to_instant(base::from_ms(at_ms))).member("httpResponse", "200").end_object();
  }

  void write_item(const pas::StandingItem& item) {
    out_.begin_object().member("item", item.item.node["productOrService"]);
    out_.member("initialSubmissionTime", base::to_instant(base::from_ms(record_.received_at_ms)));
    const std::string_view result = result_of(item.decision.action);
    const bool is_final = !result.empty() && item.decision.action != kPendedAction;
    if (is_final) out_.member("finalResponseTime", base::to_instant(base::from_ms(last_change_ms())));
    out_.member("responsesRequired", static_cast<std::int64_t>(std::max<std::size_t>(history_.size(), 1)));
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
    out_.end_array().member("timeRequested", base::to_instant(base::from_ms(last_change_ms())));
    out_.end_object().end_array();
  }

  std::int64_t last_change_ms() const { return history_.empty() ? record_.received_at_ms : history_.back().at_ms; }

  const store::Case& record_;
  const std::vector<store::HistoryEntry>& history_;
  json::Writer out_;
};

}  // namespace

base::Result<std::string> metric_data(const store::Case& record, const std::vector<store::HistoryEntry>& history) {
  return MetricWriter(record, history).write();
}

}  // namespace pas::service
