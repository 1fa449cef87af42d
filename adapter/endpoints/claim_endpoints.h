#pragma once
// Claim/$submit, Claim/$inquire, $submit-attachment, and reading what became of it. A client reads its own cases only;
// another's does not exist for it. Any thread.

#include "adapter/endpoints/router.h"
#include "adapter/service/case_service.h"
#include "adapter/service/inquire_service.h"
#include "adapter/service/submit_service.h"
#include "adapter/store/store.h"

namespace pas::endpoints {

// 508 when the request came through this adapter before; `gateway_id` is its own, empty where nothing is forwarded.
http::Response submit_claim(Call& call, const service::SubmitService& service, std::string_view gateway_id);

// Likewise.
http::Response inquire_claim(Call& call, const service::InquireService& service, std::string_view gateway_id);

// POST $submit-attachment (CDex).
http::Response submit_attachment(Call& call, const service::CaseService& cases, store::Store& store,
                                 const base::Clock& clock, base::IdSource& ids);

// GET Claim/{id}: as it was submitted.
http::Response read_claim(const Call& call, const store::Store& store);
// GET ClaimResponse/{id}: as it stands, in the version that asks.
http::Response read_claim_response(const Call& call, const store::Store& store, const service::CaseService& cases);
// GET Claim and ClaimResponse by `identifier` or `patient.identifier` (value, |value or system|value): a searchset.
http::Response search_cases(Call& call, const store::Store& store, const service::CaseService& cases,
                            std::string_view type);

}  // namespace pas::endpoints
