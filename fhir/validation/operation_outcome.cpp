#include "fhir/validation/operation_outcome.h"

#include <utility>

#include "fhir/json/writer.h"

namespace pas::validation {
namespace {

std::string place_in_words(const Issue& issue) {
  if (!issue.location) return "byte " + std::to_string(*issue.offset);
  return "line " + std::to_string(issue.location->line) + ", column " + std::to_string(issue.location->column);
}

void write_issue(json::Writer& out, const Issue& issue) {
  out.begin_object();
  out.member("severity", to_string(issue.severity));
  out.member("code", to_string(issue.type));
  out.key("details").begin_object().member("text", issue.message).end_object();
  std::string diagnostics = issue.rule.empty() ? "" : "Rule: " + issue.rule;
  if (issue.offset) {
    diagnostics.append(diagnostics.empty() ? "" : "; ").append(place_in_words(issue));
  }
  if (!diagnostics.empty()) out.member("diagnostics", diagnostics);
  if (!issue.expression.empty()) out.key("expression").begin_array().string(issue.expression).end_array();
  out.end_object();
}

}  // namespace

std::string to_operation_outcome(const Report& report) {
  json::Writer out;
  out.begin_object().member("resourceType", "OperationOutcome").key("issue").begin_array();
  for (const Issue& issue : report.issues()) write_issue(out, issue);
  if (report.left_out() > 0) {
    write_issue(out, {Severity::kInformation,
                      IssueType::kInformational,
                      {},
                      {},
                      "And " + std::to_string(report.left_out()) + " more that are not listed."});
  } else if (report.issues().empty()) {
    write_issue(out, {Severity::kInformation, IssueType::kInformational, {}, {}, "All OK"});
  }
  out.end_array().end_object();
  return std::move(out).take();
}

}  // namespace pas::validation
