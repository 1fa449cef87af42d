#include "adapter/cli/issue_text.h"

#include <algorithm>

#include "fhir/base/text.h"

namespace pas::cli {
namespace {

using validation::Issue;
using validation::Severity;

constexpr std::size_t kExcerptWidth = 100;  // columns of the source's line
constexpr std::size_t kBeforeElement = 40;  // of them, at least, before the element where the line is longer

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

class TextWriter {
 public:
  TextWriter(std::string_view source, const TextStyle& style) : source_(source), style_(style) {}

  void verdict(std::string_view file, const validation::Report& report) {
    const auto count = [&](Severity severity) {
      return std::ranges::count(report.issues(), severity, &Issue::severity);
    };
    text_.append(painted("1", base::printable(file))).append(": ");
    text_.append(report.has_errors() ? painted("31", "invalid") : painted("32", "valid"));
    const auto add = [this](std::size_t number, std::string_view name, const char* separator) {
      text_.append(separator).append(std::to_string(number)).append(" ").append(name);
      if (number != 1) text_.append("s");
    };
    add(report.errors(), "error", ", ");
    add(static_cast<std::size_t>(count(Severity::kWarning)), "warning", ", ");
    text_ += '\n';
  }

  void issue(const Issue& issue) {
    text_.append("  ").append(painted(color_of(issue.severity), to_string(issue.severity)));
    if (!issue.expression.empty()) text_.append(" ").append(painted("1", base::printable(issue.expression)));
    if (issue.location) {
      text_.append(" (").append(std::to_string(issue.location->line)).append(":");
      text_.append(std::to_string(issue.location->column)).append(")");
    }
    if (!issue.rule.empty()) text_.append(" ").append(painted("2", "[" + base::printable(issue.rule) + "]"));
    text_.append("\n    ").append(base::printable(issue.message)).append("\n");
    if (style_.excerpts && issue.location) excerpt(*issue.offset, issue.location->line);
  }

  void left_out(std::size_t count) {
    if (count > 0) text_.append("  and ").append(std::to_string(count)).append(" more\n");
  }

  std::string take() && { return std::move(text_); }

 private:
  static std::string_view color_of(Severity severity) {
    if (severity == Severity::kError) return "31";
    return severity == Severity::kWarning ? "33" : "36";
  }

  std::string painted(std::string_view code, std::string_view text) const {
    if (!style_.colors) return std::string(text);
    return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
  }

  // The part of the line around the element, and a caret under it.
  void excerpt(std::size_t offset, std::size_t line) {
    if (offset >= source_.size()) return;
    const std::size_t before = offset == 0 ? std::string_view::npos : source_.rfind('\n', offset - 1);
    std::size_t start = before == std::string_view::npos ? 0 : before + 1;
    const std::size_t end = std::min(source_.find('\n', offset), source_.size());
    if (end - start > kExcerptWidth && offset - start > kBeforeElement) start = offset - kBeforeElement;
    while (start < offset && is_continuation(source_[start])) ++start;
    std::size_t stop = std::min(end, start + kExcerptWidth);
    while (stop < end && is_continuation(source_[stop])) ++stop;
    const std::string number = std::to_string(line);
    const std::string lead = base::printable(source_.substr(start, offset - start));
    const auto width =
        static_cast<std::size_t>(std::count_if(lead.begin(), lead.end(), [](char c) { return !is_continuation(c); }));
    text_.append("    ").append(painted("2", number + " | "));
    text_.append(lead).append(base::printable(source_.substr(offset, stop - offset))).append("\n    ");
    text_.append(painted("2", std::string(number.size(), ' ') + " | "));
    text_.append(std::string(width, ' ')).append(painted("1;31", "^")).append("\n");
  }

  std::string_view source_;
  const TextStyle& style_;
  std::string text_;
};

}  // namespace

std::string report_text(std::string_view file, const validation::Report& report, std::string_view source,
                        const TextStyle& style) {
  TextWriter out(source, style);
  out.verdict(file, report);
  for (const Issue& issue : report.issues()) out.issue(issue);
  out.left_out(report.left_out());
  return std::move(out).take();
}

}  // namespace pas::cli
