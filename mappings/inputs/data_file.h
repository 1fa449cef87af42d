#pragma once
// A JSON data file while it is checked: its text, its nodes, and the mistakes found so far, each with its place.

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/json/document.h"
#include "mappings/inputs/load_error.h"

namespace pas::inputs {

class DataFile {
 public:
  // Not JSON: root() is absent and the mistake is noted.
  DataFile(std::string_view text, std::string_view file);

  json::Node root() const { return document_ ? document_->root() : json::Node{}; }
  std::string_view file() const { return file_; }

  void error(json::Node at, std::string message);
  // At a member's name.
  void error_at_key(json::Node member, std::string message);
  // At a position within a string's unescaped text.
  void error_inside(json::Node string, std::size_t position, std::string message);
  bool ok() const { return errors_.empty(); }
  LoadErrors take_errors() { return std::move(errors_); }

  // The member of an object, of the kind that is asked for; a missing or other one is a mistake and comes back absent.
  json::Node require(json::Node object, std::string_view name, json::Kind kind);
  // The same, but a missing one is no mistake.
  json::Node optional(json::Node object, std::string_view name, json::Kind kind);
  // Notes members that none of the names allows.
  void allow_only(json::Node object, std::initializer_list<std::string_view> names);

 private:
  std::string_view text_;
  std::string_view file_;
  std::optional<json::Document> document_;
  LoadErrors errors_;
};

// "a, b or c", for messages.
template <class Names>
std::string one_of(const Names& names) {
  std::string text;
  std::size_t left = std::size(names);
  for (const auto& name : names) {
    --left;
    text.append(name);
    if (left > 0) text += left == 1 ? " or " : ", ";
  }
  return text;
}

}  // namespace pas::inputs
