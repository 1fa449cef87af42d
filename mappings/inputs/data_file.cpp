#include "mappings/inputs/data_file.h"

#include <algorithm>

namespace pas::inputs {
namespace {

std::string_view name_of(json::Kind kind) {
  switch (kind) {
    case json::Kind::kString:
      return "a string";
    case json::Kind::kNumber:
      return "a number";
    case json::Kind::kArray:
      return "a list";
    case json::Kind::kObject:
      return "an object";
    case json::Kind::kTrue:
    case json::Kind::kFalse:
      return "true or false";
    default:
      return "null";
  }
}

bool is_kind(json::Node node, json::Kind kind) {
  if (kind == json::Kind::kTrue || kind == json::Kind::kFalse) return node.is_boolean();
  return node.kind() == kind;
}

// Where the unescaped byte `position` of a string literal stands in the source; `at` is just after the opening quote.
std::size_t source_offset(std::string_view source, std::size_t at, std::size_t position) {
  while (position > 0 && at < source.size() && source[at] != '"') {
    std::size_t written = 1;
    std::size_t unescaped = 1;
    if (source[at] == '\\') {
      written = at + 1 < source.size() && source[at + 1] == 'u' ? 6 : 2;
      if (written == 6) {
        unescaped = 2;  // a guess between one and three bytes: a caret may be one place off
      }
    }
    at += written;
    position -= std::min(position, unescaped);
  }
  return std::min(at, source.size());
}

}  // namespace

DataFile::DataFile(std::string_view text, std::string_view file) : text_(text), file_(file) {
  auto parsed = json::Document::parse(std::string(text));
  if (parsed) {
    document_.emplace(std::move(*parsed));
    if (!root().is_object()) error(root(), "the file must be one JSON object");
  } else {
    errors_.push_back(load_error(file_, text_, parsed.error().offset, "not JSON: " + parsed.error().message));
  }
}

void DataFile::error(json::Node at, std::string message) {
  errors_.push_back(load_error(file_, text_, at.offset(), std::move(message)));
}

void DataFile::error_at_key(json::Node member, std::string message) {
  // The name stands before the value, with white space and a colon between: search backwards for its closing quote.
  std::size_t at = member.offset();
  if (member.is_string() && at > 0) --at;  // the value's own opening quote
  const std::size_t colon = text_.substr(0, at).rfind(':');
  const std::size_t close = colon == std::string_view::npos ? colon : text_.substr(0, colon).rfind('"');
  if (close != std::string_view::npos && close >= member.key().size()) at = close - member.key().size();
  errors_.push_back(load_error(file_, text_, at, std::move(message)));
}

void DataFile::error_inside(json::Node string, std::size_t position, std::string message) {
  errors_.push_back(load_error(file_, text_, source_offset(text_, string.offset(), position), std::move(message)));
}

json::Node DataFile::require(json::Node object, std::string_view name, json::Kind kind) {
  if (!object.is_object()) return {};
  if (!object[name]) {
    error(object, "\"" + std::string(name) + "\" is missing here");
    return {};
  }
  return optional(object, name, kind);
}

json::Node DataFile::optional(json::Node object, std::string_view name, json::Kind kind) {
  const json::Node member = object[name];
  if (!member || is_kind(member, kind)) return member;
  error(member, "\"" + std::string(name) + "\" must be " + std::string(name_of(kind)));
  return {};
}

void DataFile::allow_only(json::Node object, std::initializer_list<std::string_view> names) {
  for (const json::Node member : object) {
    if (std::find(names.begin(), names.end(), member.key()) != names.end()) continue;
    error_at_key(member, "unknown member \"" + std::string(member.key()) + "\"; allowed: " + one_of(names));
  }
}

}  // namespace pas::inputs
