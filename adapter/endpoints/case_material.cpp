#include "adapter/endpoints/case_material.h"

#include <algorithm>

#include "adapter/endpoints/admin_json.h"
#include "adapter/service/case_record.h"
#include "adapter/service/open_case.h"
#include "fhir/base/clock.h"
#include "fhir/base/utf8.h"
#include "mappings/inputs/documents.h"
#include "mappings/pas/request.h"

namespace pas::endpoints {
namespace {

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

void write_member(json::Node bundle, base::Date today, json::Writer& out) {
  const json::BundleIndex index(bundle);
  const json::Node patient = index.resolve(bundle["entry"].at(0)["resource"]["patient"]);
  out.key("member").begin_object();
  const std::string initials = initials_of(patient["name"].at(0));
  if (!initials.empty()) out.member("initials", initials);
  if (const auto birth = base::parse_date(patient["birthDate"].text())) {
    out.member("age", base::years_between(*birth, today));
  }
  if (const json::Node sex = patient["gender"]) out.member("sex", sex);
  out.end_object();
}

void write_texts(const service::OpenCase& open, const inputs::DocumentTools& tools, json::Writer& out) {
  const json::BundleIndex& index = *open.request().index;
  inputs::Documents documents(index, tools);
  out.key("texts").begin_array();
  for (const json::Entry& entry : index.entries()) {
    if (entry.type != "DocumentReference") continue;
    const inputs::DocumentFacts& facts = documents.read(entry.resource, {.pdf = false, .text = true});
    out.begin_object().member("source", entry.resource.path(index.bundle()));
    if (facts.text && !facts.text->empty()) out.member("text", *facts.text);
    if (facts.damage) {
      out.member("problem", facts.damage->message);
    } else if (!facts.text_problem.empty()) {
      out.member("problem", facts.text_problem);
    }
    out.end_object();
  }
  out.end_array();
}

}  // namespace

base::Result<void> write_headline(const store::Store& store, const store::Case& record, base::Date today,
                                  json::Writer& out) {
  auto body = store.find_body(record.id, store::Body::kRequest);
  if (!body) return body.error();
  if (*body) {
    json::Limits limits;
    limits.bytes = (*body)->size();  // it was taken, under the limit of its time
    if (const auto document = json::Document::parse(std::move(**body), limits)) {
      write_member(pas::submitted_bundle(document->root()), today, out);
    }
  }
  const auto open = std::ranges::find(record.items, service::kPendedAction, &store::Item::action);
  if (open == record.items.end()) return {};
  const auto decided = store.decision_record(record.id, open->sequence);
  if (!decided) return decided.error();
  const auto document = json::Document::parse(decided->value_or("{}"));
  if (document && document->root()["policy"]["id"]) out.member("policy", document->root()["policy"]["id"]);
  return {};
}

http::Response read_material(const Call& call, const service::Adjudicator& adjudicator, const store::Store& store) {
  auto found = store.find_case(call.id);
  if (!found) return problem_of(found.error());
  if (!*found) return problem(404, "No such case.");
  const auto opened = service::OpenCase::open(adjudicator, store, std::move(**found));
  if (!opened) return problem_of(opened.error());
  const auto supplements = store.supplements(call.id);
  if (!supplements) return problem_of(supplements.error());
  json::Writer out;
  out.begin_object().member("bundle", (*opened)->request().bundle());
  out.key("arrivals").begin_array();
  for (const store::Supplement& supplement : *supplements) {
    out.begin_object().member("id", supplement.id);
    out.member("at", base::to_instant(base::from_ms(supplement.received_at_ms))).end_object();
  }
  out.end_array();
  write_texts(**opened, adjudicator.document_tools(), out);
  out.end_object();
  return json_answer(200, std::move(out).take());
}

}  // namespace pas::endpoints
