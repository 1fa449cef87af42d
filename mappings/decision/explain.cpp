#include <map>

#include "fhir/base/text.h"
#include "mappings/decision/decision.h"
#include "mappings/decision/text.h"
#include "mappings/policy/x12.h"

namespace pas::decision {
namespace {

std::string text_of(json::Node node) {
  return std::string(node.text());
}

std::string marked(json::Node node) {
  return '[' + text_of(node["truth"]) + "] ";
}

class Explanation {
 public:
  explicit Explanation(json::Node record) : record_(record) {
    for (const json::Node input : record["inputs"]) inputs_.emplace(input["name"].text(), input);
  }

  std::string write() && {
    head();
    line(0, "Criteria");
    for (const json::Node criterion : record_["criteria"]) write_criterion(criterion);
    rows();
    return std::move(text_);
  }

 private:
  void line(std::size_t depth, const std::string& text) {
    text_.append(2 * depth, ' ').append(base::printable(text)).append(1, '\n');
  }

  void head() {
    namespace x12 = policy::x12;
    const json::Node decision = record_["decision"];
    std::string decided = "Decision: " + text_of(decision["action"]) + ' ';
    decided += x12::display(x12::actions(), decision["action"].text());
    if (const json::Node reason = decision["reason"]) {
      decided += ", reason " + text_of(reason) + ' ';
      decided += x12::display(x12::reasons(), reason.text());
    }
    line(0, decided);
    const json::Node policy = record_["policy"];
    line(1, "policy " + text_of(policy["id"]) + ", revision " + text_of(policy["revision"]) +
                (policy["file"] ? " (" + text_of(policy["file"]) + ')' : ""));
    line(1, "policy hash " + text_of(policy["hash"]));
    line(1, "request date " + text_of(record_["requestDate"]));
    if (const json::Node recommendation = decision["recommendation"]) {
      line(1, "recommendation to the reviewer: " + text_of(recommendation));
    }
    for (const json::Node note : decision["notes"]) line(1, "note: " + text_of(note));
    for (const json::Node limit : decision["limits"]) {
      line(1, "limit: " + text_of(limit["title"]) + ": " + text_of(limit["input"]) + " = " +
                  text_of(limit["requested"]) + ", certified for " + text_of(limit["certified"]));
    }
    for (const json::Node document : decision["documents"]) {
      line(1, "ask for: " + (document["title"] ? text_of(document["title"]) : "a document") + " (LOINC " +
                  text_of(document["loinc"]) + ", criterion " + text_of(document["criterion"]) + ')');
    }
    for (const json::Node question : decision["questions"]) line(1, "ask: questionnaire item " + text_of(question));
  }

  void write_criterion(json::Node criterion) {
    line(1, marked(criterion) + text_of(criterion["id"]) + ": " + text_of(criterion["title"]) + " (" +
                text_of(criterion["citation"]) + ')');
    condition(criterion["evidence"].at(0), 2);
    bool first = true;
    for (const json::Node set : criterion["smallestSets"]) {
      std::vector<std::string> names;
      for (const json::Node name : set) names.push_back(text_of(name));
      line(2, (first ? "could be met with: " : "or with: ") + enumerated(names));
      first = false;
    }
  }

  void rows() {
    if (!record_["rows"]) return;
    line(0, "Rows of the decision table");
    const json::Node decision = record_["decision"];
    for (const json::Node row : record_["rows"]) {
      std::string text = marked(row) + "row " + text_of(row["row"]) + ": " + text_of(row["title"]);
      const json::Node evidence = row["evidence"];
      if (evidence) text += " -> " + text_of(decision["action"]);
      if (evidence && decision["reason"]) text += ' ' + text_of(decision["reason"]);
      line(1, text);
      if (evidence) condition(evidence.at(0), 2);
    }
  }

  void condition(json::Node node, std::size_t depth) {  // NOLINT(misc-no-recursion): the parser bounds the depth
    std::string kind = text_of(node["of"]);
    if (!kind.empty() && kind != "not") kind += " of";
    const json::Node text = node["condition"];
    const bool both = text && !kind.empty();
    line(depth, marked(node) + text_of(text) + (both ? " (" + kind + ')' : kind));
    for (const json::Node name : node["reads"]) input(name.text(), depth + 1);
    std::size_t number = 0;
    for (const json::Node element : node["elements"]) {
      line(depth + 1, "number " + std::to_string(++number));
      condition(element, depth + 2);
    }
    for (const json::Node child : node["conditions"]) condition(child, depth + 1);
  }

  void input(std::string_view name, std::size_t depth) {
    const auto found = inputs_.find(name);
    if (found == inputs_.end()) return;
    const json::Node input = found->second;
    const json::Node value = input["value"];
    const bool is_in_conflict = input["state"].text() == to_string(inputs::State::kConflict);
    std::string text = std::string(name) + " = ";
    text += value ? readable(value) : is_in_conflict ? "in conflict" : "not known";
    if (value && input["unit"]) text += ' ' + text_of(input["unit"]);
    if (input["note"]) text += "; " + text_of(input["note"]);
    line(depth, text);
    for (const json::Node source : input["sources"]) line(depth + 1, "from " + text_of(source));
  }

  const json::Node record_;
  std::map<std::string_view, json::Node> inputs_;
  std::string text_;
};

}  // namespace

std::string explain(json::Node record) {
  return Explanation(record).write();
}

std::string explain(const policy::Evaluation& evaluation, const inputs::InputSet& inputs, const Decision& decision) {
  const auto record = json::Document::parse(to_json(evaluation, inputs, decision));
  return record ? explain(record->root()) : std::string();
}

}  // namespace pas::decision
