#include "adapter/endpoints/case_material.h"

#include "adapter/endpoints/admin_json.h"
#include "adapter/service/open_case.h"
#include "fhir/base/clock.h"
#include "fhir/json/writer.h"
#include "mappings/inputs/documents.h"

namespace pas::endpoints {
namespace {

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
