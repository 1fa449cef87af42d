#pragma once
// Claim/$submit and Claim/$inquire, and reading what became of it. A client reads its own cases only; another's does
// not exist for it. Any thread.

#include "adapter/endpoints/router.h"
#include "adapter/service/inquire_service.h"
#include "adapter/service/submit_service.h"
#include "adapter/store/store.h"

namespace pas::endpoints {

http::Response submit_claim(Call& call, const service::SubmitService& service);

http::Response inquire_claim(Call& call, const service::InquireService& service);

// GET Claim/{id}, ClaimResponse/{id}.
http::Response read_body(const Call& call, const store::Store& store, store::Body body);

}  // namespace pas::endpoints
