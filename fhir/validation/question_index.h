#pragma once
// Questionnaires at hand and their questions, by hash: what a QuestionnaireResponse is checked against. For one
// validation; internal to this folder.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "fhir/json/document.h"

namespace pas::validation {

// The items directly below a Questionnaire or one of its items; of those with the same linkId the first is found.
struct QuestionList {
  std::vector<json::Node> items;
  std::unordered_map<std::string_view, std::size_t> by_link;
};

// The value[x] of an answer, an option or an extension.
json::Node answer_value(json::Node element);

class QuestionIndex {
 public:
  bool has_questionnaires() const { return !by_canonical_.empty(); }
  void add_questionnaire(json::Node resource);  // passes over what is none
  // By url or url|version; one without a version will do for any. Absent when it is not here.
  json::Node find_questionnaire(std::string_view canonical) const;

  // The questionnaire that the calls below are about.
  void open(json::Node questionnaire);
  const QuestionList& below(json::Node holder);
  bool is_option(json::Node question, json::Node answer);

  // False when so many questions and answers were compared already that the rest is left: a questionnaire with many
  // questions in a group that is answered many times.
  bool spend(std::size_t comparisons);

 private:
  std::unordered_map<std::string, json::Node> by_canonical_;
  json::Node opened_;
  std::unordered_map<std::uint32_t, QuestionList> lists_;                       // by the holder
  std::unordered_map<std::uint32_t, std::unordered_set<std::string>> options_;  // by the question
  std::size_t comparisons_left_ = 5'000'000;
};

}  // namespace pas::validation
