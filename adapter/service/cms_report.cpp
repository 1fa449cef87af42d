#include "adapter/service/cms_report.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <numeric>

#include "adapter/service/case_record.h"
#include "adapter/service/item_history.h"
#include "adapter/service/timetable.h"
#include "fhir/base/clock.h"
#include "fhir/json/writer.h"

namespace pas::service {
namespace {

constexpr std::string_view kExpedited = "stat";  // Claim.priority
constexpr double kMsPerHour = 3'600'000.0;

std::int64_t start_of(int year) {
  return base::to_ms(std::chrono::sys_days(std::chrono::year{year} / std::chrono::January / 1));
}

class Counter {
 public:
  Counter(const store::Store& store, int year, const std::string& payer)
      : store_(store), from_ms_(start_of(year)), to_ms_(start_of(year + 1)) {
    report_.year = year;
    report_.payer = payer;
  }

  base::Result<CmsReport> count() && {
    store::CaseFilter filter;
    filter.payer = report_.payer;
    filter.received_from_ms = from_ms_;
    filter.include_replaced = false;
    std::optional<std::int64_t> before;
    for (;;) {
      auto page = store_.list_cases(filter, before, store::kMaxCases);
      if (!page) return page.error();
      for (const store::Case& record : page->cases) {
        if (auto added = add(record); !added) return added.error();
      }
      if (!page->continue_before) break;
      before = page->continue_before;
    }
    for (CmsFigures* figures : {&report_.standard, &report_.expedited}) std::ranges::sort(figures->times_ms);
    return std::move(report_);
  }

 private:
  base::Result<void> add(const store::Case& record) {
    if (record.status == store::Status::kError || record.status == store::Status::kCancelled) return {};
    const auto history = CaseHistory::of(store_, record);
    if (!history) return history.error();
    const bool is_expedited = record.priority == kExpedited;
    CmsFigures& figures = is_expedited ? report_.expedited : report_.standard;
    const Timetable timetable;
    const auto allowed = std::chrono::milliseconds(is_expedited ? timetable.expedited : timetable.standard);
    for (const store::Item& item : record.items) {
      const bool is_approved = is_certified(item.action);
      if (!is_approved && item.action != kDeniedAction && item.action != kPendedAction) continue;
      const auto told = history->item(item);
      if (!told) return told.error();
      if (told->submitted_ms < from_ms_ || told->submitted_ms >= to_ms_) continue;
      if (item.action == kPendedAction) {
        ++figures.pended;
        continue;
      }
      ++(is_approved ? figures.approved : figures.denied);
      const std::int64_t taken = told->decided_ms - told->submitted_ms;
      figures.times_ms.push_back(taken);
      if (!is_approved) continue;
      if (taken > allowed.count()) ++figures.approved_after_extension;
      if (told->was_denied) ++figures.approved_after_appeal;
    }
    return {};
  }

  const store::Store& store_;
  const std::int64_t from_ms_, to_ms_;
  CmsReport report_;
};

std::string fixed(double value, int digits) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

struct Row {
  std::string name, title, value;
};

// Percentages are of the decided; empty where nothing was.
std::vector<Row> rows_of(const CmsFigures& figures) {
  const auto percent = [&figures](int count) {
    return figures.decided() == 0 ? "" : fixed(100.0 * count / figures.decided(), 1);
  };
  std::string mean, median;
  if (const auto& times = figures.times_ms; !times.empty()) {
    const auto count = static_cast<double>(times.size());
    mean = fixed(std::accumulate(times.begin(), times.end(), 0.0) / count / kMsPerHour, 2);
    const std::size_t middle = times.size() / 2;
    const auto upper = static_cast<double>(times[middle]);
    const auto lower = static_cast<double>(times[times.size() % 2 == 0 ? middle - 1 : middle]);
    median = fixed((lower + upper) / 2 / kMsPerHour, 2);
  }
  return {{"decided", "Decided", std::to_string(figures.decided())},
          {"approved", "Approved", std::to_string(figures.approved)},
          {"approved_percent", "Approved, per cent", percent(figures.approved)},
          {"denied", "Denied", std::to_string(figures.denied)},
          {"denied_percent", "Denied, per cent", percent(figures.denied)},
          {"approved_after_appeal", "Approved after appeal", std::to_string(figures.approved_after_appeal)},
          {"approved_after_appeal_percent", "Approved after appeal, per cent", percent(figures.approved_after_appeal)},
          {"approved_after_extension", "Approved after the time was extended",
           std::to_string(figures.approved_after_extension)},
          {"approved_after_extension_percent", "Approved after the time was extended, per cent",
           percent(figures.approved_after_extension)},
          {"mean_hours", "Mean time to the decision, hours", mean},
          {"median_hours", "Median time to the decision, hours", median},
          {"pended", "Not decided yet", std::to_string(figures.pended)}};
}

// Payers' ids have no character that CSV or HTML would take for its own (payers.toml, folder names); what came with a
// request and names no payer might.
std::string plain(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    const bool is_special = c == ',' || c == '"' || c == '<' || c == '>' || c == '&' || c == '\n' || c == '\r';
    kept += is_special ? ' ' : c;
  }
  return kept;
}

}  // namespace

base::Result<CmsReport> cms_report(const store::Store& store, int year, const std::string& payer) {
  return Counter(store, year, payer).count();
}

std::string to_csv(const CmsReport& report) {
  std::string text = "year,payer,priority,figure,value\n";
  const std::string head = std::to_string(report.year) + "," + plain(report.payer) + ",";
  for (const auto& [priority, figures] :
       {std::pair("standard", &report.standard), std::pair("expedited", &report.expedited)}) {
    for (const Row& row : rows_of(*figures)) {
      text.append(head).append(priority).append(",").append(row.name).append(",").append(row.value).append("\n");
    }
  }
  return text;
}

std::string to_json(const CmsReport& report) {
  json::Writer out;
  out.begin_object().member("year", report.year);
  if (!report.payer.empty()) out.member("payer", report.payer);
  for (const auto& [priority, figures] :
       {std::pair("standard", &report.standard), std::pair("expedited", &report.expedited)}) {
    out.key(priority).begin_object();
    for (const Row& row : rows_of(*figures)) {
      if (!row.value.empty()) out.key(row.name).number(row.value);
    }
    out.end_object();
  }
  out.end_object();
  return std::string(out.view()) + "\n";
}

std::string to_html(const CmsReport& report) {
  const std::string title = "Prior authorization in " + std::to_string(report.year) +
                            (report.payer.empty() ? "" : ", " + plain(report.payer));
  std::string text = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + title +
                     "</title>\n<style>body{font-family:sans-serif;max-width:44em;margin:2em auto}"
                     "td,th{padding:.3em .8em;text-align:right;border-bottom:1px solid #ccc}"
                     "td:first-child,th:first-child{text-align:left}</style></head>\n<body><h1>" +
                     title +
                     "</h1>\n<p>Figures of CMS-0057-F, by requested item. Percentages are of the items decided. What "
                     "needs no authorization, was cancelled or could not be processed is not counted.</p>\n"
                     "<table><tr><th>Figure</th><th>Standard</th><th>Expedited</th></tr>\n";
  const std::vector<Row> standard = rows_of(report.standard);
  const std::vector<Row> expedited = rows_of(report.expedited);
  for (std::size_t i = 0; i < standard.size(); ++i) {
    text.append("<tr><td>").append(standard[i].title).append("</td><td>").append(standard[i].value);
    text.append("</td><td>").append(expedited[i].value).append("</td></tr>\n");
  }
  return text + "</table></body></html>\n";
}

}  // namespace pas::service
