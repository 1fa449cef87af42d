#pragma once
// The payers' questionnaires (DTR forms), as the policies now in force have them: GET Questionnaire/{id}, and
// Questionnaire?url=… (also url|version, or `version` beside it), which without a url lists all. Any thread.

#include <vector>

#include "adapter/endpoints/router.h"
#include "adapter/service/adjudicator.h"

namespace pas::endpoints {

// The adjudicator outlives the routes.
std::vector<Route> questionnaire_routes(const service::Adjudicator& adjudicator);

}  // namespace pas::endpoints
