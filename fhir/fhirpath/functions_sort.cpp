// sort() (FHIRPath 3.0.0).

#include <algorithm>
#include <memory>
#include <numeric>

#include "fhir/fhirpath/evaluator.h"
#include "fhir/fhirpath/function_families.h"

namespace pas::fhirpath::detail {
namespace {

// The input's keys, `width` of them for each item, each one item or none.
struct Keys {
  std::span<const StepIndex> arguments;
  std::size_t width = 1;
  std::span<Collection> values;

  Collection of(std::size_t item, std::size_t key) const { return values[item * width + key]; }
};

template <class T>
std::span<T> array(Evaluator& evaluator, const Step& step, std::size_t size) {
  T* const place = evaluator.arena().array<T>(size);
  if (place == nullptr) {
    evaluator.fail(step, "the evaluation needs more memory than it may have");
    return {};
  }
  std::uninitialized_value_construct_n(place, size);
  return {place, size};
}

Keys keys_of(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  Keys keys;
  keys.arguments = evaluator.code().arguments_of(step);
  keys.width = std::max<std::size_t>(1, keys.arguments.size());
  keys.values = array<Collection>(evaluator, step, input.size() * keys.width);
  for (std::size_t i = 0; i < input.size() && !evaluator.failed(); ++i) {
    if (keys.arguments.empty()) keys.values[i] = input.subspan(i, 1);
    for (std::size_t k = 0; k < keys.arguments.size() && !evaluator.failed(); ++k) {
      const Collection key = evaluator.lambda(step, k, input[i], i, frame);
      evaluator.single(key, step);
      keys.values[i * keys.width + k] = key;
    }
  }
  return keys;
}

bool is_before(Evaluator& evaluator, const Step& step, const Keys& keys, std::size_t left, std::size_t right) {
  for (std::size_t k = 0; k < keys.width && !evaluator.failed(); ++k) {
    const Collection a = keys.of(left, k);
    const Collection b = keys.of(right, k);
    if (a.empty() != b.empty()) return a.empty();
    int order = a.empty() ? 0 : evaluator.compare(a[0], b[0], step).value_or(0);
    if (!keys.arguments.empty() && evaluator.code().steps[keys.arguments[k]].is_descending) order = -order;
    if (order != 0) return order < 0;
  }
  return false;
}

}  // namespace

// Stable. An empty key stands before all others, descending too (official suite, testSort10); values that have no order
// beside each other stay as they are.
Collection fn_sort(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const std::size_t size = input.size();
  const Keys keys = keys_of(evaluator, step, input, frame);
  auto order = array<std::size_t>(evaluator, step, size);
  auto merged = array<std::size_t>(evaluator, step, size);
  if (evaluator.failed()) return {};
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Not std::stable_sort: partial dates give no strict weak order, and a merge does not depend on one.
  for (std::size_t width = 1; width < size; width *= 2) {
    std::size_t to = 0;
    for (std::size_t start = 0; start < size; start += 2 * width) {
      const std::size_t middle = std::min(start + width, size);
      const std::size_t end = std::min(start + 2 * width, size);
      std::size_t left = start;
      std::size_t right = middle;
      while (left < middle || right < end) {
        const bool take_right =
            left == middle || (right < end && is_before(evaluator, step, keys, order[right], order[left]));
        merged[to++] = order[take_right ? right++ : left++];
      }
    }
    std::swap(order, merged);
    if (evaluator.failed() || !evaluator.spend(size, step)) return {};
  }
  List result(evaluator, step);
  for (const std::size_t item : order) result.add(input[item]);
  return result.items();
}

}  // namespace pas::fhirpath::detail
