// A QuestionnaireResponse against its Questionnaire, where that is contained, in the bundle or given (FHIR R4
// QuestionnaireResponse 11.3.4). Whether an item is enabled is not decided here: what has enableWhen may be missing.

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

#include "fhir/definitions/canonical.h"
#include "fhir/validation/bounds.h"
#include "fhir/validation/walk.h"
#include "fhir/validation/wording.h"

namespace pas::validation {
namespace {

constexpr std::string_view kSdc = "http://hl7.org/fhir/uv/sdc/StructureDefinition/";
constexpr std::size_t kDeepestItems = 32;

bool is_group(json::Node question) {
  const std::string_view type = question["type"].text();
  return type == "group" || type == "display";
}

// Calls `use` with the value of each extension of that name.
template <class Use>
void each_extension(json::Node element, std::string_view base, std::string_view name, Use use) {
  for (const json::Node extension : element["extension"]) {
    const std::string_view url = extension["url"].text();
    if (url.starts_with(base) && url.substr(base.size()) == name) use(answer_value(extension));
  }
}

json::Node extension_value(json::Node element, std::string_view base, std::string_view name) {
  json::Node found;
  each_extension(element, base, name, [&](json::Node value) { found = value; });
  return found;
}

std::size_t number_of(json::Node node, std::size_t otherwise) {
  std::size_t value = otherwise;
  const std::string_view text = node.text();
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The answer's type by the question's (Questionnaire.item.type), where only one will do.
std::string_view answer_key(std::string_view type) {
  if (type == "boolean") return "valueBoolean";
  if (type == "decimal") return "valueDecimal";
  if (type == "integer") return "valueInteger";
  if (type == "date") return "valueDate";
  if (type == "dateTime") return "valueDateTime";
  if (type == "time") return "valueTime";
  if (type == "string" || type == "text") return "valueString";
  if (type == "url") return "valueUri";
  if (type == "attachment") return "valueAttachment";
  if (type == "reference") return "valueReference";
  if (type == "quantity") return "valueQuantity";
  return {};
}

}  // namespace

json::Node Walk::questionnaire_of(json::Node response) {
  const std::string_view canonical = response["questionnaire"].text();
  if (canonical.empty()) return {};
  if (canonical.starts_with('#')) return index_.resolve(canonical, response);
  if (!questions_.has_questionnaires()) {
    for (const json::Entry& entry : index_.entries()) questions_.add_questionnaire(entry.resource);
    for (const json::Node given : options_.questionnaires) questions_.add_questionnaire(given);
  }
  return questions_.find_questionnaire(canonical);
}

void Walk::check_questionnaire_response(json::Node response) {
  const json::Node questionnaire = questionnaire_of(response);
  if (!questionnaire || questionnaire["resourceType"].text() != "Questionnaire") return;
  const std::string_view status = response["status"].text();
  const bool is_finished = status == "completed" || status == "amended";
  questions_.open(questionnaire);
  check_answer_items(response, questionnaire, is_finished, 0);
}

void Walk::check_answer_items(json::Node parent, json::Node questions, bool is_finished, std::size_t depth) {
  if (depth > kDeepestItems || (parent["item"].size() == 0 && questions["item"].size() == 0)) return;
  const QuestionList& list = questions_.below(questions);
  if (!questions_.spend(parent["item"].size() + list.items.size())) {
    if (!costly_place_) std::tie(costly_rule_, costly_place_) = std::pair("Questionnaire.item", parent);
    return;
  }
  std::vector<AnswerCount> counts(list.items.size());
  std::size_t furthest = 0;
  for (const json::Node item : parent["item"]) {
    const std::string_view link = item["linkId"].text();
    const auto found = list.by_link.find(link);
    if (found == list.by_link.end()) {
      fault(Severity::kError, IssueType::kNotFound, "QuestionnaireResponse.item.linkId", item,
            [&] { return "The questionnaire has no item " + in_quotes(link) + " at this place."; });
      continue;
    }
    const std::size_t position = found->second;
    if (position < furthest) {
      fault(Severity::kError, IssueType::kStructure, "QuestionnaireResponse.item", item,
            [&] { return "The item " + in_quotes(link) + " stands after one that the questionnaire has behind it."; });
    }
    furthest = std::max(furthest, position);
    const json::Node question = list.items[position];
    AnswerCount& count = counts[position];
    ++count.items;
    count.last = item;
    count.answers += is_group(question) ? (item["item"].size() > 0 ? 1U : 0U) : item["answer"].size();
    check_answer_item(item, question, is_finished, depth);
  }
  for (const json::Node question : list.items) {
    check_answer_count(parent, question, counts[list.by_link.at(question["linkId"].text())], is_finished);
  }
}

void Walk::check_answer_count(json::Node parent, json::Node question, const AnswerCount& count, bool is_finished) {
  const std::string_view link = question["linkId"].text();
  const json::Node place = count.last ? count.last : parent;
  const std::size_t least =
      std::max<std::size_t>(question["required"].is_true() ? 1 : 0,
                            number_of(extension_value(question, definitions::kCoreBase, "questionnaire-minOccurs"), 0));
  const bool may_be_disabled = question["enableWhen"].size() > 0;
  if (is_finished && count.answers < least && (count.answers > 0 || !may_be_disabled)) {
    fault(Severity::kError, IssueType::kRequired, "Questionnaire.item.required", place, [&] {
      return "The item " + in_quotes(link) + " has " + std::to_string(count.answers) +
             " answers; the questionnaire requires at least " + std::to_string(least) + ".";
    });
  }
  const std::size_t most =
      question["repeats"].is_true()
          ? number_of(extension_value(question, definitions::kCoreBase, "questionnaire-maxOccurs"), SIZE_MAX)
          : 1;
  if (count.answers > most || (!is_group(question) && count.items > 1)) {
    fault(Severity::kError, IssueType::kStructure, "Questionnaire.item.repeats", place, [&] {
      return "The item " + in_quotes(link) + " is answered " + std::to_string(count.answers) + " times, in " +
             std::to_string(count.items) + " items; the questionnaire allows " +
             (most == SIZE_MAX ? std::string("any number, in one item") : std::to_string(most)) + ".";
    });
  }
}

void Walk::check_answer_item(json::Node item, json::Node question, bool is_finished, std::size_t depth) {
  const std::string_view type = question["type"].text();
  if (is_group(question) && item["answer"].size() > 0) {
    fault(Severity::kError, IssueType::kStructure, "Questionnaire.item.type", item,
          [&] { return "The questionnaire's item is a " + std::string(type) + ": it takes no answer."; });
  }
  if (is_group(question)) return check_answer_items(item, question, is_finished, depth + 1);
  if (item["item"].size() > 0) {
    fault(Severity::kError, IssueType::kStructure, "QuestionnaireResponse.item", item,
          [] { return std::string("Items below a question belong in its answer."); });
  }
  for (const json::Node answer : item["answer"]) {
    if (const json::Node value = answer_value(answer)) check_answer(value, question);
    check_answer_items(answer, question, is_finished, depth + 1);
  }
}

void Walk::check_answer(json::Node value, json::Node question) {
  const std::string_view type = question["type"].text();
  const bool is_choice = type == "choice" || type == "open-choice";
  const std::string_view key = answer_key(type);
  if (!key.empty() && value.key() != key) {
    return fault(Severity::kError, IssueType::kInvariant, "Questionnaire.item.type", value, [&] {
      return "The question is of type " + std::string(type) + ", which is answered by " + std::string(key) +
             "; found " + std::string(value.key()) + ".";
    });
  }
  const bool is_free_text = type == "open-choice" && value.key() == "valueString";
  if (question["answerOption"].size() > 0 && !is_free_text && !questions_.is_option(question, value)) {
    fault(Severity::kError, IssueType::kCodeInvalid, "Questionnaire.item.answerOption", value,
          [&] { return "The answer is none of the questionnaire's options."; });
  }
  const std::string_view set_url = question["answerValueSet"].text();
  if (is_choice && value.key() == "valueCoding" && !set_url.empty() && !set_url.starts_with('#')) {
    if (const auto* set = schema_.value_set(set_url)) {
      check_binding(
          *set, type == "choice" ? definitions::BindingStrength::kRequired : definitions::BindingStrength::kPreferred,
          set_url, "Questionnaire.item.answerValueSet", {value, {}, schema_.find("Coding")});
    }
  }
  check_answer_limits(value, question);
}

void Walk::check_answer_limits(json::Node value, json::Node question) {
  const std::string_view type = question["type"].text();
  const auto refuse = [&](std::string_view rule, const std::string& message) {
    fault(Severity::kError, IssueType::kValue, rule, value, [&] { return message; });
  };
  if (value.key() == "valueString") {
    const std::size_t length = characters_in(value.text());
    const std::size_t most = number_of(question["maxLength"], SIZE_MAX);
    const std::size_t least = number_of(extension_value(question, definitions::kCoreBase, "minLength"), 0);
    if (length > most)
      refuse("Questionnaire.item.maxLength", "The answer is longer than " + std::to_string(most) + " characters.");
    if (length < least) refuse("minLength", "The answer is shorter than " + std::to_string(least) + " characters.");
  }
  const auto bound = [&](std::string_view base, std::string_view name, int forbidden, std::string_view bound_type,
                         std::string_view words) {
    const json::Node limit = extension_value(question, base, name);
    if (!limit || compare_values(value, limit, bound_type) != forbidden) return;
    refuse(name, "The answer must be " + std::string(words) + " " + limit.to_json() + ".");
  };
  if (type == "quantity") {
    for (const int forbidden : {-1, 1}) {
      const std::string_view name = forbidden < 0 ? "sdc-questionnaire-minQuantity" : "sdc-questionnaire-maxQuantity";
      const json::Node limit = extension_value(question, kSdc, name);
      if (!limit) continue;
      bool comparable = true;
      const auto order = limit["code"] && value["code"] ? compare_ucum(value, limit, comparable)
                                                        : compare_values(value, limit, "Quantity");
      if (!comparable) refuse(name, "The answer's unit measures something else than the limit's.");
      if (order == forbidden) {
        refuse(name,
               std::string("The answer must be at ") + (forbidden < 0 ? "least " : "most ") + limit.to_json() + ".");
      }
    }
    check_answer_unit(value, question);
  } else if (type == "integer" || type == "decimal" || type == "date" || type == "dateTime" || type == "time") {
    bound(definitions::kCoreBase, "minValue", -1, type, "at least");
    bound(definitions::kCoreBase, "maxValue", 1, type, "at most");
  }
  if (type == "attachment") {
    const json::Node limit = extension_value(question, definitions::kCoreBase, "maxSize");
    if (limit && compare_values(value["size"], limit, "decimal") == 1) {
      refuse("maxSize", "The attachment is larger than " + std::string(limit.text()) + " bytes.");
    }
  }
  if (type == "reference") {
    std::vector<std::string> types;
    each_extension(question, definitions::kCoreBase, "questionnaire-referenceResource",
                   [&](json::Node allowed) { types.emplace_back(allowed.text()); });
    const TypeRule* target = referenced_type(value);
    if (!types.empty() && target != nullptr &&
        std::ranges::none_of(types, [&](const std::string& name) { return target->is_a(name); })) {
      refuse("questionnaire-referenceResource", "The answer may only reference " + listed(types, types.size()) + ".");
    }
  }
}

void Walk::check_answer_unit(json::Node quantity, json::Node question) {
  bool has_options = false;
  bool is_allowed = false;
  each_extension(question, definitions::kCoreBase, "questionnaire-unitOption", [&](json::Node unit) {
    has_options = true;
    is_allowed |= unit["code"].text() == quantity["code"].text() && unit["system"].text() == quantity["system"].text();
  });
  if (has_options && !is_allowed) {
    fault(Severity::kError, IssueType::kCodeInvalid, "questionnaire-unitOption", quantity,
          [] { return std::string("The answer's unit is none of the questionnaire's."); });
  }
  const json::Node set_url = extension_value(question, definitions::kCoreBase, "questionnaire-unitValueSet");
  const auto* set = schema_.value_set(set_url.text());
  if (set != nullptr) {
    check_binding(*set, definitions::BindingStrength::kRequired, set_url.text(), "questionnaire-unitValueSet",
                  {quantity, {}, schema_.find("Quantity")});
  }
}

}  // namespace pas::validation
