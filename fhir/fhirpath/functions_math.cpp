#include <algorithm>

#include "fhir/fhirpath/evaluator.h"
#include "fhir/fhirpath/function_families.h"
#include "fhir/fhirpath/quantities.h"

namespace pas::fhirpath::detail {
namespace {

using Rounding = Decimal::Rounding;

// The input's System value; null when it is empty or there is more than one.
std::optional<Item> input_value(Evaluator& evaluator, const Step& step, Collection input) {
  const Item* item = evaluator.single(input, step);
  if (item == nullptr || item->is_companion()) return std::nullopt;
  return evaluator.system(*item);
}

std::optional<Decimal> input_number(Evaluator& evaluator, const Step& step, Collection input) {
  const auto value = input_value(evaluator, step, input);
  if (!value) return std::nullopt;
  if (value->is_number()) return value->decimal();
  evaluator.fail(step, std::string(step.function->name) + "() needs a number");
  return std::nullopt;
}

std::optional<Decimal> number_argument(Evaluator& evaluator, const Step& step, Frame& frame) {
  const Item* item = evaluator.single(evaluator.argument(step, 0, frame), step);
  if (item == nullptr) return std::nullopt;
  const auto value = item->decimal();
  if (!value) evaluator.fail(step, std::string(step.function->name) + "() needs a number as its argument");
  return value;
}

Collection integer(Evaluator& evaluator, const std::optional<Decimal>& value) {
  const auto whole = value ? value->to_int64() : std::nullopt;
  if (!whole || *whole > INT32_MAX || *whole < INT32_MIN) return {};
  return evaluator.one(Item::integer(*whole));
}

Collection rounded(Evaluator& evaluator, const Step& step, Collection input, Rounding mode) {
  const auto value = input_number(evaluator, step, input);
  return value ? integer(evaluator, value->rescaled(0, mode)) : Collection();
}

Collection quantity(Evaluator& evaluator, Quantity value) {
  const Quantity* kept = evaluator.keep(value);
  return kept == nullptr ? Collection() : evaluator.one(Item::quantity(kept));
}

// Half a unit of the last digit away, cut to `digits` outwards. A value without a digit at that place is zero there.
std::optional<Decimal> decimal_boundary(const Decimal& value, std::int64_t digits, bool high) {
  constexpr int kMostDigits = 28;
  if (digits < 0 || digits > kMostDigits) return std::nullopt;
  const auto half = Decimal(high ? 5 : -5, std::min(value.scale() + 1, Decimal::kMaxDigits));
  const auto bound = add(value, half);
  if (!bound) return std::nullopt;
  const int scale = static_cast<int>(digits);
  const bool vanishes =
      scale < value.scale() && !value.is_zero() && scale > 0 && value.rescaled(scale, Rounding::kHalfUp)->is_zero();
  return bound->rescaled(scale, vanishes ? Rounding::kTruncate : (high ? Rounding::kCeiling : Rounding::kFloor));
}

int greatest_precision(Temporal::Type type) {
  switch (type) {
    case Temporal::Type::kDate:
      return 8;
    case Temporal::Type::kDateTime:
      return 17;
    case Temporal::Type::kTime:
      break;
  }
  return 9;
}

Collection boundary(Evaluator& evaluator, const Step& step, Collection input, Frame& frame, bool high) {
  const auto value = input_value(evaluator, step, input);
  if (!value) return {};
  std::optional<std::int64_t> digits;
  if (evaluator.has_argument(step, 0)) {
    digits = evaluator.integer_argument(step, 0, frame);
    if (!digits) return {};
  }
  constexpr int kUsualDigits = 8;
  if (value->is_number()) {
    return evaluator.decimal(decimal_boundary(*value->decimal(), digits.value_or(kUsualDigits), high));
  }
  if (const auto temporal = value->temporal()) {
    const auto wanted = digits.value_or(greatest_precision(temporal->type()));
    if (wanted < 0 || wanted > 17) return {};
    const int places = static_cast<int>(wanted);
    const auto result = high ? temporal->high_boundary(places) : temporal->low_boundary(places);
    return result ? evaluator.one(Item::temporal(*result)) : Collection();
  }
  if (const Quantity* amount = evaluator.quantity_of(*value)) {
    const auto bound = decimal_boundary(amount->value, digits.value_or(kUsualDigits), high);
    if (!bound) return {};
    Quantity result = *amount;
    result.value = *bound;
    return quantity(evaluator, result);
  }
  return evaluator.fail(step, std::string(step.function->name) + "() needs a number, a Quantity, a date or a time");
}

}  // namespace

Collection fn_abs(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  const auto value = input_value(evaluator, step, input);
  if (!value) return {};
  if (value->kind() == Kind::kInteger) {
    return integer(evaluator, Decimal(std::max(*value->integer(), -*value->integer())));
  }
  const auto positive = [](const Decimal& number) { return number.is_negative() ? number.negated() : number; };
  if (value->kind() == Kind::kDecimal) return evaluator.one(Item::decimal(positive(*value->decimal())));
  const Quantity* amount = evaluator.quantity_of(*value);
  if (amount == nullptr) return evaluator.fail(step, "abs() needs a number or a Quantity");
  Quantity result = *amount;
  result.value = positive(result.value);
  return quantity(evaluator, result);
}

Collection fn_ceiling(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  return rounded(evaluator, step, input, Rounding::kCeiling);
}

Collection fn_floor(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  return rounded(evaluator, step, input, Rounding::kFloor);
}

Collection fn_truncate(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  return rounded(evaluator, step, input, Rounding::kTruncate);
}

Collection fn_exp(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  const auto value = input_number(evaluator, step, input);
  return value ? evaluator.decimal(exponential(*value)) : Collection();
}

Collection fn_ln(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  const auto value = input_number(evaluator, step, input);
  return value ? evaluator.decimal(natural_logarithm(*value)) : Collection();
}

Collection fn_log(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto value = input_number(evaluator, step, input);
  const auto base = value ? number_argument(evaluator, step, frame) : std::nullopt;
  return base ? evaluator.decimal(logarithm(*value, *base)) : Collection();
}

// Of two Integers an Integer, when it is one and fits.
Collection fn_power(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto value = input_value(evaluator, step, input);
  if (!value) return {};
  if (!value->is_number()) return evaluator.fail(step, "power() needs a number");
  const auto exponent = number_argument(evaluator, step, frame);
  if (!exponent) return {};
  const auto result = power(*value->decimal(), *exponent);
  const bool is_integer = value->kind() == Kind::kInteger && exponent->scale() == 0 && !exponent->is_negative();
  return is_integer ? integer(evaluator, result) : evaluator.decimal(result);
}

Collection fn_round(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto value = input_number(evaluator, step, input);
  if (!value) return {};
  std::int64_t digits = 0;
  if (evaluator.has_argument(step, 0)) {
    const auto wanted = evaluator.integer_argument(step, 0, frame);
    if (!wanted) return {};
    digits = *wanted;
  }
  if (digits < 0) return evaluator.fail(step, "round() takes no negative precision");
  if (digits >= value->scale()) return evaluator.decimal(*value);
  return evaluator.decimal(value->rescaled(static_cast<int>(digits), Rounding::kHalfUp));
}

Collection fn_sqrt(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  const auto value = input_number(evaluator, step, input);
  return value ? evaluator.decimal(square_root(*value)) : Collection();
}

Collection fn_low_boundary(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  return boundary(evaluator, step, input, frame, false);
}

Collection fn_high_boundary(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  return boundary(evaluator, step, input, frame, true);
}

Collection fn_precision(Evaluator& evaluator, const Step& step, Collection input, Frame&) {
  const auto value = input_value(evaluator, step, input);
  if (!value) return {};
  if (const auto temporal = value->temporal()) return evaluator.one(Item::integer(temporal->precision_digits()));
  if (value->is_number()) return evaluator.one(Item::integer(value->decimal()->scale()));
  return evaluator.fail(step, "precision() needs a Decimal, a date or a time");
}

Collection fn_comparable(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto left = input_value(evaluator, step, input);
  const Item* right = evaluator.single(evaluator.argument(step, 0, frame), step);
  if (!left || right == nullptr) return {};
  const Quantity* a = evaluator.quantity_of(*left);
  const Quantity* b = evaluator.quantity_of(evaluator.system(*right));
  if (a == nullptr || b == nullptr) return evaluator.fail(step, "comparable() needs two Quantities");
  return Evaluator::boolean(comparable(*a, *b));
}

}  // namespace pas::fhirpath::detail
