#pragma once
// The answers of a request's QuestionnaireResponses by link id, however deep they stand. Views into the bundle.

#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/json/document.h"

namespace pas::inputs {

class Answers {
 public:
  void add(json::Node questionnaire_response) { add_items(questionnaire_response); }
  // The value[x] elements, in the order of the responses.
  const std::vector<json::Node>& find(std::string_view link_id) const;

 private:
  void add_items(json::Node parent);
  std::unordered_map<std::string_view, std::vector<json::Node>> values_;
};

}  // namespace pas::inputs
