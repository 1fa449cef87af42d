#include <cstdint>

#include "adapter/conformance/kit.h"
#include "fhir/base/html.h"
#include "fhir/base/text.h"
#include "fhir/json/writer.h"

namespace pas::conformance {
namespace {

void write_texts(json::Writer& out, std::string_view name, const std::vector<std::string>& texts) {
  out.key(name).begin_array();
  for (const std::string& text : texts) out.string(text);
  out.end_array();
}

std::string totals(const Report& report) {
  return std::to_string(report.count(Result::kPassed)) + " passed, " + std::to_string(report.count(Result::kFailed)) +
         " failed, " + std::to_string(report.count(Result::kSkipped)) + " skipped";
}

}  // namespace

std::string_view to_string(Result result) {
  switch (result) {
    case Result::kPassed:
      return "passed";
    case Result::kFailed:
      return "failed";
    case Result::kSkipped:
      break;
  }
  return "skipped";
}

std::string to_text(const Report& report) {
  std::string text;
  for (const CheckResult& check : report.checks) {
    text.append(to_string(check.result)).append(check.result == Result::kSkipped ? " " : "  ").append(check.id);
    text.append(" (").append(base::joined(check.proves)).append(")");
    if (!check.reason.empty()) text.append(": ").append(check.reason);
    text.append("\n");
  }
  return text + "PAS " + report.version + " at " + report.base_url + ": " + totals(report) + "\n";
}

std::string to_json(const Report& report) {
  json::Writer out;
  out.begin_object().member("server", report.base_url).member("version", report.version).member("at", report.at);
  for (const Result result : {Result::kPassed, Result::kFailed, Result::kSkipped}) {
    out.member(to_string(result), static_cast<std::int64_t>(report.count(result)));
  }
  out.key("checks").begin_array();
  for (const CheckResult& check : report.checks) {
    out.begin_object().member("id", check.id).member("title", check.title);
    out.member("result", to_string(check.result));
    write_texts(out, "proves", check.proves);
    if (!check.reason.empty()) out.member("reason", check.reason);
    if (!check.exchange.empty()) out.member("exchange", check.exchange);
    out.end_object();
  }
  out.end_array().key("mustSupport").begin_object();
  out.member("seen", static_cast<std::int64_t>(report.must_support_seen));
  out.member("total", static_cast<std::int64_t>(report.must_support_total));
  write_texts(out, "missing", report.must_support_missing);
  out.end_object().end_object();
  return std::move(out).take() + "\n";
}

std::string to_html(const Report& report) {
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>PAS conformance</title><style>\n"
      "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color-scheme:light "
      "dark}\n"
      "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem;"
      "border-bottom:1px solid #8886}\n"
      "pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:13px}.failed{color:#c62828;font-weight:bold}\n"
      ".passed{color:#2e7d32}</style></head><body>\n";
  html += "<h1>PAS " + base::html_escaped(report.version) + " at " + base::html_escaped(report.base_url) +
          "</h1>\n<p>" + base::html_escaped(report.at) + ": " + totals(report) + "</p>\n";
  html += "<table><thead><tr><th>Result<th>Check<th>Requirements<th>Reason</tr></thead><tbody>\n";
  for (const CheckResult& check : report.checks) {
    const std::string result(to_string(check.result));
    html += "<tr><td class=\"" + result + "\">" + result + "<td>" + base::html_escaped(check.title) + "<br><code>" +
            base::html_escaped(check.id) + "</code><td>" + base::html_escaped(base::joined(check.proves)) + "<td>" +
            base::html_escaped(check.reason);
    if (!check.exchange.empty()) {
      html += "<details><summary>What was asked and answered</summary><pre>" + base::html_escaped(check.exchange) +
              "</pre></details>";
    }
    html += "</tr>\n";
  }
  html += "</tbody></table>\n<h2>Must-support elements</h2>\n<p>Seen " + std::to_string(report.must_support_seen) +
          " of " + std::to_string(report.must_support_total) + ". Not seen:</p>\n<ul>\n";
  for (const std::string& title : report.must_support_missing)
    html += "<li><code>" + base::html_escaped(title) + "</code></li>\n";
  return html + "</ul>\n</body></html>\n";
}

}  // namespace pas::conformance
