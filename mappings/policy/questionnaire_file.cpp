#include "mappings/policy/questionnaire_file.h"

#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "fhir/base/text.h"

namespace pas::policy {
namespace {

// FHIR R4 item-type.
const std::vector<std::string_view> kItemTypes = {
    "group",  "display", "boolean", "decimal", "integer",     "date",       "dateTime",  "time",
    "string", "text",    "url",     "choice",  "open-choice", "attachment", "reference", "quantity"};
// FHIR R4 publication-status.
const std::vector<std::string_view> kStatuses = {"draft", "active", "retired", "unknown"};

class QuestionnaireReader {
 public:
  explicit QuestionnaireReader(Reader& reader) : reader_(reader) {}

  std::optional<Questionnaire> read() {
    if (!reader_.ok()) return std::nullopt;  // not even an object
    const json::Node root = reader_.root();
    if (reader_.has(root, "resourceType") && root["resourceType"].text() != "Questionnaire") {
      reader_.fail(root["resourceType"], "this folder takes FHIR resources of the type Questionnaire alone");
      return std::nullopt;
    }
    form_.id = reader_.text(root, "id");
    if (!form_.id.empty() && !base::is_fhir_id(form_.id)) {
      reader_.fail(root["id"], "a FHIR id is 1 to 64 letters, digits, hyphens and dots");
    }
    form_.url = reader_.text(root, "url");
    form_.version = reader_.text(root, "version", Need::kOptional);
    if (reader_.has(root, "status")) reader_.index_of(root["status"], "status of a Questionnaire", kStatuses);
    read_items(reader_.list(root, "item", Need::kRequired));
    for (const json::Node question : asked_first_) {
      reader_.index_of(question, "item of the form", {form_.link_ids.begin(), form_.link_ids.end()});
    }
    if (!reader_.ok()) return std::nullopt;
    form_.resource = root.to_json();
    return std::move(form_);
  }

 private:
  void read_items(json::Node items) {  // NOLINT(misc-no-recursion): the parser bounds the depth
    for (const json::Node item : items) {
      if (!item.is_object()) {
        reader_.fail(item, "every element of \"item\" must be an object");
        continue;
      }
      std::string link_id = reader_.text(item, "linkId");
      if (!link_id.empty()) {
        if (!seen_.insert(link_id).second) {
          reader_.fail(item["linkId"], "the linkId \"" + link_id + "\" is given twice");
        }
        form_.link_ids.push_back(std::move(link_id));
      }
      if (reader_.has(item, "type")) reader_.index_of(item["type"], "type of item", kItemTypes);
      for (const json::Node condition : reader_.list(item, "enableWhen", Need::kOptional)) {
        if (reader_.has(condition, "question")) asked_first_.push_back(condition["question"]);
      }
      read_items(reader_.list(item, "item", Need::kOptional));
    }
  }

  Reader& reader_;
  Questionnaire form_;
  std::unordered_set<std::string> seen_;  // link ids
  std::vector<json::Node> asked_first_;   // link ids that enableWhen names
};

}  // namespace

std::optional<Questionnaire> read_questionnaire(Reader& reader) {
  return QuestionnaireReader(reader).read();
}

}  // namespace pas::policy
