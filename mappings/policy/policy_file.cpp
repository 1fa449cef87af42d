#include "mappings/policy/policy_file.h"

#include <algorithm>
#include <array>

#include "mappings/policy/compiled.h"
#include "mappings/policy/conditions.h"
#include "mappings/policy/table_check.h"
#include "mappings/policy/x12.h"

namespace pas::policy {
namespace {

class PolicyReader {
 public:
  PolicyReader(Reader& reader, const inputs::Catalog& catalog)
      : reader_(reader), root_(reader.root()), catalog_(catalog), policy_(std::make_unique<Policy>()) {}

  std::unique_ptr<Policy> read() {
    if (!reader_.ok()) return nullptr;  // not even an object
    if (!reader_.object(root_, "a policy",
                        {"id", "revision", "title", "source", "effective", "codes", "otherCodes",
                         "adverseDeterminations", "informationDeadlineDays", "criteria", "documents", "limits",
                         "decision", "notes", "conflictNote", "documentNote"})) {
      return nullptr;
    }
    policy_->catalog = &catalog_;
    head();
    const json::Node criteria = name_criteria();
    const std::vector<std::uint32_t> order = order_criteria(criteria);
    compiler_.emplace(reader_, *policy_, catalog_);
    for (const std::uint32_t index : order) {
      if (met_[index]) policy_->criteria[index].met = compiler_->compile(met_[index]);
    }
    documents();
    limits();
    decision();
    notes();
    if (!reader_.ok()) return nullptr;
    check_decision();
    return reader_.ok() ? std::move(policy_) : nullptr;
  }

 private:
  void head() {
    Policy& policy = *policy_;
    policy.id = reader_.text(root_, "id");
    policy.revision = reader_.text(root_, "revision");
    policy.title = reader_.text(root_, "title");
    policy.source = reader_.text(root_, "source");
    const json::Node effective = root_["effective"];
    if (reader_.has(root_, "effective")) {
      if (reader_.object(effective, "\"effective\"", {"from", "to"})) {
        policy.effective_from = reader_.date(effective, "from", Need::kRequired).value_or(base::Date());
        policy.effective_to = reader_.date(effective, "to", Need::kOptional);
        if (policy.effective_to && *policy.effective_to < policy.effective_from) {
          reader_.fail(effective["to"], "the policy would end before it begins");
        }
      }
    }
    policy.codes = reader_.texts(root_, "codes", Need::kRequired);
    policy.other_codes = reader_.boolean(root_, "otherCodes");
    if (const json::Node adverse = root_["adverseDeterminations"]) {
      const auto found = reader_.index_of(adverse, "setting", {"clinician", "automated"});
      policy.adverse = static_cast<AdverseDeterminations>(found.value_or(0));
    }
    policy.information_deadline_days = reader_.integer(root_, "informationDeadlineDays", 1, 3650);
  }

  json::Node name_criteria() {
    const json::Node criteria = reader_.list(root_, "criteria", Need::kRequired);
    for (const json::Node node : criteria) {
      Criterion criterion;
      if (reader_.object(node, "a criterion", {"id", "title", "citation", "met"})) {
        criterion.id = reader_.text(node, "id");
        criterion.title = reader_.text(node, "title");
        criterion.citation = reader_.text(node, "citation");
        if (!criterion.id.empty() && policy_->find_criterion(criterion.id) != nullptr) {
          reader_.fail(node["id"], "the criterion \"" + criterion.id + "\" is given twice");
        }
        criterion.line = reader_.line_of(node);
        reader_.has(node, "met");
      }
      met_.push_back(node["met"]);
      policy_->criteria.push_back(std::move(criterion));
    }
    return criteria;
  }

  // Criteria so that each comes after those that it refers to; a circle is a mistake at the reference that closes it.
  std::vector<std::uint32_t> order_criteria(json::Node criteria) {
    std::vector<std::uint32_t> order;
    state_.assign(criteria.size(), State::kNew);
    for (std::uint32_t i = 0; i < criteria.size(); ++i) visit(i, order);
    return order;
  }

  enum class State { kNew, kOpen, kDone };

  void visit(std::uint32_t index, std::vector<std::uint32_t>& order) {  // NOLINT(misc-no-recursion)
    if (state_[index] != State::kNew) return;
    state_[index] = State::kOpen;
    open_.push_back(index);
    visit_references(met_[index], order);
    open_.pop_back();
    state_[index] = State::kDone;
    order.push_back(index);
  }

  void visit_references(json::Node node, std::vector<std::uint32_t>& order) {  // NOLINT(misc-no-recursion)
    if (node.key() == "criterion" && node.is_string()) {
      const Criterion* found = policy_->find_criterion(node.text());
      if (found == nullptr) return;  // the compiler says so
      const auto index = static_cast<std::uint32_t>(found - policy_->criteria.data());
      if (state_[index] == State::kOpen) {
        std::string circle;
        for (auto it = std::find(open_.begin(), open_.end(), index); it != open_.end(); ++it) {
          circle += policy_->criteria[*it].id + " -> ";
        }
        reader_.fail(node, "criteria refer to each other in a circle: " + circle + found->id);
      } else {
        visit(index, order);
      }
    }
    for (const json::Node child : node) visit_references(child, order);
  }

  std::optional<std::uint32_t> criterion_of(json::Node node) {
    std::vector<std::string_view> ids;
    for (const Criterion& criterion : policy_->criteria) ids.push_back(criterion.id);
    const auto found = reader_.index_of(node, "criterion", ids);
    if (!found) return std::nullopt;
    return static_cast<std::uint32_t>(*found);
  }

  std::string code(json::Node object, std::string_view name, std::span<const x12::Code> list, std::string_view what,
                   Need need) {
    if (!object[name]) return reader_.text(object, name, need);
    std::vector<std::string_view> codes;
    for (const x12::Code& row : list) codes.push_back(row.code);
    const auto found = reader_.index_of(object[name], what, codes);
    return found ? std::string(codes[*found]) : std::string();
  }

  static bool is_loinc(std::string_view code) {
    const std::size_t dash = code.find('-');
    if (dash == std::string_view::npos || dash == 0 || dash > 7 || code.size() != dash + 2) return false;
    return std::all_of(code.begin(), code.end(), [](char c) { return c == '-' || (c >= '0' && c <= '9'); });
  }

  void documents() {
    for (const json::Node node : reader_.list(root_, "documents", Need::kOptional)) {
      if (!reader_.object(node, "a document", {"criterion", "loinc", "title", "reportType"})) continue;
      Document document;
      if (node["criterion"]) {
        document.criterion = criterion_of(node["criterion"]).value_or(0);
      } else {
        reader_.text(node, "criterion");
      }
      document.loinc = reader_.text(node, "loinc");
      if (!document.loinc.empty() && !is_loinc(document.loinc)) {
        reader_.fail(node["loinc"], "a LOINC code is digits, a dash and a check digit");
      }
      document.title = reader_.text(node, "title");
      document.report_type = code(node, "reportType", x12::report_types(), "X12 755 report type", Need::kRequired);
      policy_->documents.push_back(std::move(document));
    }
  }

  void limits() {
    for (const json::Node node : reader_.list(root_, "limits", Need::kOptional)) {
      if (!reader_.object(node, "a limit", {"title", "citation", "of", "input", "most", "when", "note"})) continue;
      Limit limit;
      limit.title = reader_.text(node, "title");
      limit.citation = reader_.text(node, "citation");
      if (reader_.has(node, "of")) {
        const auto of = reader_.index_of(node["of"], "thing to limit", {"quantity", "months"});
        limit.of = static_cast<Limit::Of>(of.value_or(0));
      }
      if (reader_.has(node, "input")) limit.input = limited_input(node["input"], limit.of);
      if (reader_.has(node, "most")) limit.most = reader_.integer(node, "most", 1, 1'000'000).value_or(1);
      limit.when = node["when"] ? compiler_->compile(node["when"]) : compiler_->always();
      limit.line = reader_.line_of(node);
      limit.note = read_template(reader_, node["note"], &catalog_, {"most"});
      policy_->limits.push_back(std::move(limit));
    }
  }

  std::string limited_input(json::Node name, Limit::Of of) {
    std::vector<std::string_view> names;
    for (const inputs::InputDefinition& input : catalog_.inputs()) {
      const bool is_number = input.type == inputs::Type::kInteger || input.type == inputs::Type::kDecimal;
      const bool is_months = input.type == inputs::Type::kInteger && input.unit == "mo";
      if (of == Limit::Of::kMonths ? is_months : is_number) names.push_back(input.name);
    }
    const std::string_view what = of == Limit::Of::kMonths ? "integer input in months" : "input that is a number";
    const auto found = reader_.index_of(name, what, names);
    return found ? std::string(names[*found]) : std::string();
  }

  Note note(json::Node node) {
    Note result;
    const bool is_object = node.is_object();
    if (is_object) reader_.object(node, "a note", {"when", "text"});
    result.when = is_object && node["when"] ? compiler_->compile(node["when"]) : compiler_->always();
    result.text = read_template(reader_, is_object ? node["text"] : node, &catalog_,
                                {"requestDate", "effectiveFrom", "missing", "documents"});
    return result;
  }

  void decision() {
    for (const json::Node node : reader_.list(root_, "decision", Need::kRequired)) {
      if (!reader_.object(node, "a row",
                          {"row", "title", "when", "action", "reason", "notes", "ask", "recommendation"})) {
        continue;
      }
      Row row;
      row.line = reader_.line_of(node);
      row.id = reader_.text(node, "row");
      row.title = reader_.text(node, "title");
      const auto same = [&row](const Row& other) { return other.id == row.id; };
      if (!row.id.empty() && std::any_of(policy_->rows.begin(), policy_->rows.end(), same)) {
        reader_.fail(node["row"], "the row \"" + row.id + "\" is given twice");
      }
      row.when = reader_.has(node, "when") ? compiler_->compile(node["when"]) : compiler_->always();
      row.action = code(node, "action", x12::actions(), "X12 306 action", Need::kRequired);
      const bool needs_reason = row.action == "A3" || row.action == "A4";
      row.reason =
          code(node, "reason", x12::reasons(), "X12 886 reason", needs_reason ? Need::kRequired : Need::kOptional);
      for (const json::Node text : reader_.list(node, "notes", Need::kOptional)) row.notes.push_back(note(text));
      if (const json::Node ask = node["ask"]) {
        if (reader_.object(ask, "\"ask\"", {"documents", "answersOf"})) {
          row.ask_documents = reader_.boolean(ask, "documents");
          if (ask["answersOf"]) row.ask_answers_of = criterion_of(ask["answersOf"]);
        }
      }
      row.recommendation = reader_.text(node, "recommendation", Need::kOptional);
      row_nodes_.push_back(node);
      policy_->rows.push_back(std::move(row));
    }
  }

  void notes() {
    for (const json::Node text : reader_.list(root_, "notes", Need::kRequired)) policy_->notes.push_back(note(text));
    policy_->conflict_note = read_template(reader_, root_["conflictNote"], nullptr, {"title", "detail"});
    policy_->document_note = read_template(reader_, root_["documentNote"], nullptr, {"detail"});
  }

  void check_decision() {
    for (std::size_t i = 0; i < policy_->rows.size(); ++i) {
      if (policy_->rows[i].action == "A3" && rests_on_unknown(*policy_, policy_->rows[i])) {
        reader_.fail(row_nodes_[i]["when"], "a row that denies cannot rest on something unknown");
      }
    }
    const auto certifies = [](const Row& row) { return row.action == "A1"; };
    if (!policy_->limits.empty() && std::none_of(policy_->rows.begin(), policy_->rows.end(), certifies)) {
      reader_.fail(root_["limits"], "no row certifies in total (A1), so that nothing is limited");
    }
    const auto fault = check_table(*policy_);
    if (!fault) return;
    const bool is_row = fault->row < row_nodes_.size();
    reader_.fail(is_row ? row_nodes_[fault->row] : root_["decision"], fault->message);
  }

  Reader& reader_;
  json::Node root_;
  const inputs::Catalog& catalog_;
  std::unique_ptr<Policy> policy_;
  std::vector<json::Node> met_;  // by criterion
  std::vector<State> state_;
  std::vector<std::uint32_t> open_;  // criteria being visited, outermost first
  std::optional<ConditionCompiler> compiler_;
  std::vector<json::Node> row_nodes_;
};

}  // namespace

std::unique_ptr<Policy> read_policy(Reader& reader, const inputs::Catalog& catalog) {
  return PolicyReader(reader, catalog).read();
}

}  // namespace pas::policy
