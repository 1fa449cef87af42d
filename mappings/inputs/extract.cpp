#include "mappings/inputs/extract.h"

#include <algorithm>

#include "fhir/fhirpath/fhirpath.h"
#include "mappings/inputs/answers.h"
#include "mappings/inputs/compiled_catalog.h"
#include "mappings/inputs/document_records.h"
#include "mappings/inputs/findings.h"
#include "mappings/inputs/people.h"
#include "mappings/inputs/transforms.h"

namespace pas::inputs {
namespace {

class Extractor {
 public:
  Extractor(const Subject& subject, const Catalog& catalog, const Environment& environment, Documents& documents)
      : subject_(subject),
        catalog_(catalog),
        environment_(environment),
        documents_(documents),
        evaluation_(make_evaluation()),
        people_(catalog.compiled(), catalog.value_sets(), subject.index, documents, environment.roster,
                subject.request_date),
        records_(catalog, documents, people_, evaluation_) {}

  InputSet run() {
    set_variables();
    const std::size_t count = catalog_.inputs().size();
    inputs_.resize(count);
    codes_.resize(count);
    for (std::size_t i = 0; i < count; ++i) extract_input(i);
    return {std::move(inputs_), std::move(damaged_)};
  }

 private:
  fhirpath::Evaluation make_evaluation() const {
    fhirpath::Environment environment;
    environment.index = &subject_.index;
    environment.member_of = [this](const fhirpath::Item& item, std::string_view set) {
      return catalog_.value_sets().member_of(item, set);
    };
    return fhirpath::Evaluation(environment);
  }

  void set_variable(std::string_view name, json::Node node) {
    if (node) {
      evaluation_.set(name, node);
    } else {
      evaluation_.set(name, std::span<const fhirpath::Item>{});
    }
  }

  void set_variables() {
    set_variable("claim", subject_.claim);
    set_variable("item", subject_.item);
    set_variable("patient", subject_.patient);
    set_variable("coverage", subject_.coverage);
    evaluation_.set("requestDate", fhirpath::Item::date(subject_.request_date));
    for (const Variable& variable : catalog_.compiled().variables) {
      const auto items = evaluation_.run(variable.program, subject_.claim);
      evaluation_.set(variable.name, items ? *items : std::span<const fhirpath::Item>{});
    }
    if (catalog_.compiled().responses) {
      const auto items = evaluation_.run(*catalog_.compiled().responses, subject_.claim);
      if (items) {
        for (const fhirpath::Item& item : *items) answers_.add(item.node());
      }
    }
  }

  void extract_input(std::size_t i) {
    const Recipe& recipe = catalog_.compiled().recipes[i];
    const InputDefinition& definition = catalog_.inputs()[i];
    Input& input = inputs_[i];
    input.name = definition.name;
    std::vector<Finding> findings;
    for (const Source& source : recipe.sources) {
      if (source.fallback && !findings.empty()) continue;
      read_source(source, recipe, definition, input, findings);
      if (recipe.rule == Rule::kFirst && !findings.empty()) break;
    }
    if (recipe.rule == Rule::kAll) {
      collect(input, findings, recipe, definition.type, catalog_.value_sets());
    } else {
      settle(input, findings);
    }
    if (definition.type == Type::kCodes) codes_[i] = std::move(findings);
  }

  void read_source(const Source& source, const Recipe& recipe, const InputDefinition& definition, Input& input,
                   std::vector<Finding>& findings) {
    switch (source.kind) {
      case SourceKind::kPath: {
        const auto items = evaluation_.run(*source.program, subject_.claim);
        if (!items) {
          add_note(input.note, "an expression of the catalog failed: " + items.error().message);
          return;
        }
        for (const fhirpath::Item& item : *items) {
          if (item.is_node()) read_node(item.node(), source, recipe, definition, input, findings);
        }
        return;
      }
      case SourceKind::kQuestion:
        for (const json::Node answer : answers_.find(source.question)) {
          read_node(answer, source, recipe, definition, input, findings);
        }
        return;
      case SourceKind::kStore:
        read_store(source, findings);
        return;
      case SourceKind::kDefault:
        findings.push_back({source.fixed, source.fixed, {"default"}, {}});
        return;
      case SourceKind::kClassify:
        classify(source, findings);
        return;
    }
  }

  void read_node(json::Node node, const Source& source, const Recipe& recipe, const InputDefinition& definition,
                 Input& input, std::vector<Finding>& findings) {
    if (source.ccda != CcdaPart::kNone) return read_entries(node, source, recipe, definition, input, findings);
    switch (source.transform) {
      case Transform::kNone:
        break;
      case Transform::kMonthsBegun:
        return add_reading(node, read_months_begun(node), input, findings);
      case Transform::kHours:
        return add_reading(node, read_hours(node), input, findings);
      case Transform::kQuantity:
        return add_reading(node, read_quantity(node, definition.unit), input, findings);
      case Transform::kAge:
        return add_reading(node, read_age(node, subject_.request_date), input, findings);
      case Transform::kInForce:
        return add_reading(node, read_in_force(node, subject_.item, subject_.request_date), input, findings);
      case Transform::kSupportsItem:
        return read_document(node, source, definition, input, findings);
    }
    const bool is_code = definition.type == Type::kCode || definition.type == Type::kCodes || !source.codes.empty();
    if (is_code) return read_coding(node, source, recipe, definition.type, catalog_.value_sets(), findings);
    read_scalar(node, recipe, definition.type, input, findings);
  }

  static void add_reading(json::Node node, const Reading& reading, Input& input, std::vector<Finding>& findings) {
    if (reading.value.empty()) {
      if (!reading.problem.empty()) add_note(input.note, node.path() + " " + reading.problem);
      return;
    }
    Finding finding{reading.value, reading.value, {}, {}};
    for (const json::Node used : reading.used) finding.sources.push_back(used.path());
    findings.push_back(std::move(finding));
  }

  // Whether the document does not count, which is then noted.
  bool is_damaged(const DocumentFacts& facts, Input& input) {
    if (!facts.damage) return false;
    if (std::find(damaged_.begin(), damaged_.end(), *facts.damage) == damaged_.end()) {
      damaged_.push_back(*facts.damage);
    }
    add_note(input.note, facts.damage->path + ": " + facts.damage->message);
    return true;
  }

  void read_entries(json::Node document, const Source& source, const Recipe& recipe, const InputDefinition& definition,
                    Input& input, std::vector<Finding>& findings) {
    const DocumentFacts& facts = documents_.read(document, catalog_.compiled().wants);
    if (is_damaged(facts, input) || !facts.ccda) return;
    const bool problems = source.ccda == CcdaPart::kProblems;
    for (const CcdaEntry& entry : problems ? facts.ccda->problems : facts.ccda->medications) {
      if (!is_current(entry, subject_.request_date)) continue;
      for (const CcdaCode& code : entry.codes) {
        read_code({code.system, code.code, facts.ccda_data.path()}, source, recipe, definition.type,
                  catalog_.value_sets(), findings);
      }
    }
  }

  void read_document(json::Node node, const Source& source, const InputDefinition& definition, Input& input,
                     std::vector<Finding>& findings) {
    const DocumentKind& kind = catalog_.compiled().document_kinds[source.document_kind];
    if (kind.has_attachments && is_damaged(documents_.read(node, catalog_.compiled().wants), input)) return;
    DocumentRecord record = records_.read(node, kind, definition);
    add_note(input.note, record.note);
    // The same document may be named twice.
    std::string key = record.sources.front();
    findings.push_back({std::move(record.value), std::move(key), std::move(record.sources), {}});
  }

  void read_store(const Source& source, std::vector<Finding>& findings) const {
    const Input& code = inputs_[source.input];
    if (!environment_.months_authorized || subject_.member_id.empty() || code.state != State::kKnown) return;
    const auto document = json::Document::parse(code.value);
    const auto months = environment_.months_authorized(subject_.member_id, document.value().root().text());
    if (!months || *months < 0) return;
    const std::string value = std::to_string(*months + 1);
    findings.push_back({value, value, {"store"}, {}});
  }

  void classify(const Source& source, std::vector<Finding>& findings) const {
    const std::vector<Finding>& codes = codes_[source.input];
    for (const std::string& set : source.classes) {
      for (const Finding& code : codes) {
        if (!catalog_.value_sets().member_of(code.system, code.code, set)) continue;
        findings.push_back({json_string(set), set, code.sources, {}});
      }
    }
    if (!findings.empty() || codes.empty()) return;
    Finding other{json_string(source.otherwise), source.otherwise, {}, {}};
    for (const Finding& code : codes)
      other.sources.insert(other.sources.end(), code.sources.begin(), code.sources.end());
    findings.push_back(std::move(other));
  }

  const Subject& subject_;
  const Catalog& catalog_;
  const Environment& environment_;
  Documents& documents_;
  fhirpath::Evaluation evaluation_;
  People people_;
  DocumentRecords records_;
  Answers answers_;
  std::vector<Input> inputs_;
  std::vector<std::vector<Finding>> codes_;  // of inputs of codes, for those that classify them
  std::vector<DocumentNote> damaged_;
};

}  // namespace

InputSet extract(const Subject& subject, const Catalog& catalog, const Environment& environment) {
  if (environment.documents != nullptr) {
    return Extractor(subject, catalog, environment, *environment.documents).run();
  }
  Documents documents(subject.index);
  return Extractor(subject, catalog, environment, documents).run();
}

}  // namespace pas::inputs
