#include "mappings/decision/cases.h"

#include <algorithm>
#include <array>
#include <map>

#include "mappings/decision/text.h"
#include "mappings/inputs/catalog.h"
#include "mappings/policy/reader.h"
#include "mappings/policy/written_inputs.h"

namespace pas::decision {
namespace {

namespace fs = std::filesystem;
using inputs::LoadErrors;
using policy::Need;
using policy::Reader;

constexpr const char* kSituations = "situations.json";

// A file of situations or cases, with its text, which the reader views.
struct OpenFile {
  std::string name;
  std::string text;
  std::optional<Reader> reader;

  bool open(const fs::path& path, LoadErrors& errors) {
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    auto read = policy::read_file(folder, path.filename().string());
    if (!read) {
      for (inputs::LoadError error : read.error()) {
        error.file = path.string();
        errors.push_back(std::move(error));
      }
      return false;
    }
    name = path.string();
    text = std::move(*read);
    reader.emplace(text, name);
    return reader->ok();
  }
  void close(LoadErrors& errors) {
    if (!reader) return;
    LoadErrors more = reader->take_errors();
    std::move(more.begin(), more.end(), std::back_inserter(errors));
  }
};

class FileReader {
 public:
  // `situations` is null where there are none.
  FileReader(const CasePolicies& policies, Reader& reader, Reader* situations, std::vector<Case>& cases)
      : policies_(policies), reader_(reader), situations_(situations), cases_(cases) {}

  void read(const fs::path& path) {
    const json::Node root = reader_.root();
    if (!reader_.object(root, "a file of cases", {"title", "payer", "requestDate", "cases"})) return;
    reader_.text(root, "title", Need::kOptional);
    file_ = path.string();
    request_date_ = reader_.date(root, "requestDate", Need::kOptional);
    if (!find_payer(root, path)) return;
    for (const json::Node node : reader_.list(root, "cases", Need::kRequired)) read_case(node);
  }

 private:
  bool find_payer(json::Node root, const fs::path& path) {
    const auto& payers = policies_.set().payers();
    std::vector<std::string_view> ids;
    ids.reserve(payers.size());
    for (const policy::Payer& payer : payers) ids.push_back(payer.id);
    if (root["payer"]) {
      const auto found = reader_.index_of(root["payer"], "payer", ids);
      if (found) payer_id_ = ids[*found];
      return found.has_value();
    }
    payer_id_ = fs::absolute(path).parent_path().filename().string();
    if (policies_.set().find_payer_by_id(payer_id_) != nullptr) return true;
    reader_.fail(root, "no \"payer\" is given, and none has the name of the folder, \"" + payer_id_ +
                           "\"; known: " + inputs::one_of(ids));
    return false;
  }

  void read_case(json::Node node) {
    if (!reader_.object(
            node, "a case",
            {"name", "situation", "inputs", "requestDate", "adverseDeterminations", "revision", "truths", "row",
             "action", "reason", "documents", "questions", "recommendation", "limits", "missing", "notes"})) {
      return;
    }
    Case result;
    result.file = file_;
    result.line = reader_.line_of(node);
    result.name = reader_.text(node, "name");
    const auto date = reader_.date(node, "requestDate", request_date_ ? Need::kOptional : Need::kRequired);
    result.request_date = date ? *date : request_date_.value_or(base::Date());
    std::optional<policy::AdverseDeterminations> adverse;
    if (const json::Node setting = node["adverseDeterminations"]) {
      const auto index = reader_.index_of(setting, "setting", {"clinician", "automated"});
      if (index) adverse = static_cast<policy::AdverseDeterminations>(*index);
    }
    result.payer = policies_.set(adverse).find_payer_by_id(payer_id_);
    const json::Node situation = find_situation(node["situation"]);
    if (!check_inputs(reader_, node["inputs"], *result.payer)) return;
    if (situation && !check_inputs(*situations_, situation, *result.payer)) return;
    result.inputs = policy::read_inputs(*result.payer->catalog, situation, node["inputs"]);
    result.policy = result.payer->choose(result.inputs, result.request_date);
    expectation(node, *result.policy, result.expected);
    cases_.push_back(std::move(result));
  }

  json::Node find_situation(json::Node name) {
    if (!name) return {};
    const json::Node all = situations_ != nullptr ? situations_->root() : json::Node();
    std::vector<std::string_view> names;
    for (const json::Node known : all) names.push_back(known.key());
    const auto index = reader_.index_of(name, "situation", names);
    return index ? all[names[*index]] : json::Node();
  }

  static bool check_inputs(Reader& reader, json::Node inputs, const policy::Payer& payer) {
    if (!inputs) return true;
    if (!inputs.is_object()) {
      reader.fail(inputs, "inputs must be an object");
      return false;
    }
    const auto fault = policy::find_fault(*payer.catalog, inputs);
    if (!fault) return true;
    fault->is_name ? reader.fail_at_key(fault->at, fault->message) : reader.fail(fault->at, fault->message);
    return false;
  }

  void expectation(json::Node node, const policy::Policy& policy, Expectation& expected) {
    expected.revision = reader_.text(node, "revision", Need::kOptional);
    expected.row = reader_.text(node, "row");
    expected.action = reader_.text(node, "action");
    expected.reason = reader_.text(node, "reason", Need::kOptional);
    expected.recommendation = reader_.text(node, "recommendation", Need::kOptional);
    expected.documents = reader_.texts(node, "documents", Need::kOptional);
    expected.questions = reader_.texts(node, "questions", Need::kOptional);
    expected.notes = reader_.texts(node, "notes", Need::kOptional);
    if (node["missing"]) expected.missing = reader_.texts(node, "missing", Need::kOptional);
    for (const json::Node truth : node["truths"]) {
      if (policy.find_criterion(truth.key()) == nullptr) {
        reader_.fail_at_key(truth, policy.id + ' ' + policy.revision +
                                       ", which decides this case, has no criterion \"" + std::string(truth.key()) +
                                       '"');
      }
      const auto index = reader_.index_of(truth, "truth", {policy::kTruthNames.begin(), policy::kTruthNames.end()});
      if (index) expected.truths.emplace_back(truth.key(), static_cast<base::Truth>(*index));
    }
    for (const json::Node limit : reader_.list(node, "limits", Need::kOptional)) {
      if (!reader_.object(limit, "a limit", {"input", "certified"})) continue;
      reader_.has(limit, "certified");
      const int certified = reader_.integer(limit, "certified", 0, 1'000'000).value_or(0);
      expected.limits.emplace_back(reader_.text(limit, "input"), certified);
    }
  }

  const CasePolicies& policies_;
  Reader& reader_;
  Reader* situations_;
  std::vector<Case>& cases_;
  std::string file_;
  std::string payer_id_;
  std::optional<base::Date> request_date_;
};

std::string listed(std::vector<std::string> values) {
  if (values.empty()) return "none";
  std::sort(values.begin(), values.end());
  return enumerated(values);
}

std::string or_none(const std::string& value) {
  return value.empty() ? "none" : value;
}

std::string limited(const std::string& input, int certified) {
  return input + " to " + std::to_string(certified);
}

}  // namespace

boost::system::result<CasePolicies, LoadErrors> CasePolicies::load(const fs::path& directory) {
  CasePolicies policies;
  const auto load_into = [&directory](std::shared_ptr<const policy::PolicySet>& set,
                                      const policy::LoadOptions& options) -> LoadErrors {
    auto loaded = policy::PolicySet::load(directory, options);
    if (!loaded) return loaded.error();
    set = std::move(*loaded);
    return {};
  };
  LoadErrors errors = load_into(policies.as_written_, {});
  if (errors.empty()) errors = load_into(policies.clinician_, {policy::AdverseDeterminations::kClinician});
  if (errors.empty()) errors = load_into(policies.automated_, {policy::AdverseDeterminations::kAutomated});
  if (!errors.empty()) return errors;
  return policies;
}

const policy::PolicySet& CasePolicies::set(std::optional<policy::AdverseDeterminations> adverse) const {
  if (!adverse) return *as_written_;
  return *adverse == policy::AdverseDeterminations::kAutomated ? *automated_ : *clinician_;
}

boost::system::result<std::vector<Case>, LoadErrors> load_cases(const std::vector<fs::path>& files,
                                                                const CasePolicies& policies) {
  std::vector<Case> cases;
  LoadErrors errors;
  std::map<fs::path, OpenFile> situations;  // by their path
  for (const fs::path& path : files) {
    if (path.filename() == kSituations) continue;
    const fs::path beside = path.parent_path() / kSituations;
    const auto [at, is_new] = situations.try_emplace(beside);
    if (is_new && fs::exists(beside)) at->second.open(beside, errors);
    OpenFile file;
    if (file.open(path, errors)) {
      FileReader(policies, *file.reader, at->second.reader ? &*at->second.reader : nullptr, cases).read(path);
    }
    file.close(errors);
  }
  for (auto& [path, file] : situations) file.close(errors);
  if (!errors.empty()) return errors;
  return cases;
}

std::vector<Mismatch> compare(const Case& expected, const Decided& actual) {
  std::vector<Mismatch> found;
  const auto expect = [&found](const std::string& what, const std::string& wanted, const std::string& got) {
    if (wanted != got) found.push_back({what, wanted, got});
  };
  const Expectation& wanted = expected.expected;
  const Decision& decision = actual.decision;
  if (!wanted.revision.empty()) expect("revision", wanted.revision, decision.policy_revision);
  for (const auto& [criterion, truth] : wanted.truths) {
    expect("criterion " + criterion, std::string(base::to_string(truth)),
           std::string(base::to_string(actual.evaluation.truth_of_criterion(criterion))));
  }
  expect("row", wanted.row, or_none(decision.row));
  expect("action", wanted.action, or_none(decision.action));
  expect("reason", or_none(wanted.reason), or_none(decision.reason));
  expect("recommendation", or_none(wanted.recommendation), or_none(decision.recommendation));
  std::vector<std::string> documents;
  for (const DocumentRequest& document : decision.documents) documents.push_back(document.loinc);
  expect("documents", listed(wanted.documents), listed(documents));
  expect("questions", listed(wanted.questions), listed(decision.questions));
  if (wanted.missing) expect("missing", listed(*wanted.missing), listed(decision.missing));
  std::vector<std::string> wanted_limits;
  std::vector<std::string> limits;
  for (const auto& [input, certified] : wanted.limits) wanted_limits.push_back(limited(input, certified));
  for (const AppliedLimit& limit : decision.limits) limits.push_back(limited(limit.input, limit.most));
  expect("limits", listed(wanted_limits), listed(limits));
  for (const std::string& part : wanted.notes) {
    const bool is_there = std::any_of(decision.notes.begin(), decision.notes.end(), [&part](const std::string& note) {
      return note.find(part) != std::string::npos;
    });
    if (is_there) continue;
    std::string notes;
    for (const std::string& note : decision.notes) notes.append(notes.empty() ? "" : " | ").append(note);
    found.push_back({"notes", "one with \"" + part + '"', or_none(notes)});
  }
  return found;
}

}  // namespace pas::decision
