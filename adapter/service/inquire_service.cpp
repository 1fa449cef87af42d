#include "adapter/service/inquire_service.h"

#include <algorithm>

#include "adapter/service/case_record.h"
#include "adapter/service/exchange.h"
#include "adapter/service/forwarding.h"

namespace pas::service {
namespace {

constexpr int kMostCandidates = 500;
constexpr std::size_t kMostNumbers = 50;
constexpr std::string_view kNotHeard =
    "The payer's system did not answer this inquiry. This is how the request stood when it was last heard of.";

bool is_of_member(const pas::Inquiry& inquiry, const store::Case& record) {
  const auto is_asked = [&](std::string_view id) {
    return std::ranges::find(inquiry.member_ids, id) != inquiry.member_ids.end();
  };
  return is_asked(record.member_id) ||
         std::ranges::any_of(record.patient_identifiers,
                             [&](const store::Identifier& identifier) { return is_asked(identifier.value); });
}

bool is_of_provider(const pas::Inquiry& inquiry, const store::Case& record) {
  return std::ranges::any_of(record.requestors, [&](const store::Identifier& kept) {
    return std::ranges::any_of(inquiry.providers, [&](const pas::Identifier& asked) {
      return asked.value == kept.value && asked.system == kept.system;
    });
  });
}

std::vector<pas::CaseItemFacts> facts_of(OpenCase& open) {
  std::vector<pas::CaseItemFacts> facts;
  for (const ItemNow& now : open.items()) {
    if (now.item == nullptr) continue;
    pas::CaseItemFacts& item = facts.emplace_back();
    item.claim_item = now.item->node;
    item.action = now.decision.action;
    item.valid = now.answer.valid;
    for (const std::string_view number :
         {std::string_view(now.answer.authorization_number), std::string_view(now.answer.previous_authorization_number),
          std::string_view(now.answer.administration_reference_number)}) {
      if (!number.empty()) item.numbers.push_back(number);
    }
    for (const pas::Identifier& trace : now.item->trace_numbers) item.numbers.push_back(trace.value);
  }
  return facts;
}

struct Candidate {
  store::Case record;
  bool by_number = false;
};

class Candidates {
 public:
  explicit Candidates(const store::Store& store) : store_(store) {}

  // The cases that stand now for these, each once.
  base::Result<void> add(const store::Result<std::vector<store::Case>>& found, bool by_number) {
    if (!found) return found.error();
    for (const store::Case& each : *found) {
      auto current = current_case(store_, each);
      if (!current) return current.error();
      const auto known =
          std::ranges::find_if(all_, [&](const Candidate& candidate) { return candidate.record.id == current->id; });
      if (known == all_.end()) {
        all_.push_back({std::move(*current), by_number});
      } else {
        known->by_number = known->by_number || by_number;
      }
    }
    return {};
  }

  std::vector<Candidate> take() && {
    std::ranges::sort(all_, [](const Candidate& a, const Candidate& b) { return a.record.order > b.record.order; });
    return std::move(all_);
  }

 private:
  const store::Store& store_;
  std::vector<Candidate> all_;
};

base::Result<std::vector<Candidate>> candidates_for(const store::Store& store, const pas::Inquiry& inquiry) {
  Candidates candidates(store);
  bool by_number_only = true;
  std::size_t numbers = 0;
  for (const pas::InquiryItem& item : inquiry.items) {
    by_number_only = by_number_only && !item.numbers.empty();
    for (const std::string_view number : item.numbers) {
      if (++numbers > kMostNumbers) break;
      if (auto added = candidates.add(store.find_by_number(number, kMostCandidates), true); !added) {
        return added.error();
      }
    }
  }
  if (!by_number_only) {
    for (const std::string_view id : inquiry.member_ids) {
      if (auto added = candidates.add(store.find_by_member_id(id, kMostCandidates), false); !added) {
        return added.error();
      }
    }
  }
  return std::move(candidates).take();
}

}  // namespace

base::Result<InquireService::Cases> InquireService::find(const pas::Inquiry& inquiry,
                                                         const InquireRequest& request) const {
  Cases found;
  if (inquiry.member_ids.empty() || inquiry.providers.empty()) return found;
  auto candidates = candidates_for(store_, inquiry);
  if (!candidates) return candidates.error();
  for (Candidate& candidate : *candidates) {
    if (candidate.record.status == store::Status::kError) continue;
    if (!request.addressed.empty() && candidate.record.payer != request.addressed) continue;
    if (!is_of_member(inquiry, candidate.record) || !is_of_provider(inquiry, candidate.record)) continue;
    if (auto timely = in_time(request.deadline); !timely) return timely.error();
    auto open = OpenCase::open(adjudicator_, store_, std::move(candidate.record));
    if (!open) return open.error();
    if (!pas::matches(inquiry, facts_of(**open), candidate.by_number)) continue;
    found.push_back(std::move(*open));
    if (found.size() == kMostAnswers) break;
  }
  return found;
}

base::Result<Heard> InquireService::ask(std::unique_ptr<OpenCase>& open, const InquireRequest& request,
                                        Deadline until) const {
  if (!ask_payer_ || open->record().status != store::Status::kPended) return Heard::kNothing;
  const Heard heard = ask_payer_(open->record(), request, until);
  if (heard != Heard::kNewer) return heard;
  auto record = store_.find_case(open->record().id);
  if (!record) return record.error();
  if (!*record) return Heard::kNothing;  // purged meanwhile; what was read is told
  auto opened = OpenCase::open(adjudicator_, store_, std::move(**record));
  if (!opened) return opened.error();
  open = std::move(*opened);
  return heard;
}

InquireService::Outcome InquireService::inquire(InquireRequest request) const {
  const Deadline ask_until = std::min(request.deadline, request.began + kForwardTime);
  const std::string source = request.body;  // parsing unescapes in place
  const auto document = json::Document::parse(std::move(request.body));
  const auto now = clock_.now();
  const auto refuse = [&](validation::Report report, const Parties& parties) {
    report.locate(source);
    (void)store_.note_exchanges({refused_exchange(kQueryExchange, report, parties, now, clock_.now())});
    return Refused{std::move(report)};
  };
  if (!document) {
    validation::Report report;
    report.add(validation::issue_of(document.error(), source));
    return refuse(std::move(report), {});
  }
  const json::BundleIndex index(pas::submitted_bundle(document->root()));
  auto [read, report] = validation_.read_request(index, request.version, now, pas::Purpose::kInquire);
  if (report.has_errors()) return refuse(std::move(report), read_parties(read));
  auto cases = find(pas::read_inquiry(read), request);
  if (!cases) return cases.error();

  std::vector<std::string> bundles;
  std::vector<std::string> case_ids;
  std::vector<store::Exchange> exchanges;
  int asked = 0;
  for (auto& open : *cases) {
    if (auto timely = in_time(request.deadline); !timely) return timely.error();
    const auto heard = asked < kMostAsked ? ask(open, request, ask_until) : base::Result<Heard>(Heard::kNothing);
    if (!heard) return heard.error();
    if (*heard != Heard::kNothing) ++asked;
    case_ids.push_back(open->record().id);
    store::Exchange& noted = exchanges.emplace_back(answered_exchange(kQueryExchange, now, clock_.now()));
    noted.case_id = open->record().id;
    noted.payer = open->record().payer;
    const auto decided = decided_at(store_, open->record());
    if (!decided) return decided.error();
    OpenCase::Answer answer{.version = request.version,
                            .base_url = request.base_url,
                            .now = now,
                            .decided = *decided,
                            .is_inquiry = true,
                            .is_claim_masked = open->record().client != request.client,
                            .bundle_identifier = index.bundle()["identifier"]};
    if (*heard == Heard::kNoAnswer) answer.notes.emplace_back(kNotHeard);
    bundles.push_back(open->response(answer));
  }
  if (exchanges.empty()) exchanges.push_back(answered_exchange(kQueryExchange, now, clock_.now()));
  (void)store_.note_exchanges(exchanges);  // the answer does not depend on it
  return Found{request.version->answers_inquiry_with_parameters
                   ? pas::write_inquiry_parameters(bundles)
                   : pas::write_inquiry_bundle(bundles, index.bundle()["identifier"], now),
               std::move(case_ids)};
}

}  // namespace pas::service
