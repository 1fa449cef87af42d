#pragma once
// A resource written again with one thing changed.

#include <string>
#include <vector>

#include "fhir/json/document.h"
#include "tests/fhir/validation/mutations.h"

namespace pas::support {

// What becomes of one node of the document: another value, another name, nothing, or members added.
struct Edit {
  json::Node at;
  enum class Kind { kReplace, kRename, kRemove, kAddMember, kAddFirst, kReverse } kind = Kind::kReplace;
  std::string name;   // of a renamed or added member
  std::string value;  // JSON
};

// The resource as JSON text, with the edit made.
std::string edited(json::Node resource, const Edit& edit);

// Collects mutations of one resource.
class Maker {
 public:
  Maker(json::Node resource, std::vector<Mutation>& into) : resource_(resource), into_(into) {}

  void add(std::string kind, std::string path, const Edit& edit) {
    into_.push_back({std::move(kind), edited(resource_, edit), std::move(path)});
  }

 private:
  json::Node resource_;
  std::vector<Mutation>& into_;
};

}  // namespace pas::support
