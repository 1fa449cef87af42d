#include "adapter/store/packed.h"

#include <numeric>

#include "adapter/store/packing.h"

namespace pas::store {
namespace {

std::size_t size_of(const std::vector<std::string>& texts) {
  return std::accumulate(texts.begin(), texts.end(), std::size_t{0},
                         [](std::size_t sum, const std::string& text) { return sum + text.size(); });
}

std::vector<std::string> compress_focuses(const std::vector<NewEvent>& events) {
  std::vector<std::string> focuses;
  focuses.reserve(events.size());
  for (const NewEvent& event : events) focuses.push_back(compress(event.focus));
  return focuses;
}

}  // namespace

PackedSubmission::PackedSubmission(const Submission& submission)
    : request(compress(submission.bodies.request)),
      response(compress(submission.bodies.response)),
      decisions(compress(pack_decisions(submission.decisions))),
      keys(keys_of(submission.record)),
      focuses(compress_focuses(submission.events)) {}

std::size_t PackedSubmission::bytes() const {
  return request.size() + response.size() + decisions.size() + size_of(focuses);
}

PackedRevision::PackedRevision(const Revision& revision)
    : response(compress(revision.response)),
      decisions(compress(pack_decisions(revision.decisions))),
      focuses(compress_focuses(revision.events)) {
  for (const Supplement& supplement : revision.supplements) supplements.push_back(compress(supplement.json));
}

std::size_t PackedRevision::bytes() const {
  return response.size() + decisions.size() + size_of(supplements) + size_of(focuses);
}

}  // namespace pas::store
