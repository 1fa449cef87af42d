#include "mappings/decision/text.h"

#include <algorithm>

#include "mappings/inputs/catalog.h"

namespace pas::decision {

std::string readable(json::Node value) {
  switch (value.kind()) {
    case json::Kind::kTrue:
      return "yes";
    case json::Kind::kFalse:
      return "no";
    case json::Kind::kArray: {
      std::vector<std::string> codes;
      for (const json::Node element : value) {
        if (element["code"].is_string()) codes.emplace_back(element["code"].text());
      }
      if (!codes.empty() || value.size() == 0) return codes.empty() ? "none" : enumerated(codes);
      return std::to_string(value.size()) + (value.size() == 1 ? " document" : " documents");
    }
    case json::Kind::kObject:
      return value["code"].is_string() ? std::string(value["code"].text()) : value.to_json();
    default:
      return std::string(value.text());
  }
}

std::string readable(std::string_view json) {
  const auto document = json::Document::parse(std::string(json));
  return document ? readable(document->root()) : std::string(json);
}

std::string readable(const inputs::Input& input) {
  if (input.state == inputs::State::kKnown) return readable(std::string_view(input.value));
  return input.state == inputs::State::kConflict ? "in conflict" : "not known";
}

std::vector<std::string> titles_of(const std::vector<std::string>& names, const inputs::Catalog& catalog) {
  std::vector<std::string> titles;
  for (const std::string& name : names) {
    const inputs::InputDefinition* input = catalog.read_by(name);
    const std::string& title = input == nullptr || input->title.empty() ? name : input->title;
    if (std::find(titles.begin(), titles.end(), title) == titles.end()) titles.push_back(title);
  }
  return titles;
}

std::string enumerated(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

std::string fill(const policy::Template& text, const inputs::InputSet& inputs,
                 const std::vector<std::pair<std::string_view, std::string>>& others) {
  std::string filled;
  for (const policy::Template::Part& part : text.parts) {
    if (!part.is_placeholder) {
      filled += part.text;
      continue;
    }
    const auto other =
        std::find_if(others.begin(), others.end(), [&part](const auto& o) { return o.first == part.text; });
    if (other != others.end()) {
      filled += other->second;
    } else if (const inputs::Input* input = inputs.find(part.text)) {
      filled += readable(*input);
    } else {
      filled += "not known";
    }
  }
  return filled;
}

}  // namespace pas::decision
