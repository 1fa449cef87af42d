#include <algorithm>
#include <system_error>

#include "fhir/base/digest.h"
#include "mappings/policy/compiled.h"
#include "mappings/policy/policy_file.h"
#include "mappings/policy/questionnaire_file.h"

namespace pas::policy {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kQuestionnaires = "questionnaires";

// Sorted, so that a directory always loads in the same way.
std::vector<std::string> names_in(const fs::path& directory, bool folders) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with('.')) continue;
    if (it->is_directory(error) == folders) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Each part with its length, so that no two sets of files hash alike by where one ends.
std::string hash_of(const std::vector<std::string_view>& parts) {
  std::string bytes;
  for (const std::string_view part : parts) bytes.append(std::to_string(part.size())).append(1, '\n').append(part);
  return base::sha256_hex(bytes);
}

void append(LoadErrors more, LoadErrors& errors) {
  std::move(more.begin(), more.end(), std::back_inserter(errors));
}

bool overlap(const Policy& a, const Policy& b) {
  return (!a.effective_to || *a.effective_to >= b.effective_from) &&
         (!b.effective_to || *b.effective_to >= a.effective_from);
}

class PayerReader {
 public:
  PayerReader(const fs::path& directory, const LoadOptions& options, std::string id, const PolicySet& earlier,
              LoadErrors& errors)
      : directory_(directory), options_(options), earlier_(earlier), errors_(errors) {
    payer_.id = std::move(id);
  }

  std::optional<Payer> read() {
    const auto inputs = open("inputs.json");
    const auto value_sets = open("value-sets.json");
    if (!inputs || !value_sets) return std::nullopt;
    const std::string inputs_name = payer_.id + "/inputs.json";
    const std::string value_sets_name = payer_.id + "/value-sets.json";
    auto catalog = inputs::Catalog::load({*inputs, inputs_name, *value_sets, value_sets_name});
    if (!catalog) {
      append(catalog.error(), errors_);
      return std::nullopt;
    }
    payer_.catalog = std::make_shared<const inputs::Catalog>(std::move(*catalog));
    head();
    for (const std::string& name : names_in(directory_ / payer_.id, false)) {
      if (!name.starts_with("policy") || !name.ends_with(".json")) continue;
      const auto text = open(name);
      if (!text) continue;
      const std::string file = payer_.id + '/' + name;
      Reader reader(*text, file);
      auto policy = read_policy(reader, *payer_.catalog);
      if (policy != nullptr) {
        policy->file = file;
        policy->hash = hash_with_options({*text, *inputs, *value_sets});
        policy->adverse = options_.adverse.value_or(policy->adverse);
        check_beside_others(*policy, reader);
        payer_.policies.push_back(std::move(policy));
      }
      append(reader.take_errors(), errors_);
    }
    read_questionnaires();
    check_questions({*inputs, inputs_name});
    if (errors_.empty()) check_payer();
    return std::move(payer_);
  }

 private:
  std::optional<std::string> open(const std::string& name) {
    auto text = read_file(directory_, payer_.id + '/' + name);
    if (text) return std::move(*text);
    append(text.error(), errors_);
    return std::nullopt;
  }

  std::string hash_with_options(std::vector<std::string_view> files) const {
    if (options_.adverse) {
      files.push_back(*options_.adverse == AdverseDeterminations::kAutomated ? "automated" : "clinician");
    }
    return hash_of(files);
  }

  // The name of the input that a member names; empty when it is not there, which is for the caller to mind.
  std::string input_of(Reader& reader, json::Node root, std::string_view member, inputs::Type type) const {
    if (!root[member]) return {};
    std::vector<std::string_view> names;
    for (const inputs::InputDefinition& input : payer_.catalog->inputs()) {
      if (input.type == type) names.push_back(input.name);
    }
    const auto found = reader.index_of(root[member], "input of type " + std::string(to_string(type)), names);
    return found ? std::string(names[*found]) : std::string();
  }

  void head() {
    const auto text = open("payer.json");
    if (!text) return;
    const std::string file = payer_.id + "/payer.json";
    Reader reader(*text, file);
    const json::Node root = reader.root();
    if (reader.ok() && reader.object(root, "a payer",
                                     {"name", "identifiers", "codeInput", "transactionInput", "monthsInput",
                                      "answersUnknownInsurers"})) {
      payer_.name = reader.text(root, "name");
      payer_.identifiers = reader.texts(root, "identifiers", Need::kOptional);
      payer_.answers_unknown_insurers = reader.boolean(root, "answersUnknownInsurers");
      reader.has(root, "codeInput");
      payer_.code_input = input_of(reader, root, "codeInput", inputs::Type::kCode);
      payer_.transaction_input = input_of(reader, root, "transactionInput", inputs::Type::kWord);
      payer_.months_input = input_of(reader, root, "monthsInput", inputs::Type::kInteger);
    }
    append(reader.take_errors(), errors_);
  }

  void check_beside_others(const Policy& policy, Reader& reader) {
    const json::Node root = reader.root();
    for (const auto& other : payer_.policies) {
      if (other->id == policy.id && other->revision == policy.revision) {
        reader.fail(root["revision"], "the same id and revision as in " + other->file);
      }
      if (!overlap(policy, *other)) continue;
      for (const json::Node code : root["codes"]) {
        if (std::find(other->codes.begin(), other->codes.end(), code.text()) == other->codes.end()) continue;
        reader.fail(code, other->file + " answers this code at the same time");
      }
      if (policy.other_codes && other->other_codes) {
        reader.fail(root["otherCodes"], other->file + " answers other codes at the same time");
      }
    }
  }

  void read_questionnaires() {
    for (const std::string& name : names_in(directory_ / payer_.id / kQuestionnaires, false)) {
      if (!name.ends_with(".json")) continue;
      const std::string relative = std::string(kQuestionnaires) + '/' + name;
      const std::string file = payer_.id + '/' + relative;
      const auto text = open(relative);
      if (!text) continue;
      Reader reader(*text, file);
      if (auto form = read_questionnaire(reader)) {
        form->file = file;
        for (const Payer& payer : earlier_.payers()) check_beside(*form, payer, reader);
        check_beside(*form, payer_, reader);
        payer_.questionnaires.push_back(std::move(*form));
      }
      append(reader.take_errors(), errors_);
    }
  }

  static void check_beside(const Questionnaire& form, const Payer& payer, Reader& reader) {
    for (const Questionnaire& other : payer.questionnaires) {
      if (other.id == form.id) reader.fail(reader.root()["id"], "the same id as in " + other.file);
      if (other.url == form.url && other.version == form.version) {
        reader.fail(reader.root()["url"], "the same url and version as in " + other.file);
      }
    }
  }

  // A payer's own forms ask what its inputs read.
  void check_questions(Reader reader) const {
    std::vector<std::string_view> link_ids;
    for (const Questionnaire& form : payer_.questionnaires) {
      link_ids.insert(link_ids.end(), form.link_ids.begin(), form.link_ids.end());
    }
    if (!errors_.empty() || link_ids.empty()) return;
    for (const json::Node input : reader.root()["inputs"]) {
      for (const json::Node source : input["sources"]) {
        if (source["question"]) reader.index_of(source["question"], "item of the payer's questionnaires", link_ids);
      }
    }
    append(reader.take_errors(), errors_);
  }

  void check_payer() {
    const bool answers_others = std::any_of(payer_.policies.begin(), payer_.policies.end(),
                                            [](const auto& policy) { return policy->other_codes; });
    if (answers_others) return;
    errors_.push_back({payer_.id, 1, 1,
                       payer_.policies.empty() ? "the payer has no policy file"
                                               : "no policy of the payer has \"otherCodes\": true, so that a code that "
                                                 "none names would have no answer",
                       ""});
  }

  const fs::path& directory_;
  const LoadOptions& options_;
  const PolicySet& earlier_;  // the payers before this one
  LoadErrors& errors_;
  Payer payer_;
};

}  // namespace

boost::system::result<std::shared_ptr<const PolicySet>, LoadErrors> PolicySet::load(const fs::path& directory,
                                                                                    const LoadOptions& options) {
  LoadErrors errors;
  auto set = std::make_shared<PolicySet>();
  const Payer* first_default = nullptr;
  const auto folders = names_in(directory, true);
  set->payers_.reserve(folders.size());  // first_default points into it
  for (const std::string& name : folders) {
    auto payer = PayerReader(directory, options, name, *set, errors).read();
    if (!payer) continue;
    if (payer->answers_unknown_insurers && first_default != nullptr) {
      errors.push_back(
          {name + "/payer.json", 1, 1, "the payer " + first_default->id + " already answers unknown insurers", ""});
    }
    set->payers_.push_back(std::move(*payer));
    if (set->payers_.back().answers_unknown_insurers) first_default = &set->payers_.back();
  }
  if (errors.empty() && set->payers_.empty()) {
    errors.push_back({directory.filename().string(), 1, 1, "no payer's folder is in the policies directory", ""});
  }
  if (!errors.empty()) return errors;
  if (first_default == nullptr) {
    for (const Payer& payer : set->payers_) {
      set->served_.push_back(payer.name);
      set->served_.push_back(payer.id);
      set->served_.insert(set->served_.end(), payer.identifiers.begin(), payer.identifiers.end());
    }
  }
  return std::shared_ptr<const PolicySet>(std::move(set));
}

}  // namespace pas::policy
