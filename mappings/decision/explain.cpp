#include <algorithm>

#include "mappings/decision/decision.h"
#include "mappings/decision/text.h"
#include "mappings/inputs/catalog.h"
#include "mappings/policy/compiled.h"
#include "mappings/policy/x12.h"

namespace pas::decision {
namespace {

using base::Truth;
using policy::Condition;
using policy::ConditionId;
using policy::ConditionKind;

std::string marked(Truth truth) {
  return '[' + std::string(base::to_string(truth)) + "] ";
}

class Explanation {
 public:
  Explanation(const policy::Evaluation& evaluation, const inputs::InputSet& inputs, const Decision& decision)
      : evaluation_(evaluation), policy_(*evaluation.policy), inputs_(inputs), decision_(decision) {}

  std::string write() && {
    head();
    line(0, "Criteria");
    for (const policy::Criterion& criterion : policy_.criteria) write_criterion(criterion);
    rows();
    return std::move(text_);
  }

 private:
  void line(std::size_t depth, const std::string& text) { text_.append(2 * depth, ' ').append(text).append(1, '\n'); }

  void head() {
    namespace x12 = policy::x12;
    std::string decided = "Decision: " + decision_.action + ' ';
    decided += x12::display(x12::actions(), decision_.action);
    if (!decision_.reason.empty()) {
      decided += ", reason " + decision_.reason + ' ';
      decided += x12::display(x12::reasons(), decision_.reason);
    }
    line(0, decided);
    line(1, "policy " + policy_.id + ", revision " + policy_.revision + " (" + policy_.file + ')');
    line(1, "policy hash " + policy_.hash);
    line(1, "request date " + base::to_string(evaluation_.request_date));
    if (!decision_.recommendation.empty()) line(1, "recommendation to the reviewer: " + decision_.recommendation);
    for (const std::string& note : decision_.notes) line(1, "note: " + note);
    for (const AppliedLimit& limit : decision_.limits) {
      line(1, "limit: " + limit.title + ": " + limit.input + " = " + limit.requested + ", certified for " +
                  std::to_string(limit.most));
    }
    for (const DocumentRequest& document : decision_.documents) {
      line(1, "ask for: " + document.title + " (LOINC " + document.loinc + ", criterion " + document.criterion + ')');
    }
    for (const std::string& question : decision_.questions) line(1, "ask: questionnaire item " + question);
  }

  void write_criterion(const policy::Criterion& criterion) {
    line(1, marked(evaluation_.truth(criterion.met)) + criterion.id + ": " + criterion.title + " (" +
                criterion.citation + ')');
    condition(criterion.met, 2);
    const auto sets = policy::sets_to_meet(evaluation_, criterion.met, inputs_);
    for (std::size_t i = 0; i < sets.size(); ++i) {
      line(2, (i == 0 ? "could be met with: " : "or with: ") + enumerated(sets[i]));
    }
  }

  void rows() {
    line(0, "Rows of the decision table");
    for (const policy::Row& row : policy_.rows) {
      const bool applies = row.id == decision_.row;
      line(1, marked(evaluation_.truth(row.when)) + "row " + row.id + ": " + row.title +
                  (applies ? " -> " + row.action + (row.reason.empty() ? "" : ' ' + row.reason) : ""));
      if (!applies) continue;
      condition(row.when, 2);
      return;  // the later ones have no say
    }
  }

  Truth truth(ConditionId id) const {
    return elements_ == nullptr ? evaluation_.truth(id) : elements_->truth(element_, id);
  }

  static std::string kind_of(const Condition& node) {
    switch (node.kind) {
      case ConditionKind::kAll:
        return "all of";
      case ConditionKind::kAny:
        return "any of";
      case ConditionKind::kNot:
        return "not";
      case ConditionKind::kAtLeast:
        return "at least " + std::to_string(node.at_least) + " of";
      default:
        return "";
    }
  }

  void condition(ConditionId id, std::size_t depth) {  // NOLINT(misc-no-recursion): bounded by the policy file's depth
    const Condition& node = policy_.conditions[id];
    const std::string kind = kind_of(node);
    line(depth, marked(truth(id)) + (node.text.empty() ? kind : node.text + (kind.empty() ? "" : " (" + kind + ')')));
    if (elements_ == nullptr) {
      for (const std::string& name : node.reads) input(name, depth + 1);
    }
    if (node.kind == ConditionKind::kSome) {
      elements(id, node, depth + 1);
      return;
    }
    for (const ConditionId child : node.children) condition(child, depth + 1);
  }

  void elements(ConditionId id, const Condition& node, std::size_t depth) {  // NOLINT(misc-no-recursion)
    const policy::ElementTruths* found = evaluation_.elements_of(id);
    if (found == nullptr) return;
    elements_ = found;
    for (element_ = 0; element_ < found->count; ++element_) {
      line(depth, "number " + std::to_string(element_ + 1));
      condition(node.children.front(), depth + 1);
    }
    elements_ = nullptr;
  }

  void input(const std::string& name, std::size_t depth) {
    const inputs::Input* input = inputs_.find(name);
    if (input == nullptr) return;
    std::string text = name + " = " + readable(*input);
    const inputs::InputDefinition* definition = policy_.catalog->find(name);
    if (input->state == inputs::State::kKnown && definition != nullptr && !definition->unit.empty()) {
      text += ' ' + definition->unit;
    }
    if (!input->note.empty()) text += "; " + input->note;
    line(depth, text);
    for (const std::string& source : input->sources) line(depth + 1, "from " + source);
  }

  const policy::Evaluation& evaluation_;
  const policy::Policy& policy_;
  const inputs::InputSet& inputs_;
  const Decision& decision_;
  const policy::ElementTruths* elements_ = nullptr;  // while below a `some`: on which element
  std::uint32_t element_ = 0;
  std::string text_;
};

}  // namespace

std::string explain(const policy::Evaluation& evaluation, const inputs::InputSet& inputs, const Decision& decision) {
  return Explanation(evaluation, inputs, decision).write();
}

}  // namespace pas::decision
