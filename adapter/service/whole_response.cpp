#include "adapter/service/whole_response.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <vector>

#include "adapter/service/case_record.h"
#include "adapter/service/open_case.h"
#include "fhir/base/clock.h"

namespace pas::service {
namespace {

bool has_item(const pas::Request& request, int sequence) {
  return std::ranges::find(request.items, sequence, &pas::Item::sequence) != request.items.end();
}

class Teller {
 public:
  explicit Teller(const pas::Request& whole) : whole_(whole) {}

  void add(std::unique_ptr<OpenCase> part) {
    const store::Case& record = part->record();
    if (record.status == store::Status::kError) {
      add_errors(*part);
      return;
    }
    if (record.due_ms > 0) context_.due = base::from_ms(record.due_ms);
    // What has gone to another part since is that one's.
    const auto is_theirs = [&](int sequence) {
      return !has_item(part->request(), sequence) && has_item(whole_, sequence);
    };
    ResponseItems shown = response_items(part->items(), part->request());
    std::erase_if(shown.decisions, [&](const decision::Decision& each) { return is_theirs(each.item_sequence); });
    std::erase_if(shown.answers, [&](const pas::ItemAnswer& each) { return is_theirs(each.sequence); });
    std::erase_if(shown.carried, [&](const pas::Item& each) { return is_theirs(each.sequence); });
    for (pas::ItemAnswer& answer : shown.answers) answer.case_id = record.id;
    std::ranges::move(shown.decisions, std::back_inserter(decisions_));
    std::ranges::move(shown.answers, std::back_inserter(context_.items));
    std::ranges::move(shown.carried, std::back_inserter(carried_));
    std::ranges::move(part->claim_notes(), std::back_inserter(context_.notes));
    parts_.push_back(std::move(part));
  }

  std::string tell(const WholeAnswer& how, const store::Case& first, std::chrono::system_clock::time_point decided) && {
    for (pas::BusinessError& error :
         pas::find_business_errors(whole_, {.today = base::utc_date(base::from_ms(first.received_at_ms)),
                                           .may_have_several_payers = true,
                                           .payers = {}})) {
      const bool is_decided =
          std::ranges::find(decisions_, error.item_sequence, &decision::Decision::item_sequence) != decisions_.end();
      if (!is_decided) errors_.push_back(std::move(error));
    }
    context_.version = how.version;
    context_.base_url = how.base_url;
    context_.response_id = first.whole_id;
    context_.now = how.now;
    context_.created = decided;
    context_.carried = carried_;
    context_.errors = errors_;
    return pas::write_response(whole_, decisions_, context_);
  }

 private:
  // Those of a part as a whole, whose places are in its own Bundle, are told at its insurance.
  void add_errors(OpenCase& part) {
    const std::string_view coverage = part.request().claim["insurance"].at(0)["coverage"]["reference"].text();
    for (pas::BusinessError& error : part.adjudication().errors) {
      if (error.item_sequence != 0) continue;
      for (const json::Node insurance : whole_.claim["insurance"]) {
        const json::Node own = insurance["coverage"];
        if (own["reference"].text() == coverage) error.path = own.path(whole_.bundle());
      }
      errors_.push_back(std::move(error));
    }
  }

  const pas::Request& whole_;
  pas::ResponseContext context_;
  std::vector<pas::BusinessError> errors_;
  std::vector<decision::Decision> decisions_;
  std::vector<pas::Item> carried_;
  std::vector<std::unique_ptr<OpenCase>> parts_;  // which those point into
};

}  // namespace

base::Result<std::string> whole_response(const Adjudicator& adjudicator, const store::Store& store,
                                         std::span<const store::Case> parts, const WholeAnswer& how) {
  auto body = store.find_body(parts.front().id, store::Body::kWhole);
  if (!body) return body.error();
  if (!*body || (*body)->empty()) return base::Error{base::ErrorCode::kNotFound, "the whole request is gone"};
  const auto limits = json::limits_of_stored(**body);
  const auto document = json::Document::parse(std::move(**body), limits);
  if (!document) return base::invalid("the stored request is not JSON");
  const json::BundleIndex index(pas::submitted_bundle(document->root()));
  const auto [whole, report] = pas::read_request(index);
  if (report.has_errors()) return base::invalid("the stored request cannot be read");
  Teller teller(whole);
  std::chrono::system_clock::time_point last;
  for (const store::Case& part : parts) {
    const auto decided = decided_at(store, part);
    if (!decided) return decided.error();
    last = std::max(last, *decided);
    auto open = OpenCase::open(adjudicator, store, part);
    if (!open) return open.error();
    teller.add(std::move(*open));
  }
  return std::move(teller).tell(how, parts.front(), last);
}

}  // namespace pas::service
