#include "adapter/endpoints/review_endpoints.h"

#include <algorithm>
#include <charconv>

#include "adapter/endpoints/admin_json.h"
#include "adapter/endpoints/case_material.h"
#include "adapter/endpoints/statistics.h"
#include "adapter/service/case_record.h"
#include "fhir/base/digest.h"
#include "fhir/json/writer.h"

namespace pas::endpoints {
namespace {

constexpr std::int64_t kMsOfHour = 3'600'000;
constexpr int kDefaultPage = 50;
constexpr int kMostPage = 500;
constexpr std::string_view kNoObject = "The body must be a JSON object.";

std::optional<std::int64_t> integer_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string instant_of(std::int64_t at_ms) {
  return base::to_instant(base::from_ms(at_ms));
}

std::int64_t now_ms(const base::Clock& clock) {
  return base::to_ms(clock.now());
}

// What of a case changes by a revision, by another that replaces it, and by the clock alone when it gets late.
std::string state_of(const store::Case& record, std::int64_t now) {
  const bool is_late = record.due_ms != 0 && record.due_ms <= now;
  return record.id + ' ' + std::to_string(record.revision) + ' ' + record.replaced_by + (is_late ? " late\n" : "\n");
}

// For whoever asks again and again. Weak (RFC 9110 §8.8.1): the age in the body goes on while nothing has changed.
std::string tag_of(std::string_view states) {
  return "W/\"" + base::sha256_hex(states).substr(0, 16) + '"';
}

bool has_tag(const Call& call, std::string_view tag) {
  return call.request.headers.find("If-None-Match") == tag;
}

http::Response with_tag(http::Response response, std::string tag) {
  response.headers.add("ETag", std::move(tag));
  return response;
}

// The head of a case, into an object that is open.
void write_case(const store::Case& record, std::int64_t now, json::Writer& out) {
  out.member("id", record.id).member("revision", record.revision).member("status", store::to_string(record.status));
  out.member("kind", store::to_string(record.kind)).member("client", record.client).member("version", record.version);
  out.member("payer", record.payer).member("memberId", record.member_id).member("priority", record.priority);
  out.member("receivedAt", instant_of(record.received_at_ms))
      .member("ageSeconds", (now - record.received_at_ms) / 1000);
  if (record.due_ms != 0) {
    out.member("dueAt", instant_of(record.due_ms)).member("isLate", record.due_ms <= now);
  }
  if (!record.prior_id.empty()) out.member("priorId", record.prior_id);
  if (!record.replaced_by.empty()) out.member("replacedBy", record.replaced_by);
  out.key("items").begin_array();
  for (const store::Item& item : record.items) {
    out.begin_object().member("sequence", item.sequence).member("action", item.action).member("reason", item.reason);
    out.member("procedureCode", item.procedure_code);
    out.member("authorizationNumber", item.authorization_number);
    out.member("administrativeReferenceNumber", item.administrative_reference_number);
    if (!item.state.empty()) out.key("state").raw(item.state);
    out.end_object();
  }
  out.end_array();
}

// Of the first item that waits, into an open object: "policy", the id of the one that left it open, and "member":
// {"initials": "E. P.", "age": 47, "sex": "female"}, what of it can be told.
void write_headline(const store::Case& record, base::Date today, json::Writer& out) {
  const auto waiting = std::ranges::find(record.items, service::kPendedAction, &store::Item::action);
  const auto state = json::Document::parse(waiting == record.items.end() ? "{}" : waiting->state);
  const json::Node standing = state ? state->root() : json::Node();
  if (const json::Node policy = standing["decision"]["policy"]) out.member("policy", policy);
  const json::Node member = standing["member"];
  out.key("member").begin_object();
  if (member["initials"]) out.member("initials", member["initials"]);
  if (const auto birth = base::parse_date(member["birthDate"].text())) {
    out.member("age", base::years_between(*birth, today));
  }
  if (member["sex"]) out.member("sex", member["sex"]);
  out.end_object();
}

// What changed it last, if anything did since it came.
base::Result<void> write_last_change(const store::Store& store, const store::Case& record, json::Writer& out) {
  if (record.revision == 1) return {};
  const auto history = store.history(record.id);
  if (!history) return history.error();
  if (history->empty()) return {};
  out.key("lastChange").begin_object().member("action", history->back().action);
  out.member("at", instant_of(history->back().at_ms)).end_object();
  return {};
}

http::Response list_queue(Call& call, const store::Store& store, const base::Clock& clock) {
  const auto text = [&call](std::string_view name) { return std::string(call.request.parameter(name).value_or("")); };
  std::vector<std::string> mistakes;
  const auto number = [&](std::string_view name) -> std::optional<std::int64_t> {
    const auto given = call.request.parameter(name);
    if (!given) return std::nullopt;
    const auto value = integer_of(*given);
    if (!value || *value < 0) mistakes.push_back(std::string(name) + ": a number of 0 or more is wanted.");
    return value;
  };
  const std::int64_t now = now_ms(clock);
  store::CaseFilter filter;
  filter.status = store::Status::kPended;
  filter.include_replaced = false;
  filter.payer = text("payer");
  filter.member_id = text("member");
  filter.client = text("client");
  if (const auto hours = number("dueWithinHours"))
    filter.due_before_ms = now + std::min<std::int64_t>(*hours, 100'000) * kMsOfHour;
  const auto before = number("before");
  const auto limit = number("limit").value_or(kDefaultPage);
  if (limit < 1 || limit > kMostPage) mistakes.push_back("limit: 1 to " + std::to_string(kMostPage) + " is wanted.");
  if (!mistakes.empty()) return mistakes_answer(400, mistakes);
  const auto page = store.list_cases(filter, before, static_cast<int>(limit));
  if (!page) return problem_of(page.error());
  // The day, since a member's age is of it.
  std::string states = base::to_string(base::utc_date(clock.now())) + '\n';
  for (const store::Case& record : page->cases) states += state_of(record, now);
  if (page->continue_before) states += std::to_string(*page->continue_before);
  const std::string tag = tag_of(states);
  if (has_tag(call, tag)) return with_tag(json_answer(304, ""), tag);
  json::Writer out;
  out.begin_object().key("cases").begin_array();
  for (const store::Case& record : page->cases) {
    call.touch_case(record.id);
    out.begin_object();
    write_case(record, now, out);
    write_headline(record, base::utc_date(clock.now()), out);
    if (const auto written = write_last_change(store, record, out); !written) return problem_of(written.error());
    out.end_object();
  }
  out.end_array();
  if (page->continue_before) out.member("before", *page->continue_before);
  out.end_object();
  return with_tag(json_answer(200, std::move(out).take()), tag);
}

http::Response read_case(const Call& call, const store::Store& store, const base::Clock& clock) {
  const auto found = store.find_case(call.id);
  if (!found) return problem_of(found.error());
  if (!*found) return problem(404, "No such case.");
  const std::string tag = tag_of(state_of(**found, now_ms(clock)));
  if (has_tag(call, tag)) return with_tag(json_answer(304, ""), tag);
  const auto history = store.history(call.id);
  if (!history) return problem_of(history.error());
  json::Writer out;
  out.begin_object();
  write_case(**found, now_ms(clock), out);
  out.key("records").begin_array();
  for (const store::Item& item : (*found)->items) {
    const auto records = store.decision_records(call.id, item.sequence);
    if (!records) return problem_of(records.error());
    for (const store::DecisionRecord& record : *records) out.raw(record.json);
  }
  out.end_array().key("history").begin_array();
  for (const store::HistoryEntry& entry : *history) {
    out.begin_object().member("revision", entry.revision).member("at", instant_of(entry.at_ms));
    out.member("actor", entry.actor).member("action", entry.action).end_object();
  }
  out.end_array().end_object();
  return with_tag(json_answer(200, std::move(out).take()), tag);
}

service::ReviewedItem item_of(json::Node node) {
  service::ReviewedItem item;
  item.sequence = static_cast<int>(integer_of(node["sequence"].text()).value_or(0));
  item.action = node["action"].text();
  item.reason = node["reason"].text();
  item.note = node["note"].text();
  if (node["quantity"].is_number()) item.quantity = node["quantity"].text();
  item.quantity_code = node["quantityCode"].text();
  item.valid = {base::parse_date(node["validFrom"].text()), base::parse_date(node["validTo"].text())};
  for (const json::Node document : node["documents"]) {
    item.documents.push_back({"", std::string(document["loinc"].text()), std::string(document["title"].text()),
                              std::string(document["reportType"].text()), std::string(document["modifier"].text())});
  }
  for (const json::Node question : node["questions"]) item.questions.emplace_back(question.text());
  return item;
}

// The history names the client that a reviewer works with, where it is known, before the name that it gives.
service::Review review_of(json::Node body, const auth::Principal& caller) {
  service::Review review;
  review.revision = integer_of(body["revision"].text()).value_or(0);
  const json::Node reviewer = body["reviewer"];
  review.actor = reviewer["name"].text().empty() ? "reviewer" : reviewer["name"].text();
  if (!caller.is_unrestricted) review.actor = caller.client + ": " + review.actor;
  review.reviewer = {true, std::string(reviewer["npi"].text()), std::string(reviewer["specialty"]["system"].text()),
                     std::string(reviewer["specialty"]["code"].text())};
  for (const json::Node item : body["items"]) review.items.push_back(item_of(item));
  return review;
}

// Nothing when the body is no JSON object.
std::optional<service::Review> read_review(Call& call) {
  const auto body = json::Document::parse(std::move(call.request.body));
  if (!body || !body->root().is_object()) return std::nullopt;
  service::Review review = review_of(body->root(), call.caller);
  review.deadline = call.request.deadline;
  review.origin = call.origin();
  return review;
}

http::Response preview_decision(Call& call, const service::CaseService& cases) {
  const auto review = read_review(call);
  if (!review) return problem(400, kNoObject);
  auto preview = cases.preview(call.id, *review);
  if (const auto* mistakes = std::get_if<service::Mistakes>(&preview)) return mistakes_answer(422, mistakes->messages);
  if (const auto* error = std::get_if<base::Error>(&preview)) return problem_of(*error);
  return json_answer(200, std::move(std::get<std::string>(preview)));
}

http::Response decide_case(Call& call, const service::CaseService& cases, const base::Clock& clock) {
  const auto review = read_review(call);
  if (!review) return problem(400, kNoObject);
  auto outcome = cases.review(call.id, *review);
  if (const auto* mistakes = std::get_if<service::Mistakes>(&outcome)) return mistakes_answer(422, mistakes->messages);
  if (const auto* error = std::get_if<base::Error>(&outcome)) return problem_of(*error);
  json::Writer out;
  out.begin_object();
  write_case(std::get<service::Revised>(outcome).record, now_ms(clock), out);
  out.end_object();
  return json_answer(200, std::move(out).take());
}

}  // namespace

std::vector<Route> review_routes(const service::CaseService& cases, const service::Adjudicator& adjudicator,
                                 const store::Store& store, const base::Clock& clock) {
  return {
      {http::Method::kGet, Place::kServer, "/admin/queue", auth::kReviewScope,
       [&store, &clock](Call& call) { return list_queue(call, store, clock); }},
      {http::Method::kGet, Place::kServer, "/admin/cases/{id}", auth::kReviewScope,
       [&store, &clock](Call& call) { return read_case(call, store, clock); }},
      {http::Method::kGet, Place::kServer, "/admin/cases/{id}/request", auth::kReviewScope,
       [&adjudicator, &store](Call& call) { return read_material(call, adjudicator, store); }},
      {http::Method::kPost, Place::kServer, "/admin/cases/{id}/preview", auth::kReviewScope,
       [&cases](Call& call) { return preview_decision(call, cases); }},
      {http::Method::kPost, Place::kServer, "/admin/cases/{id}/decision", auth::kReviewScope,
       [&cases, &clock](Call& call) { return decide_case(call, cases, clock); }},
      {http::Method::kGet, Place::kServer, "/admin/statistics", auth::kReviewScope,
       [&store, &clock](Call& call) { return read_statistics(call, store, clock); }},
  };
}

}  // namespace pas::endpoints
