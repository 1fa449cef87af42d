// Binary operators and signs (FHIRPath 2.0.0, Operations).

#include "fhir/fhirpath/evaluator.h"
#include "fhir/fhirpath/functions.h"
#include "fhir/fhirpath/quantities.h"
#include "fhir/fhirpath/set_functions.h"

namespace pas::fhirpath::detail {
namespace {

using base::Truth;

std::string_view symbol(Operator op) {
  switch (op) {
    case Operator::kPlus:
      return "+";
    case Operator::kMinus:
      return "-";
    case Operator::kMultiply:
      return "*";
    case Operator::kDivide:
      return "/";
    case Operator::kDiv:
      return "div";
    default:
      return "mod";
  }
}

std::optional<Decimal> calculate(Operator op, const Decimal& left, const Decimal& right) {
  switch (op) {
    case Operator::kPlus:
      return add(left, right);
    case Operator::kMinus:
      return subtract(left, right);
    case Operator::kMultiply:
      return multiply(left, right);
    case Operator::kDivide:
      return divide(left, right);
    case Operator::kDiv:
      return truncated_quotient(left, right);
    default:
      return remainder(left, right);
  }
}

bool fits_integer(std::int64_t value) {
  return value >= INT32_MIN && value <= INT32_MAX;
}

}  // namespace

Collection Evaluator::binary(const Step& step, Frame& frame) {
  switch (step.op) {
    case Operator::kAnd:
    case Operator::kOr:
    case Operator::kXor:
    case Operator::kImplies:
      return logic(step, frame);
    default:
      break;
  }
  const Variable* const scope = frame.scope;
  const Collection left = eval(step.input, frame);
  frame.scope = scope;
  const Collection right = argument(step, 0, frame);
  if (has_failed_) return {};
  switch (step.op) {
    case Operator::kUnion:
      return union_of(*this, step, left, right);
    case Operator::kIn:
    case Operator::kContains: {
      const Collection items = step.op == Operator::kIn ? right : left;
      const Item* wanted = single(step.op == Operator::kIn ? left : right, step);
      if (wanted == nullptr) return {};
      if (!spend(items.size(), step)) return {};
      return boolean(contains(items, *wanted));
    }
    case Operator::kConcatenate: {
      const Item* a = single(left, step);
      const Item* b = single(right, step);
      if (has_failed_) return {};
      const auto text = [](const Item* item) {
        return item == nullptr ? std::optional(std::string_view()) : item->string();
      };
      const auto first = text(a);
      const auto second = text(b);
      if (!first || !second) return fail(step, "& joins Strings only");
      return one(Item::string(keep(*first, *second)));
    }
    case Operator::kPlus:
    case Operator::kMinus:
    case Operator::kMultiply:
    case Operator::kDivide:
    case Operator::kDiv:
    case Operator::kMod: {
      const Item* a = single(left, step);
      const Item* b = single(right, step);
      return a == nullptr || b == nullptr ? Collection() : arithmetic(step, *a, *b);
    }
    default:
      return comparison(step.op, left, right, step);
  }
}

Collection Evaluator::logic(const Step& step, Frame& frame) {
  const Variable* const scope = frame.scope;
  const Truth left = truth_of(eval(step.input, frame), step);
  frame.scope = scope;
  if (has_failed_) return {};
  // The right side cannot change these.
  if (step.op == Operator::kAnd && left == Truth::kFalse) return boolean(false);
  if (step.op == Operator::kOr && left == Truth::kTrue) return boolean(true);
  if (step.op == Operator::kImplies && left == Truth::kFalse) return boolean(true);
  const Truth right = truth_of(argument(step, 0, frame), step);
  if (has_failed_) return {};
  switch (step.op) {
    case Operator::kAnd:
      return truth(left & right);
    case Operator::kOr:
      return truth(left | right);
    case Operator::kImplies:
      return truth((!left) | right);
    default:
      return left == Truth::kUnknown || right == Truth::kUnknown ? Collection() : boolean(left != right);
  }
}

Collection Evaluator::comparison(Operator op, Collection left, Collection right, const Step& step) {
  switch (op) {
    case Operator::kEqual:
    case Operator::kNotEqual: {
      const auto same = equal(left, right);
      return same ? boolean(*same == (op == Operator::kEqual)) : Collection();
    }
    case Operator::kEquivalent:
    case Operator::kNotEquivalent:
      return boolean(equivalent(left, right) == (op == Operator::kEquivalent));
    default:
      break;
  }
  const Item* a = single(left, step);
  const Item* b = single(right, step);
  if (a == nullptr || b == nullptr) return {};
  const auto order = compare(*a, *b, step);
  if (!order) return {};
  switch (op) {
    case Operator::kLess:
      return boolean(*order < 0);
    case Operator::kLessOrEqual:
      return boolean(*order <= 0);
    case Operator::kGreater:
      return boolean(*order > 0);
    default:
      return boolean(*order >= 0);
  }
}

Collection Evaluator::arithmetic(const Step& step, const Item& left, const Item& right) {
  const Item a = system(left);
  Item b = system(right);
  const Operator op = step.op;
  if (a.is_number() && b.is_number()) {
    const auto result = calculate(op, *a.decimal(), *b.decimal());
    if (!result) return {};  // overflow, or a zero divisor
    const bool is_integer =
        op == Operator::kDiv || (op != Operator::kDivide && a.kind() == Kind::kInteger && b.kind() == Kind::kInteger);
    if (!is_integer) return one(Item::decimal(*result));
    const auto whole = result->to_int64();
    return whole && fits_integer(*whole) ? one(Item::integer(*whole)) : Collection();
  }
  if (op == Operator::kPlus && a.kind() == Kind::kString && b.kind() == Kind::kString) {
    return one(Item::string(keep(*a.string(), *b.string())));
  }
  if (op == Operator::kPlus || op == Operator::kMinus) {
    auto date = a.temporal();
    if (!date && left.is_node() && left.type_id() == kNoType && a.kind() == Kind::kString) {
      date = Temporal::parse_date(*a.string());  // plain JSON has dates as strings
      if (!date) date = Temporal::parse_date_time(*a.string());
    }
    if (date) return temporal_sum(step, *date, b);
  }
  if (op != Operator::kDiv && op != Operator::kMod) {
    const Quantity* x = quantity_of(a);
    const Quantity* y = x == nullptr ? nullptr : quantity_of(b);
    if (x != nullptr && y != nullptr) return quantity_arithmetic(step, Item::quantity(x), Item::quantity(y));
  }
  return fail(step, std::string(symbol(op)) + " has no meaning between " + std::string(left.type_name(model())) +
                        " and " + std::string(right.type_name(model())));
}

Collection Evaluator::temporal_sum(const Step& step, const Temporal& left, const Item& right) {
  const Quantity* quantity = right.is_node() || right.kind() == Kind::kQuantity ? quantity_of(right) : nullptr;
  const auto unit = quantity == nullptr ? std::nullopt : arithmetic_unit(*quantity);
  if (!unit) {
    return fail(step,
                "to a date or time only a time-valued Quantity can be added: a calendar duration, or a UCUM unit "
                "from 'wk' to 'ms'");
  }
  // Decimals of the amount are ignored (FHIRPath 2.0.0, Addition; the official suite: of seconds too).
  const auto amount = quantity->value.to_int64();
  if (!amount) return {};
  if (left.type() == Temporal::Type::kTime && *unit < Temporal::Unit::kHour) {
    return fail(step, "to a Time only hours and less can be added");
  }
  const auto sum = left.plus(step.op == Operator::kMinus ? -*amount : *amount, *unit);
  return sum ? one(Item::temporal(*sum)) : Collection();
}

Collection Evaluator::quantity_arithmetic(const Step& step, const Item& left, const Item& right) {
  const Quantity& a = *left.quantity();
  const Quantity& b = *right.quantity();
  Quantity result;
  if (step.op == Operator::kPlus || step.op == Operator::kMinus) {
    const auto sum = add(a, b, step.op == Operator::kMinus);
    if (!sum) return {};
    result = sum->in_left_unit ? a : b;
    result.value = sum->value;
  } else {
    const auto value = calculate(step.op, a.value, b.value);
    if (!value || !a.is_ucum || !b.is_ucum) return {};
    result.value = *value;
    // A bare number leaves the other's unit as it is, a calendar's too.
    if (b.unit == "1") {
      result.unit = a.unit;
      result.is_calendar = a.is_calendar;
    } else if (a.unit == "1" && step.op == Operator::kMultiply) {
      result.unit = b.unit;
      result.is_calendar = b.is_calendar;
    } else {
      result.unit = keep(step.op == Operator::kMultiply ? product_unit(a, b) : quotient_unit(a, b));
    }
  }
  const Quantity* kept = keep(result);
  return kept == nullptr ? Collection() : one(Item::quantity(kept));
}

Collection Evaluator::sign(const Step& step, Frame& frame) {
  const Variable* const scope = frame.scope;
  const Item* item = single(eval(step.input, frame), step);
  frame.scope = scope;
  if (item == nullptr) return {};
  const Item value = system(*item);
  const Quantity* quantity =
      value.kind() == Kind::kInteger || value.kind() == Kind::kDecimal ? nullptr : quantity_of(value);
  const bool negate = step.op == Operator::kMinus;
  if (value.kind() == Kind::kInteger) {
    const std::int64_t result = negate ? -*value.integer() : *value.integer();
    return fits_integer(result) ? one(Item::integer(result)) : Collection();
  }
  if (value.kind() == Kind::kDecimal) return one(Item::decimal(negate ? value.decimal()->negated() : *value.decimal()));
  if (quantity == nullptr) {
    return fail(step, std::string("a sign has no meaning before ") + std::string(item->type_name(model())));
  }
  Quantity result = *quantity;
  if (negate) result.value = result.value.negated();
  const Quantity* kept = keep(result);
  return kept == nullptr ? Collection() : one(Item::quantity(kept));
}

}  // namespace pas::fhirpath::detail
