#include "mappings/pas/standing.h"

#include "fhir/json/writer.h"
#include "mappings/pas/elements.h"

namespace pas::pas {
namespace {

void write_text(json::Writer& out, std::string_view name, std::string_view text) {
  if (!text.empty()) out.member(name, text);
}

void write_texts(json::Writer& out, std::string_view name, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out.key(name).begin_array();
  for (const std::string& text : texts) out.string(text);
  out.end_array();
}

void write_date(json::Writer& out, std::string_view name, const std::optional<base::Date>& date) {
  if (date) out.member(name, base::to_string(*date));
}

void write_decision(json::Writer& out, const decision::Decision& decision) {
  out.key("decision").begin_object().member("action", decision.action);
  write_text(out, "policy", decision.policy_id);
  write_text(out, "reason", decision.reason);
  write_texts(out, "notes", decision.notes);
  decision::write_wanted(decision, out);
  write_text(out, "recommendation", decision.recommendation);
  out.end_object();
}

void write_answer(json::Writer& out, const ItemAnswer& answer) {
  out.key("answer").begin_object();
  write_text(out, "authorizationNumber", answer.authorization_number);
  write_text(out, "previousAuthorizationNumber", answer.previous_authorization_number);
  write_text(out, "administrationReferenceNumber", answer.administration_reference_number);
  write_date(out, "issued", answer.issued);
  write_date(out, "validFrom", answer.valid.start);
  write_date(out, "validTo", answer.valid.end);
  if (answer.authorized) {
    out.key("authorized").begin_object();
    write_text(out, "quantity", answer.authorized->quantity);
    write_text(out, "quantityCode", answer.authorized->quantity_code);
    write_date(out, "servedFrom", answer.authorized->served.start);
    write_date(out, "servedTo", answer.authorized->served.end);
    out.end_object();
  }
  if (answer.reviewer.was_human) {
    out.key("reviewer").begin_object();
    write_text(out, "npi", answer.reviewer.npi);
    write_text(out, "specialtySystem", answer.reviewer.specialty_system);
    write_text(out, "specialtyCode", answer.reviewer.specialty_code);
    out.end_object();
  }
  out.end_object();
}

// "E. P."
std::string initials_of(json::Node name) {
  std::string initials;
  for (const std::string_view part : {name["given"].at(0).text(), name["family"].text()}) {
    std::size_t length = part.empty() ? 0 : 1;  // the bytes of the first character
    while (length < part.size() && (static_cast<unsigned char>(part[length]) & 0xC0U) == 0x80U) ++length;
    if (length > 0) initials.append(initials.empty() ? "" : " ").append(part.substr(0, length)).append(".");
  }
  return initials;
}

void write_member(json::Writer& out, json::Node patient) {
  out.key("member").begin_object();
  write_text(out, "initials", initials_of(patient["name"].at(0)));
  write_text(out, "birthDate", patient["birthDate"].text());
  write_text(out, "sex", patient["gender"].text());
  out.end_object();
}

std::vector<std::string> texts_of(json::Node list) {
  std::vector<std::string> texts;
  for (const json::Node text : list) texts.emplace_back(text.text());
  return texts;
}

decision::Decision decision_of(json::Node node, int sequence) {
  decision::Decision decision;
  decision.item_sequence = sequence;
  decision.action = node["action"].text();
  decision.policy_id = node["policy"].text();
  decision.reason = node["reason"].text();
  decision.notes = texts_of(node["notes"]);
  decision.questions = texts_of(node["questions"]);
  decision.recommendation = node["recommendation"].text();
  for (const json::Node document : node["documents"]) {
    decision.documents.push_back({std::string(document["criterion"].text()), std::string(document["loinc"].text()),
                                  std::string(document["title"].text()), std::string(document["reportType"].text()),
                                  std::string(document["modifier"].text())});
  }
  return decision;
}

ItemAnswer answer_of(json::Node node, int sequence) {
  ItemAnswer answer;
  answer.sequence = sequence;
  answer.authorization_number = node["authorizationNumber"].text();
  answer.previous_authorization_number = node["previousAuthorizationNumber"].text();
  answer.administration_reference_number = node["administrationReferenceNumber"].text();
  answer.issued = base::parse_date(node["issued"].text());
  answer.valid = {base::parse_date(node["validFrom"].text()), base::parse_date(node["validTo"].text())};
  if (const json::Node authorized = node["authorized"]) {
    answer.authorized = Authorized{
        std::string(authorized["quantity"].text()),
        std::string(authorized["quantityCode"].text()),
        {base::parse_date(authorized["servedFrom"].text()), base::parse_date(authorized["servedTo"].text())}};
  }
  if (const json::Node reviewer = node["reviewer"]) {
    answer.reviewer = {true, std::string(reviewer["npi"].text()), std::string(reviewer["specialtySystem"].text()),
                       std::string(reviewer["specialtyCode"].text())};
  }
  return answer;
}

}  // namespace

std::string write_standing(const Item& item, const decision::Decision* decision, const ItemAnswer* answer,
                           const std::vector<std::string>& claim_notes, json::Node patient) {
  json::Writer out;
  out.begin_object().member("item", item.node);
  if (decision != nullptr) write_decision(out, *decision);
  if (answer != nullptr) write_answer(out, *answer);
  write_texts(out, "claimNotes", claim_notes);
  if (patient) write_member(out, patient);
  out.end_object();
  return std::move(out).take();
}

base::Result<StandingItem> read_standing(std::string text) {
  auto document = json::Document::parse(std::move(text));
  if (!document) return base::Error{base::ErrorCode::kInvalid, "an item's state is not JSON"};
  StandingItem standing{.document = std::move(*document), .item = {}, .decision = {}, .answer = {}, .claim_notes = {}};
  const json::Node root = standing.document.root();
  standing.item = read_item_facts(root["item"]);
  if (standing.item.sequence == 0) return base::Error{base::ErrorCode::kInvalid, "an item's state has no item"};
  standing.decision = decision_of(root["decision"], standing.item.sequence);
  standing.answer = answer_of(root["answer"], standing.item.sequence);
  standing.claim_notes = texts_of(root["claimNotes"]);
  return standing;
}

}  // namespace pas::pas
