// Loads any files as a payer's policies: a set that is refused is refused with places in them; one that is taken has an
// answer to a request of which nothing is known and to one that says much, and each answer can be replayed.
//
// The input is files of the folder tests/cases/policies/small/clinic (sections.h); the others are as they are there.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "mappings/decision/decision.h"
#include "mappings/decision/replay.h"
#include "mappings/inputs/extract.h"
#include "tests/fuzz/sections.h"
#include "tests/mappings/policy/case_inputs.h"
#include "tests/support/files.h"

namespace pas {
namespace {

constexpr std::string_view kNames[] = {"payer.json",
                                       "inputs.json",
                                       "value-sets.json",
                                       "policy.json",
                                       "policy-later.json",
                                       "questionnaires/oxygen.json",
                                       "questionnaires/other.json"};

using Files = std::map<std::string_view, std::string_view>;

Files files_of(std::string_view input) {
  Files files;
  for (const fuzz::Section& section : fuzz::sections_of(input)) {
    const auto name = std::ranges::find(kNames, section.name);
    if (name != std::end(kNames)) files[*name] = section.text;
  }
  return files;
}

// The folder, changed to what each input says and back.
class Folder {
 public:
  explicit Folder(const Files& files) : files_(files) {
    for (const auto& [name, text] : files_) copy().write(path_of(name), std::string(text));
  }
  ~Folder() {
    for (const auto& [name, text] : files_) {
      const auto original = support::repo_path("tests/cases/policies/small") / path_of(name);
      if (std::filesystem::exists(original)) {
        copy().write(path_of(name), support::read_file(original));
      } else {
        std::filesystem::remove(copy().directory() / path_of(name));
      }
    }
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  static const std::filesystem::path& path() { return copy().directory(); }

 private:
  static std::string path_of(std::string_view name) { return "clinic/" + std::string(name); }
  static const support::PolicyCopy& copy() {
    static const support::PolicyCopy copy(support::repo_path("tests/cases/policies/small"));
    return copy;
  }

  const Files& files_;
};

constexpr std::string_view kRequest = R"({"resourceType":"Bundle","entry":[
 {"fullUrl":"urn:c","resource":{"resourceType":"Claim","created":"2026-03-10",
  "diagnosis":[{"sequence":1,"diagnosisCodeableConcept":{"coding":[{"system":"https://clinic.example/findings","code":"L1"}]}}],
  "supportingInfo":[{"sequence":1,"valueReference":{"reference":"urn:d"}},{"sequence":2,"valueReference":{"reference":"urn:q"}}],
  "item":[{"sequence":1,"productOrService":{"coding":[{"system":"https://clinic.example/services","code":"OX1"}]}}]}},
 {"fullUrl":"urn:p","resource":{"resourceType":"Patient","birthDate":"1960-02-29"}},
 {"fullUrl":"urn:d","resource":{"resourceType":"DocumentReference","date":"2026-03-01T10:00:00Z","status":"current",
  "content":[{"attachment":{"contentType":"text/plain","data":"b3h5Z2Vu"}}]}},
 {"fullUrl":"urn:q","resource":{"resourceType":"QuestionnaireResponse","status":"completed","item":[
  {"linkId":"saturation","answer":[{"valueDecimal":86.5}]},{"linkId":"setting","answer":[{"valueString":"sleep"}]},
  {"linkId":"oedema","answer":[{"valueBoolean":true}]},{"linkId":"smoker","answer":[{"valueBoolean":false}]}]}}]})";

// The policy that answers an item must, whatever is known of it: table_check.h.
void decide(const policy::Payer& payer, const inputs::InputSet& inputs, base::Date date) {
  const policy::Policy* policy = payer.choose(inputs, date);
  if (policy == nullptr) std::abort();
  const auto [evaluation, decision] = decision::evaluate_and_decide(*policy, inputs, date);
  if (decision.row.empty() || decision.action.empty()) std::abort();
  const std::string text = decision::to_json(evaluation, inputs, decision);
  const auto document = json::Document::parse(text);
  if (!document) std::abort();
  static_cast<void>(decision::explain(document->root()));
  const auto record = decision::read_record(document->root());
  if (!record || decision::replay(*record, *policy) != text) std::abort();
}

void decide(const policy::PolicySet& set) {
  static const json::Document request = *json::Document::parse(std::string(kRequest));
  static const json::BundleIndex index(request.root());
  const json::Node claim = index.entries()[0].resource;
  const json::Node item = *claim["item"].begin();
  const base::Date date = *base::parse_date("2026-03-10");
  const inputs::Subject unknown{index, {}, {}, {}, {}, date};
  const inputs::Subject known{index, claim, item, index.entries()[1].resource, {}, date};
  for (const policy::Payer& payer : set.payers()) {
    for (const inputs::Subject& subject : {unknown, known}) {
      decide(payer, inputs::extract(subject, *payer.catalog, {}), date);
    }
  }
}

}  // namespace
}  // namespace pas

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const pas::Files files = pas::files_of({reinterpret_cast<const char*>(data), size});
  const pas::Folder folder(files);
  const auto loaded = pas::policy::PolicySet::load(pas::Folder::path());
  if (loaded) {
    pas::decide(**loaded);
    return 0;
  }
  const pas::policy::LoadErrors errors = loaded.error();
  if (errors.empty()) std::abort();
  for (const pas::policy::LoadError& error : errors) {
    if (error.message.empty() || error.line == 0 || error.column == 0) std::abort();
    static_cast<void>(to_string(error));
  }
  return 0;
}
