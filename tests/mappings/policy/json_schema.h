#pragma once
// The part of JSON Schema (2020-12) that the schemas of docs/schema use, to hold them against files.

#include <set>
#include <string>
#include <string_view>

#include "fhir/json/document.h"

namespace pas::support {

class JsonSchema {
 public:
  // The node must outlive it. An unknown keyword fails the test.
  explicit JsonSchema(json::Node root) : root_(root) {}

  // Where and why the value does not conform; empty when it does.
  std::string fault(json::Node value);

  // Names of properties that no value checked so far has had, each with the definition that it stands in.
  std::set<std::string> unused_properties() const;

 private:
  using Used = std::set<std::uint32_t>;  // ids of property schemas

  std::string check(json::Node schema, json::Node value, Used& used) const;
  std::string check_object(json::Node schema, json::Node value, Used& used) const;
  std::string check_one_of(json::Node schema, json::Node value, Used& used) const;
  void list_properties(json::Node schema, const std::string& place, std::set<std::string>& unused) const;

  json::Node root_;
  Used used_;
};

}  // namespace pas::support
