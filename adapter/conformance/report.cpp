#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

void write_requirements(json::Writer& out, const CheckResult& check) {
  out.key("requirements").begin_object();
  for (const std::string& id : check.proves) {
    if (!requirement(id).empty()) out.member(id, requirement(id));
  }
  out.end_object();
}

std::string totals(const Report& report) {
  return std::to_string(report.count(Result::kPassed)) + " passed, " + std::to_string(report.count(Result::kFailed)) +
         " failed, " + std::to_string(report.count(Result::kSkipped)) + " skipped";
}

constexpr std::string_view kHead = R"html(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>PAS conformance</title><style>
html{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.4rem;border-bottom:1px solid #8886}
th:first-child,td:first-child{white-space:nowrap;overflow-wrap:normal}
td:last-child{width:30%;font-size:13px}td p{margin:.3rem 0;white-space:pre-wrap}
pre{white-space:pre-wrap;font-size:13px;max-height:30rem;overflow:auto;border-left:3px solid #8886;padding-left:.6rem}
.failed{color:#b71c1c;font-weight:bold}.passed{color:#2e7d32}
@media(prefers-color-scheme:dark){.failed{color:#ff8a80}.passed{color:#81c784}}
@media(max-width:40rem){thead{display:none}td,td:last-child{display:block;width:auto;border:0;padding:.1rem 0}
tr{display:block;border-bottom:1px solid #8886;padding:.5rem 0}}
</style></head><body>
)html";

// The text with its JSON, which starts a line, on a line for each value.
std::string indented(std::string_view text) {
  const auto start = text.find("\n{");
  if (start == std::string_view::npos) return std::string(text);
  std::string lines(text.substr(0, start + 1));
  std::size_t depth = 0;
  bool is_string = false;
  for (std::size_t i = start + 1; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') is_string = !is_string;
    if (!is_string && (c == '}' || c == ']') && depth > 0) lines.append("\n").append(2 * --depth, ' ');
    lines += c;
    if (is_string && c == '\\' && i + 1 < text.size()) lines += text[++i];
    if (is_string) continue;
    if (c == '{' || c == '[') ++depth;
    if (c == '{' || c == '[' || c == ',') lines.append("\n").append(2 * depth, ' ');
    if (c == ':') lines += ' ';
  }
  return lines;
}

std::string row_of(const CheckResult& check) {
  const std::string result(to_string(check.result));
  std::string row = "<tr><td class=\"" + result + "\">" + result + "<td>" + base::html_escaped(check.title) +
                    " <code>" + base::html_escaped(check.id) + "</code>";
  if (!check.reason.empty()) row += "<p>" + base::html_escaped(check.reason) + "</p>";
  for (const auto& [title, text] : {std::pair("Asked", &check.asked), {"Answered", &check.answered}}) {
    if (text->empty()) continue;
    row += "<details><summary>" + std::string(title) + "</summary><pre>" + base::html_escaped(indented(*text)) +
           "</pre></details>";
  }
  row += "<td>";
  for (const std::string& id : check.proves) {
    row += "<code>" + base::html_escaped(id) + "</code> " + base::html_escaped(requirement(id)) + "<br>";
  }
  return row + "</tr>\n";
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
    if (check.result == Result::kFailed) text.append(": ").append(check.title);
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
    if (check.result == Result::kFailed) write_requirements(out, check);
    if (!check.reason.empty()) out.member("reason", check.reason);
    if (!check.asked.empty()) out.member("asked", check.asked);
    if (!check.answered.empty()) out.member("answered", check.answered);
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
  std::string html = std::string(kHead) + "<h1>PAS " + base::html_escaped(report.version) + " at " +
                     base::html_escaped(report.base_url) + "</h1>\n<p>" + base::html_escaped(report.at) + ": " +
                     totals(report) +
                     "</p>\n<table><thead><tr><th>Result<th>Check<th>Requirements</tr></thead><tbody>\n";
  for (const Result result : {Result::kFailed, Result::kSkipped, Result::kPassed}) {
    for (const CheckResult& check : report.checks) {
      if (check.result == result) html += row_of(check);
    }
  }
  html += "</tbody></table>\n<h2>Must-support elements</h2>\n<p>Seen " + std::to_string(report.must_support_seen) +
          " of " + std::to_string(report.must_support_total) + ". Not seen:</p>\n<ul>\n";
  for (const std::string& title : report.must_support_missing)
    html += "<li><code>" + base::html_escaped(title) + "</code></li>\n";
  return html + "</ul>\n</body></html>\n";
}

}  // namespace pas::conformance
