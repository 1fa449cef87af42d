#include "mappings/inputs/answers.h"

namespace pas::inputs {

// As deep as the document, which json::Limits bound.
void Answers::add_items(json::Node parent) {
  for (const json::Node item : parent["item"]) {
    for (const json::Node answer : item["answer"]) {
      for (const json::Node member : answer) {
        if (member.key().starts_with("value")) values_[item["linkId"].text()].push_back(member);
      }
      add_items(answer);
    }
    add_items(item);
  }
}

const std::vector<json::Node>& Answers::find(std::string_view link_id) const {
  static const std::vector<json::Node> kNone;
  const auto found = values_.find(link_id);
  return found == values_.end() ? kNone : found->second;
}

}  // namespace pas::inputs
