#include "fhir/fhirpath/diagnostic.h"

#include <algorithm>
#include <stdexcept>

namespace pas::fhirpath {
namespace {

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

struct Line {
  std::string_view text;
  std::size_t number = 1;  // 1-based
  std::size_t column = 0;  // bytes before the position
};

Line line_at(std::string_view expression, std::size_t position) {
  position = std::min(position, expression.size());
  const std::string_view before = expression.substr(0, position);
  const std::size_t newline = before.rfind('\n');
  const std::size_t start = newline == std::string_view::npos ? 0 : newline + 1;
  const std::size_t end = std::min(expression.find('\n', position), expression.size());
  return {expression.substr(start, end - start), 1 + static_cast<std::size_t>(std::ranges::count(before, '\n')),
          position - start};
}

}  // namespace

std::string Diagnostic::place(std::string_view expression) const {
  const Line line = line_at(expression, position);
  const auto before = line.text.substr(0, line.column);
  const auto column = 1 + std::count_if(before.begin(), before.end(), [](char c) { return !is_continuation(c); });
  return "line " + std::to_string(line.number) + ", column " + std::to_string(column);
}

std::string Diagnostic::caret(std::string_view expression) const {
  const Line line = line_at(expression, position);
  std::string text(line.text);
  std::ranges::replace(text, '\r', ' ');
  text += '\n';
  for (const char c : line.text.substr(0, line.column)) {
    if (!is_continuation(c)) text += c == '\t' ? '\t' : ' ';  // a tab is as wide here as above
  }
  return text + '^';
}

void throw_exception_from_error(const Diagnostic& diagnostic, const boost::source_location&) {
  throw std::logic_error("unchecked FHIRPath diagnostic: " + diagnostic.message);
}

}  // namespace pas::fhirpath
