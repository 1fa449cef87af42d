#include "mappings/pas/payer_answer.h"

#include <algorithm>

#include "mappings/pas/elements.h"
#include "mappings/pas/served.h"
#include "mappings/policy/x12.h"

namespace pas::pas {
namespace {

namespace x12 = policy::x12;

constexpr std::size_t kMostLoincBytes = 10;
constexpr std::size_t kMostNumberBytes = 50;  // X12 127

json::Node part_of(json::Node extension, std::string_view url) {
  for (const json::Node part : extension["extension"]) {
    if (part["url"].text() == url) return part;
  }
  return {};
}

std::string code_of(json::Node codeable_concept) {
  return std::string(codeable_concept["coding"].at(0)["code"].text());
}

// Part of ids that are written for it.
bool is_loinc(std::string_view code) {
  return !code.empty() && code.size() <= kMostLoincBytes &&
         std::ranges::all_of(code, [](char c) { return (c >= '0' && c <= '9') || c == '-'; });
}

class AnswerReader {
 public:
  explicit AnswerReader(const json::BundleIndex& index) : index_(index) {}

  base::Result<PayerAnswer> read() && {
    for (const json::Entry& entry : index_.entries()) {
      if (entry.type == "ClaimResponse" && !response_) response_ = entry.resource;
    }
    if (!response_) return base::invalid("the answer holds no ClaimResponse");
    read_notes();
    for (const json::Node item : response_["item"]) {
      if (auto read = read_item(item); !read) return read.error();
    }
    for (const json::Node item : response_["addItem"]) read_added(item);
    for (const json::Entry& entry : index_.entries()) {
      if (entry.type == "CommunicationRequest") read_document(entry.resource);
      if (entry.type == "Task") take_tracking_id(entry.resource, true);
    }
    for (const json::Node error : response_["error"]) read_error(error);
    for (const auto& [number, text] : notes_) {
      if (std::ranges::find(used_notes_, number) == used_notes_.end()) answer_.notes.push_back(text);
    }
    return std::move(answer_);
  }

 private:
  void read_notes() {
    for (const json::Node note : response_["processNote"]) {
      notes_.emplace_back(note["number"].text(), note["text"].text());
    }
  }

  base::Result<void> read_item(json::Node item) {
    AnsweredItem read;
    decision::Decision& decision = read.decision;
    decision.item_sequence = sequence_of(item["itemSequence"]);
    const std::string place = item.path();
    if (decision.item_sequence == 0) return base::invalid(place + ".itemSequence: a positive number is wanted");
    if (find(decision.item_sequence) != nullptr) return base::invalid(place + ".itemSequence: the item stands twice");
    json::Node review;
    for (const json::Node adjudication : item["adjudication"]) {
      if (!review) review = find_extension(adjudication, "extension-reviewAction");
    }
    if (!review) return {};  // not decided
    decision.action = code_of(find_extension(review, "extension-reviewActionCode")["valueCodeableConcept"]);
    if (x12::display(x12::actions(), decision.action).empty()) {
      return base::invalid(place + ".adjudication: an X12 306 code is wanted as review action");
    }
    decision.reason = code_of(part_of(review, "reasonCode")["valueCodeableConcept"]);
    for (const json::Node number : item["noteNumber"]) take_note(number.text(), decision);

    ItemAnswer& answer = read.answer;
    answer.sequence = decision.item_sequence;
    answer.authorization_number = part_of(review, "number")["valueString"].text();
    answer.previous_authorization_number = find_extension(item, "extension-authorizationNumber")["valueString"].text();
    answer.administration_reference_number =
        find_extension(item, "extension-administrationReferenceNumber")["valueString"].text();
    answer.issued = base::parse_date(find_extension(item, "extension-itemPreAuthIssueDate")["valueDate"].text());
    answer.valid = period_of(find_extension(item, "extension-itemPreAuthPeriod")["valuePeriod"]);
    if (answer.authorization_number.size() > kMostNumberBytes) {
      return base::invalid(place + ": an authorization number has at most 50 characters");
    }
    if (decision.action == "A2") {
      const json::Node detail = find_extension(item, "extension-itemAuthorizedDetail");
      authorize(part_of(detail, "quantity")["valueQuantity"], {}, answer);
    }
    answer.reviewer = reviewer();
    answer_.items.push_back(std::move(read));
    return {};
  }

  void read_added(json::Node item) {
    for (const json::Node sequence : item["itemSequence"]) {
      AnsweredItem* read = find(sequence_of(sequence));
      if (read == nullptr) continue;
      authorize(item["quantity"], served_of(item), read->answer);
      if (!read->answer.authorization_number.empty()) continue;
      for (const json::Node adjudication : item["adjudication"]) {
        const json::Node review = find_extension(adjudication, "extension-reviewAction");
        read->answer.authorization_number = part_of(review, "number")["valueString"].text();
      }
    }
  }

  static void authorize(json::Node quantity, const DatePeriod& served, ItemAnswer& answer) {
    Authorized authorized{.quantity = std::string(quantity["value"].text()), .quantity_code = {}, .served = served};
    if (quantity["system"].text() == "https://codesystem.x12.org/005010/673") {
      authorized.quantity_code = quantity["code"].text();
    }
    answer.authorized = std::move(authorized);
  }

  // One for each document and line.
  void read_document(json::Node request) {
    take_tracking_id(request, false);
    for (const json::Node payload : request["payload"]) {
      json::Node line = find_extension(payload, "extension-serviceLineNumber");
      if (!line) line = find_extension(request, "extension-serviceLineNumber");
      const std::string_view loinc = payload["contentString"].text();
      for (AnsweredItem& item : answer_.items) {
        if (item.decision.action != "A4" || !is_loinc(loinc)) continue;
        if (line && sequence_of(line["valuePositiveInt"]) != item.decision.item_sequence) continue;
        item.decision.documents.push_back({.criterion = {},
                                           .loinc = std::string(loinc),
                                           .title = std::string(request["note"].at(0)["text"].text()),
                                           .report_type = code_of(request["category"].at(0))});
      }
    }
  }

  // A Task's comes before a CommunicationRequest's.
  void take_tracking_id(json::Node resource, bool is_task) {
    const std::string_view value = resource["identifier"].at(0)["value"].text();
    if (value.empty() || (!is_task && !answer_.tracking_id.empty())) return;
    answer_.tracking_id = value;
  }

  void read_error(json::Node error) {
    std::string text = code_of(error["code"]);
    const std::string_view path = find_extension(error, "extension-errorPath")["valueString"].text();
    if (!path.empty()) text.append(" ").append(path);
    const std::string_view display = error["code"]["coding"].at(0)["display"].text();
    const std::string_view told = error["code"]["text"].text();
    answer_.errors.push_back(text.append(": ").append(told.empty() ? display : told));
  }

  void take_note(std::string_view number, decision::Decision& decision) {
    const auto note = std::ranges::find(notes_, number, [](const auto& each) { return each.first; });
    if (note == notes_.end()) return;
    decision.notes.push_back(note->second);
    used_notes_.push_back(number);
  }

  Reviewer reviewer() const {
    const json::Node extension = find_extension(response_, "extension-claimResponseReviewer");
    Reviewer reviewer;
    reviewer.was_human = part_of(extension, "wasHumanReviewedFlag")["valueBoolean"].is_true();
    reviewer.npi = part_of(extension, "reviewerNPI")["valueIdentifier"]["value"].text();
    const json::Node specialty = part_of(extension, "reviewerSpecialty")["valueCodeableConcept"]["coding"].at(0);
    reviewer.specialty_system = specialty["system"].text();
    reviewer.specialty_code = specialty["code"].text();
    return reviewer;
  }

  AnsweredItem* find(int sequence) {
    const auto found = std::ranges::find_if(
        answer_.items, [sequence](const AnsweredItem& item) { return item.decision.item_sequence == sequence; });
    return found == answer_.items.end() ? nullptr : &*found;
  }

  const json::BundleIndex& index_;
  json::Node response_;
  std::vector<std::pair<std::string_view, std::string>> notes_;  // number and text
  std::vector<std::string_view> used_notes_;                     // numbers of those that an item has
  PayerAnswer answer_;
};

}  // namespace

base::Result<PayerAnswer> read_payer_answer(const json::BundleIndex& response) {
  return AnswerReader(response).read();
}

}  // namespace pas::pas
