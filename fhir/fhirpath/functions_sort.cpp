// sort() (FHIRPath 3.0.0).

#include <algorithm>
#include <vector>

#include "fhir/fhirpath/evaluator.h"
#include "fhir/fhirpath/function_families.h"

namespace pas::fhirpath::detail {
namespace {

struct Entry {
  Item item;
  std::vector<Collection> keys;  // one item each, or none
};

}  // namespace

// Stable. An empty key stands before all others, descending too (official suite, testSort10); values that have no order
// beside each other stay as they are.
Collection fn_sort(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto arguments = evaluator.code().arguments_of(step);
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < input.size(); ++i) {
    Entry entry{input[i], {}};
    if (arguments.empty()) entry.keys.push_back(input.subspan(i, 1));
    for (std::size_t k = 0; k < arguments.size(); ++k) {
      const Collection key = evaluator.lambda(step, k, input[i], i, frame);
      evaluator.single(key, step);
      if (evaluator.failed()) return {};
      entry.keys.push_back(key);
    }
    entries.push_back(std::move(entry));
  }
  const auto before = [&](const Entry& left, const Entry& right) {
    if (evaluator.failed()) return false;
    for (std::size_t k = 0; k < left.keys.size(); ++k) {
      const Collection a = left.keys[k];
      const Collection b = right.keys[k];
      if (a.empty() != b.empty()) return a.empty();
      int order = a.empty() ? 0 : evaluator.compare(a[0], b[0], step).value_or(0);
      if (!arguments.empty() && evaluator.code().steps[arguments[k]].is_descending) order = -order;
      if (order != 0) return order < 0;
    }
    return false;
  };
  // Not std::stable_sort: partial dates give no strict weak order, and a merge does not depend on one.
  for (std::size_t width = 1; width < entries.size(); width *= 2) {
    std::vector<Entry> merged;
    merged.reserve(entries.size());
    for (std::size_t start = 0; start < entries.size(); start += 2 * width) {
      const std::size_t middle = std::min(start + width, entries.size());
      const std::size_t end = std::min(start + 2 * width, entries.size());
      std::size_t left = start;
      std::size_t right = middle;
      while (left < middle || right < end) {
        const bool take_right = left == middle || (right < end && before(entries[right], entries[left]));
        merged.push_back(std::move(entries[take_right ? right++ : left++]));
      }
    }
    entries = std::move(merged);
    if (evaluator.failed() || !evaluator.spend(entries.size(), step)) return {};
  }
  List result(evaluator, step);
  for (const Entry& entry : entries) result.add(entry.item);
  return result.items();
}

}  // namespace pas::fhirpath::detail
