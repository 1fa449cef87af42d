#include "adapter/store/packed.h"

#include <numeric>

#include "adapter/store/packing.h"

namespace pas::store {
namespace {

std::size_t size_of(const std::vector<std::string>& texts) {
  return std::accumulate(texts.begin(), texts.end(), std::size_t{0},
                         [](std::size_t sum, const std::string& text) { return sum + text.size(); });
}

std::vector<std::string> pack_focuses(const std::vector<NewEvent>& events, const std::string& case_id,
                                      std::int64_t at_ms, const StoreKeys* sealing) {
  std::vector<std::string> focuses;
  focuses.reserve(events.size());
  for (const NewEvent& event : events) {
    const std::string place = place_of("events.focus", {event.subscription_id, case_id, std::to_string(at_ms)});
    focuses.push_back(packed_text(sealing, event.focus, place));
  }
  return focuses;
}

std::vector<std::string> seal_states(const std::vector<Item>& items, const std::string& case_id,
                                     const StoreKeys* sealing) {
  std::vector<std::string> states;
  states.reserve(items.size());
  for (const Item& item : items) {
    const std::string place = place_of("items.state", {case_id, std::to_string(item.sequence)});
    states.push_back(sealed(sealing, item.state, place));
  }
  return states;
}

}  // namespace

PackedSubmission::PackedSubmission(const Submission& submission, const StoreKeys* sealing)
    : keys(keys_of(submission.record)), states(seal_states(submission.record.items, submission.record.id, sealing)) {
  const std::string& id = submission.record.id;
  request = packed_text(sealing, submission.bodies.request, place_of("bodies.request", {id}));
  response = packed_text(sealing, submission.bodies.response, place_of("bodies.response", {id}));
  decisions = packed_text(sealing, pack_decisions(submission.decisions), place_of("bodies.decisions", {id}));
  whole = packed_text(sealing, submission.bodies.whole, place_of("bodies.whole", {id}));
  focuses = pack_focuses(submission.events, id, submission.record.received_at_ms, sealing);
}

std::size_t PackedSubmission::bytes() const {
  return request.size() + response.size() + decisions.size() + whole.size() + size_of(states) + size_of(focuses);
}

std::vector<PackedSubmission> PackedSubmission::all(std::span<const Submission> submissions, const StoreKeys* sealing) {
  std::vector<PackedSubmission> packed;
  packed.reserve(submissions.size());
  for (const Submission& each : submissions) packed.emplace_back(each, sealing);
  return packed;
}

PackedRevision::PackedRevision(const Revision& revision, const StoreKeys* sealing)
    : states(seal_states(revision.items, revision.case_id, sealing)),
      focuses(pack_focuses(revision.events, revision.case_id, revision.at_ms, sealing)) {
  const std::string& id = revision.case_id;
  response = packed_text(sealing, revision.response, place_of("bodies.response", {id}));
  decisions = packed_text(sealing, pack_decisions(revision.decisions),
                          place_of("revisions.decisions", {id, std::to_string(revision.expected_revision + 1)}));
  for (const Supplement& supplement : revision.supplements) {
    supplements.push_back(packed_text(sealing, supplement.json, place_of("supplements.json", {id, supplement.id})));
  }
}

std::size_t PackedRevision::bytes() const {
  return response.size() + decisions.size() + size_of(supplements) + size_of(states) + size_of(focuses);
}

}  // namespace pas::store
