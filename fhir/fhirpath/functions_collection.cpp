#include <algorithm>

#include "fhir/fhirpath/evaluator.h"
#include "fhir/fhirpath/function_families.h"
#include "fhir/fhirpath/set_functions.h"

namespace pas::fhirpath::detail {
namespace {

using base::Truth;

// The items of the input that are (or are not) in the other collection.
Collection filtered(Evaluator& evaluator, const Step& step, Collection input, Collection others, bool wanted) {
  List result(evaluator, step);
  ItemSet set(evaluator, others.size());
  for (const Item& item : others) set.insert(item);
  for (const Item& item : input) {
    if (set.contains(item) == wanted) result.add(item);
  }
  return result.items();
}

std::optional<std::chrono::system_clock::time_point> now_of(Evaluator& evaluator, const Step& step) {
  const auto now = evaluator.environment().now;
  if (!now) evaluator.fail(step, std::string(step.function->name) + "() needs the time, which was not given");
  return now;
}

}  // namespace

Collection fn_where(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  List result(evaluator, step);
  for (std::size_t i = 0; i < input.size() && !evaluator.failed(); ++i) {
    if (evaluator.criterion(step, 0, input[i], i, frame) == Truth::kTrue) result.add(input[i]);
  }
  return result.items();
}

Collection fn_select(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  if (input.size() == 1) return evaluator.lambda(step, 0, input[0], 0, frame);
  List result(evaluator, step);
  for (std::size_t i = 0; i < input.size() && !evaluator.failed(); ++i) {
    result.add(evaluator.lambda(step, 0, input[i], i, frame));
  }
  return result.items();
}

// Items that are in the result already are not followed again, so that it ends.
Collection fn_repeat(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  List result(evaluator, step);
  List seen(evaluator, step);
  std::size_t room = 64;
  ItemSet set(evaluator, room);
  Collection level = input;
  while (!level.empty() && !evaluator.failed()) {
    const std::size_t before = result.size();
    for (std::size_t i = 0; i < level.size() && !evaluator.failed(); ++i) {
      for (const Item& item : evaluator.lambda(step, 0, level[i], i, frame)) {
        const Collection kept = evaluator.one(item);  // the set points at it, and a List moves
        if (kept.empty()) return {};
        if (!set.insert(kept.front())) continue;
        result.add(item);
        seen.add(item);
        if (seen.size() < room) continue;
        room *= 4;
        set = ItemSet(evaluator, room);
        for (const Item& old : seen.items()) set.insert(evaluator.one(old).front());
      }
    }
    List next(evaluator, step);
    next.add(result.items().subspan(before));
    level = next.items();
  }
  return result.items();
}

Collection fn_of_type(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  return evaluator.of_type(step, input);
}

Collection fn_is(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  return evaluator.is_type(step, input);
}

Collection fn_as(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  return evaluator.as_type(step, input);
}

Collection fn_single(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  return evaluator.single(input, step) == nullptr ? Collection() : input;
}

Collection fn_first(Evaluator&, const Step&, Collection input, Frame&) {
  return input.first(std::min<std::size_t>(1, input.size()));
}

Collection fn_last(Evaluator&, const Step&, Collection input, Frame&) {
  return input.last(std::min<std::size_t>(1, input.size()));
}

Collection fn_tail(Evaluator&, const Step&, Collection input, Frame&) {
  return input.subspan(std::min<std::size_t>(1, input.size()));
}

Collection fn_skip(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto count = evaluator.integer_argument(step, 0, frame);
  if (!count) return {};
  return input.subspan(std::min(static_cast<std::size_t>(std::max<std::int64_t>(0, *count)), input.size()));
}

Collection fn_take(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto count = evaluator.integer_argument(step, 0, frame);
  if (!count) return {};
  return input.first(std::min(static_cast<std::size_t>(std::max<std::int64_t>(0, *count)), input.size()));
}

Collection fn_intersect(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const Collection others = evaluator.argument(step, 0, frame);
  return distinct(evaluator, step, filtered(evaluator, step, input, others, true));
}

Collection fn_exclude(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  return filtered(evaluator, step, input, evaluator.argument(step, 0, frame), false);
}

Collection fn_union(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  return union_of(evaluator, step, input, evaluator.argument(step, 0, frame));
}

Collection fn_combine(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  List result(evaluator, step);
  result.add(input);
  result.add(evaluator.argument(step, 0, frame));
  return result.items();
}

Collection fn_children(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  List result(evaluator, step);
  for (const Item& item : input) evaluator.append_children(item, result);
  return result.items();
}

// Every element below, each once for its place: equal elements at different places are all there.
Collection fn_descendants(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  List result(evaluator, step);
  for (const Item& item : input) evaluator.append_children(item, result);
  for (std::size_t i = 0; i < result.size() && !evaluator.failed(); ++i) {
    const Item item = result.items()[i];  // the list moves as it grows
    evaluator.append_children(item, result);
    if (!evaluator.spend(1, step)) return {};
  }
  return result.items();
}

// Only the arm that is chosen is evaluated; inside, $this is the input.
Collection fn_iif(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  if (step.input != kNoStep && evaluator.single(input, step) == nullptr && evaluator.failed()) return {};
  Frame inner = frame;
  if (step.input != kNoStep) inner.self = input;
  const Collection criterion = evaluator.argument(step, 0, inner);
  const Item* item = evaluator.single(criterion, step);
  if (evaluator.failed()) return {};
  if (item != nullptr && !item->boolean()) return evaluator.fail(step, "the criterion of iif() must be a Boolean");
  if (item != nullptr && *item->boolean()) return evaluator.argument(step, 1, inner);
  return evaluator.has_argument(step, 2) ? evaluator.argument(step, 2, inner) : Collection();
}

Collection fn_aggregate(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  Frame inner = frame;
  inner.total = evaluator.has_argument(step, 1) ? evaluator.argument(step, 1, frame) : Collection();
  for (std::size_t i = 0; i < input.size() && !evaluator.failed(); ++i) {
    inner.total = evaluator.lambda(step, 0, input[i], i, inner);
  }
  return inner.total;
}

Collection fn_trace(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto name = evaluator.string_argument(step, 0, frame);
  if (!name || !evaluator.environment().trace) return input;
  if (!evaluator.has_argument(step, 1)) {
    evaluator.environment().trace(*name, input);
    return input;
  }
  List projected(evaluator, step);
  for (std::size_t i = 0; i < input.size() && !evaluator.failed(); ++i) {
    projected.add(evaluator.lambda(step, 1, input[i], i, frame));
  }
  if (!evaluator.failed()) evaluator.environment().trace(*name, projected.items());
  return input;
}

Collection fn_define_variable(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto name = evaluator.string_argument(step, 0, frame);
  if (evaluator.failed()) return {};
  if (!name || name->empty()) return evaluator.fail(step, "defineVariable() needs a name");
  if (evaluator.is_defined(*name, frame)) return evaluator.fail(step, "%" + std::string(*name) + " is defined already");
  Collection value = input;
  if (evaluator.has_argument(step, 1)) {
    Frame inner = frame;
    inner.self = input;
    value = evaluator.argument(step, 1, inner);
  }
  auto* const place = evaluator.arena().array<Variable>(1);
  if (place == nullptr) return evaluator.fail(step, "the evaluation needs more memory than it may have");
  frame.scope = new (place) Variable{*name, value, frame.scope};
  return input;
}

Collection fn_now(Evaluator& evaluator, const Step& step, Collection, Frame&) {
  const auto now = now_of(evaluator, step);
  return now ? evaluator.one(Item::temporal(Temporal::date_time(*now))) : Collection();
}

Collection fn_today(Evaluator& evaluator, const Step& step, Collection, Frame&) {
  const auto now = now_of(evaluator, step);
  return now ? evaluator.one(Item::temporal(Temporal::date_time(*now).date_part())) : Collection();
}

Collection fn_time_of_day(Evaluator& evaluator, const Step& step, Collection, Frame&) {
  const auto now = now_of(evaluator, step);
  return now ? evaluator.one(Item::temporal(Temporal::date_time(*now).time_part())) : Collection();
}

}  // namespace pas::fhirpath::detail
