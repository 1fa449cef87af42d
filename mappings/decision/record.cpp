#include "fhir/json/writer.h"
#include "mappings/decision/decision.h"
#include "mappings/inputs/catalog.h"
#include "mappings/inputs/input_set.h"
#include "mappings/policy/compiled.h"

namespace pas::decision {
namespace {

using policy::Condition;
using policy::ConditionId;
using policy::ConditionKind;

void write_texts(std::string_view name, const std::vector<std::string>& values, json::Writer& out) {
  if (values.empty()) return;
  out.key(name).begin_array();
  for (const std::string& value : values) out.string(value);
  out.end_array();
}

class RecordWriter {
 public:
  RecordWriter(const policy::Evaluation& evaluation, const inputs::InputSet& inputs, const Decision& decision)
      : evaluation_(evaluation), policy_(*evaluation.policy), inputs_(inputs), decision_(decision) {}

  std::string write() && {
    out_.begin_object();
    out_.key("policy").begin_object();
    out_.member("id", policy_.id).member("revision", policy_.revision).member("hash", policy_.hash);
    out_.member("title", policy_.title).member("source", policy_.source).member("file", policy_.file).end_object();
    out_.member("requestDate", base::to_string(evaluation_.request_date));
    out_.member("itemSequence", decision_.item_sequence);
    decision();
    criteria();
    rows();
    inputs();
    out_.end_object();
    return std::move(out_).take();
  }

 private:
  void texts(std::string_view name, const std::vector<std::string>& values) { write_texts(name, values, out_); }

  void text(std::string_view name, const std::string& value) {
    if (!value.empty()) out_.member(name, value);
  }

  void decision() {
    out_.key("decision").begin_object();
    out_.member("row", decision_.row).member("action", decision_.action);
    text("reason", decision_.reason);
    text("recommendation", decision_.recommendation);
    if (!decision_.limits.empty()) {
      out_.key("limits").begin_array();
      for (const AppliedLimit& limit : decision_.limits) {
        out_.begin_object().member("title", limit.title).member("input", limit.input);
        out_.key("requested").number(limit.requested).member("certified", limit.most).end_object();
      }
      out_.end_array();
    }
    texts("notes", decision_.notes);
    write_wanted(decision_, out_);
    texts("missing", decision_.missing);
    out_.end_object();
  }

  void criteria() {
    out_.key("criteria").begin_array();
    for (const policy::Criterion& criterion : policy_.criteria) {
      const base::Truth truth = evaluation_.truth(criterion.met);
      out_.begin_object().member("id", criterion.id).member("title", criterion.title);
      out_.member("citation", criterion.citation).key("truth").string(base::to_string(truth));
      if (truth == base::Truth::kUnknown) {
        texts("missing", policy::missing_inputs(evaluation_, criterion.met, inputs_));
        out_.key("smallestSets").begin_array();
        for (const auto& set : policy::sets_to_meet(evaluation_, criterion.met, inputs_)) {
          out_.begin_array();
          for (const std::string& name : set) out_.string(name);
          out_.end_array();
        }
        out_.end_array();
      }
      out_.key("evidence").begin_array();
      condition(criterion.met);
      out_.end_array().end_object();
    }
    out_.end_array();
  }

  // The later ones have no say.
  void rows() {
    out_.key("rows").begin_array();
    for (const policy::Row& row : policy_.rows) {
      const bool applies = row.id == decision_.row;
      out_.begin_object().member("row", row.id).member("title", row.title);
      out_.key("truth").string(base::to_string(evaluation_.truth(row.when)));
      if (applies) {
        out_.key("evidence").begin_array();
        condition(row.when);
        out_.end_array();
      }
      out_.end_object();
      if (applies) break;
    }
    out_.end_array();
  }

  base::Truth truth(ConditionId id) const {
    return elements_ == nullptr ? evaluation_.truth(id) : elements_->truth(element_, id);
  }

  void condition(ConditionId id) {  // NOLINT(misc-no-recursion): bounded by the policy file's depth
    const Condition& node = policy_.conditions[id];
    out_.begin_object();
    switch (node.kind) {
      case ConditionKind::kAll:
        out_.member("of", "all");
        break;
      case ConditionKind::kAny:
        out_.member("of", "any");
        break;
      case ConditionKind::kNot:
        out_.member("of", "not");
        break;
      case ConditionKind::kAtLeast:
        out_.member("of", "at least " + std::to_string(node.at_least));
        break;
      default:
        break;
    }
    text("condition", node.text);
    out_.key("truth").string(base::to_string(truth(id)));
    if (elements_ == nullptr) texts("reads", node.reads);
    if (node.kind == ConditionKind::kSome) {
      elements(id, node);
    } else if (!node.children.empty()) {
      out_.key("conditions").begin_array();
      for (const ConditionId child : node.children) condition(child);
      out_.end_array();
    }
    out_.end_object();
  }

  void elements(ConditionId id, const Condition& node) {  // NOLINT(misc-no-recursion)
    const policy::ElementTruths* found = evaluation_.elements_of(id);
    if (found == nullptr) return;
    out_.key("elements").begin_array();
    elements_ = found;
    for (element_ = 0; element_ < found->count; ++element_) condition(node.children.front());
    elements_ = nullptr;
    out_.end_array();
  }

  void inputs() {
    out_.key("inputs").begin_array();
    for (const inputs::Input& input : inputs_.all()) {
      out_.begin_object().member("name", input.name).key("state").string(inputs::to_string(input.state));
      if (input.state == inputs::State::kKnown) out_.key("value").raw(input.value);
      if (const inputs::InputDefinition* definition = policy_.catalog->find(input.name)) text("unit", definition->unit);
      texts("sources", input.sources);
      text("note", input.note);
      out_.end_object();
    }
    out_.end_array();
    if (inputs_.damaged_documents().empty()) return;
    out_.key("damagedDocuments").begin_array();
    for (const inputs::DocumentNote& note : inputs_.damaged_documents()) {
      out_.begin_object().member("path", note.path).member("message", note.message).end_object();
    }
    out_.end_array();
  }

  const policy::Evaluation& evaluation_;
  const policy::Policy& policy_;
  const inputs::InputSet& inputs_;
  const Decision& decision_;
  const policy::ElementTruths* elements_ = nullptr;  // while below a `some`: on which element
  std::uint32_t element_ = 0;
  json::Writer out_;
};

}  // namespace

void write_wanted(const Decision& decision, json::Writer& out) {
  if (!decision.documents.empty()) {
    out.key("documents").begin_array();
    for (const DocumentRequest& document : decision.documents) {
      out.begin_object().member("criterion", document.criterion).member("loinc", document.loinc);
      out.member("title", document.title).member("reportType", document.report_type);
      if (!document.modifier.empty()) out.member("modifier", document.modifier);
      out.end_object();
    }
    out.end_array();
  }
  write_texts("questions", decision.questions, out);
}

std::string to_json(const policy::Evaluation& evaluation, const inputs::InputSet& inputs, const Decision& decision) {
  return RecordWriter(evaluation, inputs, decision).write();
}

}  // namespace pas::decision
