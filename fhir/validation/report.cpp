#include "fhir/validation/report.h"

#include <algorithm>
#include <utility>

namespace pas::validation {

namespace {

// Cuts a text between characters, so that what a sender wrote cannot make a report large.
void shorten(std::string& text) {
  constexpr std::size_t kLimit = 2000;
  if (text.size() <= kLimit) return;
  std::size_t end = kLimit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  text.shrink_to_fit();
  text += "…";
}

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kInformation:
      break;
  }
  return "information";
}

std::string_view to_string(IssueType type) {
  switch (type) {
    case IssueType::kInvalid:
      return "invalid";
    case IssueType::kStructure:
      return "structure";
    case IssueType::kRequired:
      return "required";
    case IssueType::kValue:
      return "value";
    case IssueType::kInvariant:
      return "invariant";
    case IssueType::kLogin:
      return "login";
    case IssueType::kForbidden:
      return "forbidden";
    case IssueType::kSecurity:
      return "security";
    case IssueType::kProcessing:
      return "processing";
    case IssueType::kNotSupported:
      return "not-supported";
    case IssueType::kDuplicate:
      return "duplicate";
    case IssueType::kNotFound:
      return "not-found";
    case IssueType::kTooLong:
      return "too-long";
    case IssueType::kCodeInvalid:
      return "code-invalid";
    case IssueType::kExtension:
      return "extension";
    case IssueType::kTooCostly:
      return "too-costly";
    case IssueType::kBusinessRule:
      return "business-rule";
    case IssueType::kConflict:
      return "conflict";
    case IssueType::kThrottled:
      return "throttled";
    case IssueType::kInformational:
      break;
  }
  return "informational";
}

bool Report::takes(Severity severity) const {
  return issues_.size() < cap_ || (severity == Severity::kError && kept_errors_ < cap_);
}

void Report::leave_out(Severity severity) {
  if (severity == Severity::kError) ++errors_;
  ++left_out_;
}

void Report::add(Issue issue) {
  if (!takes(issue.severity)) return leave_out(issue.severity);
  if (issues_.size() == cap_) {  // an error takes the place of the last issue that is none
    const auto lesser = std::find_if(issues_.rbegin(), issues_.rend(),
                                     [](const Issue& kept) { return kept.severity != Severity::kError; });
    issues_.erase(std::next(lesser).base());
    ++left_out_;
  }
  if (issue.severity == Severity::kError) {
    ++errors_;
    ++kept_errors_;
  }
  shorten(issue.expression);
  shorten(issue.message);
  issues_.push_back(std::move(issue));
}

void Report::add(Severity severity, IssueType type, std::string_view rule, json::Node place, std::string message,
                 std::string_view member) {
  if (!takes(severity)) return leave_out(severity);  // a path is not free
  std::string expression = place.path(top_);
  if (!member.empty()) expression.append(expression.empty() ? "" : ".").append(member);
  // A primitive's extensions are its own in FHIRPath: criteria.extension, where JSON has _criteria.
  for (auto at = expression.find("._"); at != std::string::npos; at = expression.find("._", at)) {
    expression.erase(at + 1, 1);
  }
  add({severity, type, std::string(rule), std::move(expression), std::move(message),
       place ? std::optional(place.offset()) : std::nullopt});
}

void Report::append(Report other) {
  for (Issue& issue : other.issues_) add(std::move(issue));
  errors_ += other.errors_ - other.kept_errors_;
  left_out_ += other.left_out_;
}

void Report::sort() {
  std::ranges::stable_sort(issues_, {}, &Issue::severity);
}

void Report::locate(std::string_view source) {
  std::vector<Issue*> placed;
  for (Issue& issue : issues_) {
    if (issue.offset && *issue.offset <= source.size()) placed.push_back(&issue);
  }
  std::ranges::sort(placed, {}, [](const Issue* issue) { return *issue->offset; });
  std::size_t line = 1;
  std::size_t line_start = 0;
  for (Issue* issue : placed) {
    for (std::size_t end = source.find('\n', line_start); end < *issue->offset; end = source.find('\n', line_start)) {
      line_start = end + 1;
      ++line;
    }
    issue->location = json::Location{line, *issue->offset - line_start + 1};
  }
}

void Report::soften_after(std::size_t kept) {
  if (issues_.size() >= cap_) return;
  for (std::size_t i = kept; i < issues_.size(); ++i) {
    if (issues_[i].severity != Severity::kError) continue;
    issues_[i].severity = Severity::kWarning;
    --errors_;
    --kept_errors_;
  }
}

Issue issue_of(const json::ParseError& error, std::string_view source) {
  IssueType type = IssueType::kStructure;
  if (error.kind == json::ParseError::Kind::kDuplicateKey) type = IssueType::kDuplicate;
  if (error.kind == json::ParseError::Kind::kTooDeep || error.kind == json::ParseError::Kind::kTooLarge) {
    type = IssueType::kTooCostly;
  }
  std::string message = "The body is not JSON that can be read: " + error.message;
  if (source.empty()) {
    message += " (at byte " + std::to_string(error.offset) + ").";
  } else {
    const json::Location at = json::locate(source, error.offset);
    message += " (line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ", byte " +
               std::to_string(error.offset) + ").";
  }
  return {Severity::kError, type, "JSON", {}, std::move(message), error.offset};
}

}  // namespace pas::validation
