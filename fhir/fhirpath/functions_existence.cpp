#include <algorithm>

#include "fhir/fhirpath/evaluator.h"
#include "fhir/fhirpath/function_families.h"
#include "fhir/fhirpath/set_functions.h"

namespace pas::fhirpath::detail {
namespace {

using base::Truth;

// allTrue() and the like: `if_found` as soon as an item is `wanted`, else the opposite. Booleans only.
Collection search(Evaluator& evaluator, const Step& step, Collection input, bool wanted, bool if_found) {
  bool found = false;
  for (const Item& item : input) {
    const auto value = item.boolean();
    if (!value) return evaluator.fail(step, std::string(step.function->name) + "() needs Booleans");
    found = found || *value == wanted;
  }
  return Evaluator::boolean(found == if_found);
}

// Above this, looking items up by hash beats comparing each with each.
constexpr std::size_t kSmall = 8;

bool all_in(Evaluator& evaluator, const Step& step, Collection items, Collection others) {
  if (others.size() <= kSmall) {
    if (!evaluator.spend(items.size(), step)) return false;
    return std::ranges::all_of(items, [&](const Item& item) { return evaluator.contains(others, item); });
  }
  ItemSet set(evaluator, others.size());
  for (const Item& item : others) set.insert(item);
  return std::ranges::all_of(items, [&](const Item& item) { return set.contains(item); });
}

}  // namespace

Collection fn_empty(Evaluator&, const Step&, Collection input, Frame&) {
  return Evaluator::boolean(input.empty());
}

Collection fn_exists(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  if (!evaluator.has_argument(step, 0)) return Evaluator::boolean(!input.empty());
  for (std::size_t i = 0; i < input.size() && !evaluator.failed(); ++i) {
    if (evaluator.criterion(step, 0, input[i], i, frame) == Truth::kTrue) return Evaluator::boolean(true);
  }
  return Evaluator::boolean(false);
}

// An item whose criterion is empty is not one for which it is true.
Collection fn_all(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  for (std::size_t i = 0; i < input.size() && !evaluator.failed(); ++i) {
    if (evaluator.criterion(step, 0, input[i], i, frame) != Truth::kTrue) return Evaluator::boolean(false);
  }
  return Evaluator::boolean(true);
}

Collection fn_all_true(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  return search(evaluator, step, input, false, false);
}

Collection fn_any_true(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  return search(evaluator, step, input, true, true);
}

Collection fn_all_false(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  return search(evaluator, step, input, true, false);
}

Collection fn_any_false(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  return search(evaluator, step, input, false, true);
}

Collection fn_subset_of(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  return Evaluator::boolean(all_in(evaluator, step, input, evaluator.argument(step, 0, frame)));
}

Collection fn_superset_of(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  return Evaluator::boolean(all_in(evaluator, step, evaluator.argument(step, 0, frame), input));
}

Collection fn_count(Evaluator& evaluator, const Step&, Collection input, Frame&) {
  return evaluator.one(Item::integer(static_cast<std::int64_t>(input.size())));
}

Collection distinct(Evaluator& evaluator, const Step& step, Collection input) {
  if (input.size() < 2) return input;
  List result(evaluator, step);
  if (input.size() <= kSmall) {
    for (const Item& item : input) {
      if (!evaluator.contains(result.items(), item)) result.add(item);
    }
    return result.items();
  }
  ItemSet set(evaluator, input.size());
  for (const Item& item : input) {
    if (set.insert(item)) result.add(item);
  }
  return result.items();
}

Collection union_of(Evaluator& evaluator, const Step& step, Collection left, Collection right) {
  List both(evaluator, step);
  both.add(left);
  both.add(right);
  return distinct(evaluator, step, both.items());
}

Collection fn_distinct(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  return distinct(evaluator, step, input);
}

Collection fn_is_distinct(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  if (input.size() <= kSmall) {
    for (std::size_t i = 1; i < input.size(); ++i) {
      if (!evaluator.spend(i, step)) return {};
      if (evaluator.contains(input.first(i), input[i])) return Evaluator::boolean(false);
    }
    return Evaluator::boolean(true);
  }
  ItemSet set(evaluator, input.size());
  return Evaluator::boolean(std::ranges::all_of(input, [&](const Item& item) { return set.insert(item); }));
}

Collection fn_not(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  return Evaluator::truth(!evaluator.truth_of(input, step));
}

}  // namespace pas::fhirpath::detail
