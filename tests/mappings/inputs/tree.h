#pragma once
// A JSON value that a test case changes before it is parsed again.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/json/document.h"

namespace pas::cases {

struct Tree {
  explicit Tree(json::Node node);
  Tree() = default;

  json::Kind kind = json::Kind::kNull;
  std::string text;                                   // of a scalar, as JSON
  std::vector<std::pair<std::string, Tree>> members;  // of an object; of a list with empty names

  Tree* find(std::string_view name);
  Tree& member(std::string_view name);  // made when absent
  // "item[0].modifier": made where absent; an index may be one past the end.
  Tree& at(std::string_view path);
  void erase(std::string_view path);
  void append(Tree element);

  // {"$base64": "text"} becomes the text in base64, {"$sha1": "text"} the hash of the text as FHIR writes it,
  // {"$size": "text"} the number of its bytes.
  void expand();

  std::string to_json() const;
};

}  // namespace pas::cases
