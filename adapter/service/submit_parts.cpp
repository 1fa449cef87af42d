// Of SubmitService, a request for several payers: each part is decided as a request of its own to its payer.

#include <iterator>
#include <utility>

#include "adapter/service/submit_service.h"

namespace pas::service {

SubmitService::Decision SubmitService::decide_parts(const SubmitRequest& request, const Repeat& repeat,
                                                    const Adjudication& whole,
                                                    std::chrono::system_clock::time_point now) const {
  const std::string whole_id = ids_.uuid();
  auto remarks = pas::remarks_on(whole.report.issues());  // told once, with the first part
  Decided all;
  for (const routing::Part& part : whole.parts) {
    SubmitRequest own{.body = routing::request_of(part, whole.request),
                      .client = request.client,
                      .version = request.version,
                      .base_url = request.base_url,
                      .deadline = request.deadline,
                      .began = request.began,
                      .origin = request.origin,
                      .via = request.via,
                      .addressed = part.payer,
                      .remarks = std::exchange(remarks, {})};
    // A repeat of the whole is known by its first part.
    Decision decision = decide(own, all.submissions.empty() ? repeat : Repeat(), now);
    auto* decided = std::get_if<Decided>(&decision);
    if (decided == nullptr) return decision;
    store::Submission& submission = decided->submissions.front();
    submission.record.whole_id = whole_id;
    submission.bodies.request = std::move(own.body);
    std::ranges::move(decided->submissions, std::back_inserter(all.submissions));
    std::ranges::move(decided->forwarded, std::back_inserter(all.forwarded));
    std::ranges::move(decided->decisions, std::back_inserter(all.decisions));
  }
  all.faults = whole.report.issues();
  return all;
}

}  // namespace pas::service
