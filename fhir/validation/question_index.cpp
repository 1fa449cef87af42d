#include "fhir/validation/question_index.h"

namespace pas::validation {
namespace {

// Equal for an option and the answer that chooses it.
std::string option_key(json::Node value) {
  std::string key(value.key());
  if (value.key() == "valueCoding") {
    key.append("\n").append(value["system"].text()).append("\n").append(value["code"].text());
  } else if (value.key() == "valueReference") {
    key.append("\n").append(value["reference"].text());
  } else {
    key.append("\n").append(value.text());
  }
  return key;
}

}  // namespace

json::Node answer_value(json::Node element) {
  for (const json::Node member : element) {
    if (member.key().starts_with("value")) return member;
  }
  return {};
}

void QuestionIndex::add_questionnaire(json::Node resource) {
  by_canonical_.try_emplace("");  // so that they are looked for once, also where there are none
  if (resource["resourceType"].text() != "Questionnaire") return;
  const std::string url(resource["url"].text());
  if (url.empty()) return;
  by_canonical_.try_emplace(url, resource);
  by_canonical_.try_emplace(url + "|" + std::string(resource["version"].text()), resource);
}

json::Node QuestionIndex::find_questionnaire(std::string_view canonical) const {
  auto found = by_canonical_.find(std::string(canonical));
  if (found == by_canonical_.end()) {
    const std::size_t bar = canonical.find('|');
    if (bar == std::string_view::npos) return {};
    found = by_canonical_.find(std::string(canonical.substr(0, bar + 1)));
  }
  return found == by_canonical_.end() ? json::Node{} : found->second;
}

void QuestionIndex::open(json::Node questionnaire) {
  if (questionnaire == opened_) return;
  opened_ = questionnaire;
  lists_.clear();
  options_.clear();
}

const QuestionList& QuestionIndex::below(json::Node holder) {
  const auto [found, is_new] = lists_.try_emplace(holder.id());
  QuestionList& list = found->second;
  if (!is_new) return list;
  for (const json::Node item : holder["item"]) {
    list.by_link.try_emplace(item["linkId"].text(), list.items.size());
    list.items.push_back(item);
  }
  return list;
}

bool QuestionIndex::is_option(json::Node question, json::Node answer) {
  const auto [found, is_new] = options_.try_emplace(question.id());
  if (is_new) {
    for (const json::Node option : question["answerOption"]) found->second.insert(option_key(answer_value(option)));
  }
  return found->second.contains(option_key(answer));
}

bool QuestionIndex::spend(std::size_t comparisons) {
  if (comparisons > comparisons_left_) return false;
  comparisons_left_ -= comparisons;
  return true;
}

}  // namespace pas::validation
