#pragma once
// What is wrong with what a sender gave us: issues with their place, the rule they break and how to repair them. A
// report is collected in one pass and turned into one OperationOutcome (operation_outcome.h); it is never an exception.
//
// Errors refuse the resource. Warnings do not: they are shown to the sender next to the answer. Information is for the
// sender's comfort only.
// A report keeps at most `cap` issues, errors before the others, and counts what it left out, so that a hostile body
// cannot make us hold or send back an unbounded list; texts are cut at 2000 bytes. Issues own their strings; one thread
// at a time.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/document.h"

namespace pas::validation {

enum class Severity : std::uint8_t { kError, kWarning, kInformation };

// The codes of http://hl7.org/fhir/issue-type (R4) that are in use here.
enum class IssueType : std::uint8_t {
  kInvalid,
  kStructure,
  kRequired,
  kValue,
  kInvariant,
  kLogin,
  kForbidden,
  kSecurity,
  kProcessing,
  kNotSupported,
  kDuplicate,
  kNotFound,
  kTooLong,
  kCodeInvalid,
  kExtension,
  kTooCostly,
  kBusinessRule,
  kConflict,
  kThrottled,
  kInformational,
};

std::string_view to_string(Severity severity);
std::string_view to_string(IssueType type);

struct Issue {
  Severity severity = Severity::kError;
  IssueType type = IssueType::kInvalid;
  std::string rule;        // "PAS spec-22", "Claim.item.sequence", "FHIR bdl-7"
  std::string expression;  // indexed FHIRPath of the element, or of where it belongs; empty for the whole body
  std::string message;     // what was found, what is allowed, how to repair it
  std::optional<std::size_t> offset = std::nullopt;       // of the element in the body, in bytes
  std::optional<json::Location> location = std::nullopt;  // the same as line and column, once located
};

class Report {
 public:
  static constexpr std::size_t kDefaultCap = 200;

  // Expressions start at `top`, for a Bundle inside Parameters; absent: at the document's root.
  explicit Report(json::Node top = {}, std::size_t cap = kDefaultCap) : top_(top), cap_(cap) {}

  void add(Issue issue);
  // An issue at `place`, or at its member `member` where the element is missing.
  void add(Severity severity, IssueType type, std::string_view rule, json::Node place, std::string message,
           std::string_view member = {});
  // Whether add() would keep an issue of this severity; leave_out() counts one without making it.
  bool takes(Severity severity) const;
  void leave_out(Severity severity);
  // All of another report, its left-out count too.
  void append(Report other);
  // Errors first, then warnings; each as they were found.
  void sort();
  // Gives every issue with an offset its line and column in `source`, the body as it was received. One pass over it.
  void locate(std::string_view source);
  // Makes warnings of the errors after the first `kept` issues. Leaves a full report as it is.
  void soften_after(std::size_t kept);

  const std::vector<Issue>& issues() const { return issues_; }
  std::size_t errors() const { return errors_; }      // found, kept or not
  std::size_t left_out() const { return left_out_; }  // found and not kept
  bool has_errors() const { return errors_ > 0; }

 private:
  json::Node top_;
  std::size_t cap_;
  std::vector<Issue> issues_;
  std::size_t errors_ = 0;
  std::size_t kept_errors_ = 0;
  std::size_t left_out_ = 0;
};

// The issue for a body that is not the JSON we take: rule "JSON", the byte offset, line and column in the message.
// `source` is the text as it was received, and may be empty where it is gone: then only the offset is told.
Issue issue_of(const json::ParseError& error, std::string_view source = {});

}  // namespace pas::validation
