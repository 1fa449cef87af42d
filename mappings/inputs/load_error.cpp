#include "mappings/inputs/load_error.h"

#include <algorithm>
#include <stdexcept>

#include "fhir/json/document.h"

namespace pas::inputs {
namespace {

constexpr std::size_t kCaretWidth = 100;  // bytes of a line that are shown

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

}  // namespace

std::string to_string(const LoadError& error) {
  std::string text = error.file + ":" + std::to_string(error.line) + ":" + std::to_string(error.column) + ": ";
  text += error.message;
  if (!error.caret.empty()) text.append("\n").append(error.caret);
  return text;
}

LoadError load_error(std::string_view file, std::string_view source, std::size_t offset, std::string message) {
  offset = std::min(offset, source.size());
  const json::Location location = json::locate(source, offset);
  const std::size_t line_start = offset - (location.column - 1);
  std::size_t line_end = source.find('\n', offset);
  if (line_end == std::string_view::npos) line_end = source.size();
  if (line_end > line_start && source[line_end - 1] == '\r') line_end = std::max(offset, line_end - 1);

  std::size_t from = line_start;
  if (offset - line_start > kCaretWidth / 2) from = offset - kCaretWidth / 2;
  while (from < offset && is_continuation(source[from])) ++from;
  std::size_t to = std::min(line_end, from + kCaretWidth);
  while (to > from && to < line_end && is_continuation(source[to])) --to;

  LoadError error{std::string(file), location.line, location.column, std::move(message), {}};
  error.caret = source.substr(from, to - from);
  error.caret += '\n';
  for (std::size_t i = from; i < offset; ++i) {
    if (!is_continuation(source[i])) error.caret += source[i] == '\t' ? '\t' : ' ';
  }
  error.caret += '^';
  return error;
}

void throw_exception_from_error(const LoadErrors& errors, const boost::source_location&) {
  throw std::logic_error("unchecked load: " + (errors.empty() ? std::string("no error") : to_string(errors.front())));
}

}  // namespace pas::inputs
