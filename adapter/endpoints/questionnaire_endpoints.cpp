#include "adapter/endpoints/questionnaire_endpoints.h"

#include <string_view>
#include <utility>

#include "adapter/endpoints/outcomes.h"

namespace pas::endpoints {
namespace {

http::Response read_questionnaire(const Call& call, const service::Adjudicator& adjudicator) {
  const auto policies = adjudicator.basis().policies;
  const policy::Questionnaire* form = policies->find_questionnaire(call.id);
  return form == nullptr ? not_found() : fhir_json(200, form->resource);
}

http::Response search_questionnaires(const Call& call, const service::Adjudicator& adjudicator) {
  std::string_view url = call.request.parameter("url").value_or("");
  std::string_view version = call.request.parameter("version").value_or("");
  if (const auto bar = url.find('|'); bar != std::string_view::npos) {
    version = url.substr(bar + 1);
    url = url.substr(0, bar);
  }
  const auto policies = adjudicator.basis().policies;
  std::vector<Found> found;
  for (const policy::Payer& payer : policies->payers()) {
    for (const policy::Questionnaire& form : payer.questionnaires) {
      if (!url.empty() && form.url != url) continue;
      if (!version.empty() && form.version != version) continue;
      found.push_back({form.id, form.resource});
    }
  }
  return searchset(call.base_url + "/Questionnaire/", found);
}

}  // namespace

std::vector<Route> questionnaire_routes(const service::Adjudicator& adjudicator) {
  return {
      {http::Method::kGet,
       Place::kFhir,
       "/Questionnaire/{id}",
       "system/Questionnaire.r",
       [&adjudicator](Call& call) { return read_questionnaire(call, adjudicator); },
       {.resource = "Questionnaire", .interaction = "read"}},
      {http::Method::kGet,
       Place::kFhir,
       "/Questionnaire",
       "system/Questionnaire.s",
       [&adjudicator](Call& call) { return search_questionnaires(call, adjudicator); },
       {.resource = "Questionnaire", .interaction = "search-type"}},
  };
}

}  // namespace pas::endpoints
