#include <algorithm>
#include <array>

#include "fhir/fhirpath/evaluator.h"
#include "fhir/fhirpath/function_families.h"
#include "fhir/fhirpath/quantities.h"
#include "fhir/fhirpath/text.h"

namespace pas::fhirpath::detail {
namespace {

// A conversion's result; nothing when the value does not convert.
using Conversion = std::optional<Item> (*)(Evaluator& evaluator, const Item& value);

std::optional<Item> boolean_of(Evaluator&, const Item& value) {
  if (value.kind() == Kind::kBoolean) return value;
  if (value.kind() == Kind::kInteger || value.kind() == Kind::kDecimal) {
    const Decimal number = *value.decimal();
    if (number == Decimal(1)) return Item::boolean(true);
    if (number == Decimal(0)) return Item::boolean(false);
    return std::nullopt;
  }
  if (value.kind() != Kind::kString) return std::nullopt;
  constexpr std::array<std::string_view, 6> kTrue{"true", "t", "yes", "y", "1", "1.0"};
  constexpr std::array<std::string_view, 6> kFalse{"false", "f", "no", "n", "0", "0.0"};
  const std::string text = text::lower(*value.string());
  if (std::ranges::find(kTrue, text) != kTrue.end()) return Item::boolean(true);
  if (std::ranges::find(kFalse, text) != kFalse.end()) return Item::boolean(false);
  return std::nullopt;
}

std::optional<Item> integer_of(Evaluator&, const Item& value) {
  if (value.kind() == Kind::kInteger) return value;
  if (value.kind() == Kind::kBoolean) return Item::integer(*value.boolean() ? 1 : 0);
  if (value.kind() != Kind::kString || value.string()->find_first_of(".eE") != std::string_view::npos) {
    return std::nullopt;
  }
  const auto number = Decimal::parse(*value.string());
  const auto whole = number ? number->to_int64() : std::nullopt;
  if (!whole || *whole > INT32_MAX || *whole < INT32_MIN) return std::nullopt;
  return Item::integer(*whole);
}

std::optional<Item> decimal_of(Evaluator&, const Item& value) {
  if (value.kind() == Kind::kDecimal) return value;
  if (value.kind() == Kind::kInteger) return Item::decimal(*value.decimal());
  if (value.kind() == Kind::kBoolean) return Item::decimal(Decimal(*value.boolean() ? 10 : 0, 1));
  if (value.kind() != Kind::kString || value.string()->find_first_of("eE") != std::string_view::npos) {
    return std::nullopt;
  }
  const auto number = Decimal::parse(*value.string());
  return number ? std::optional(Item::decimal(*number)) : std::nullopt;
}

std::optional<Item> string_of(Evaluator& evaluator, const Item& value) {
  if (value.kind() == Kind::kString) return value;
  if (value.kind() == Kind::kType || value.is_companion()) return std::nullopt;
  if (value.is_node()) {
    const Quantity* quantity = evaluator.quantity_of(value);
    return quantity == nullptr ? std::nullopt : std::optional(Item::string(evaluator.keep(to_string(*quantity))));
  }
  return Item::string(evaluator.keep(value.to_string()));
}

std::optional<Item> temporal_item(const std::optional<Temporal>& value) {
  return value ? std::optional(Item::temporal(*value)) : std::nullopt;
}

std::optional<Item> date_of(Evaluator&, const Item& value) {
  if (const auto known = value.temporal()) {
    return known->type() == Temporal::Type::kTime ? std::nullopt : temporal_item(known->date_part());
  }
  if (value.kind() != Kind::kString) return std::nullopt;
  if (const auto date = Temporal::parse_date(*value.string())) return Item::temporal(*date);
  const auto date_time = Temporal::parse_date_time(*value.string());
  return date_time ? temporal_item(date_time->date_part()) : std::nullopt;
}

std::optional<Item> date_time_of(Evaluator&, const Item& value) {
  if (const auto known = value.temporal()) {
    return known->type() == Temporal::Type::kTime ? std::nullopt : temporal_item(known->as_date_time());
  }
  return value.kind() == Kind::kString ? temporal_item(Temporal::parse_date_time(*value.string())) : std::nullopt;
}

std::optional<Item> time_of(Evaluator&, const Item& value) {
  if (value.kind() == Kind::kTime) return value;
  if (value.kind() != Kind::kString) return std::nullopt;
  std::string_view text = *value.string();
  if (text.starts_with('T')) text.remove_prefix(1);
  return temporal_item(Temporal::parse_time(text));
}

// "10", "10 'mg'", "4 days" (FHIRPath 2.0.0, toQuantity).
std::optional<Quantity> parse_quantity(std::string_view text) {
  const std::size_t number_end = std::min(text.find_first_not_of("+-.0123456789"), text.size());
  const auto value = Decimal::parse(text.substr(0, number_end));
  if (!value) return std::nullopt;
  std::string_view unit = text.substr(number_end);
  if (unit.empty()) return Quantity{*value, "1"};
  const bool is_separated = unit.front() == ' ' || unit.front() == '\t' || unit.front() == '\n' || unit.front() == '\r';
  unit.remove_prefix(std::min(unit.find_first_not_of(" \t\n\r"), unit.size()));
  if (unit.size() > 2 && unit.front() == '\'' && unit.find('\'', 1) == unit.size() - 1) {
    return Quantity{*value, unit.substr(1, unit.size() - 2)};
  }
  const auto calendar = is_separated ? calendar_unit(unit) : std::nullopt;
  if (!calendar) return std::nullopt;
  return Quantity{*value, calendar_word(*calendar), true};
}

std::optional<Item> quantity_of(Evaluator& evaluator, const Item& value) {
  const Quantity* kept = nullptr;
  if (value.kind() == Kind::kBoolean) {
    kept = evaluator.keep(Quantity{Decimal(*value.boolean() ? 10 : 0, 1), "1"});
  } else if (value.kind() == Kind::kString) {
    const auto parsed = parse_quantity(*value.string());
    kept = parsed ? evaluator.keep(*parsed) : nullptr;
  } else {
    kept = evaluator.quantity_of(value);
  }
  return kept == nullptr ? std::nullopt : std::optional(Item::quantity(kept));
}

// With a unit as the argument, the quantity in that unit.
std::optional<Item> in_unit(Evaluator& evaluator, const Step& step, const std::optional<Item>& value, Frame& frame) {
  if (!value || !evaluator.has_argument(step, 0)) return value;
  const auto unit = evaluator.string_argument(step, 0, frame);
  if (!unit) return std::nullopt;
  const auto calendar = calendar_unit(*unit);
  Quantity target{Decimal(0), calendar ? calendar_word(*calendar) : *unit, calendar.has_value()};
  const auto amount = fhirpath::convert(*value->quantity(), target);
  if (!amount) return std::nullopt;
  target.value = *amount;
  const Quantity* kept = evaluator.keep(target);
  return kept == nullptr ? std::nullopt : std::optional(Item::quantity(kept));
}

// By Kind.
constexpr std::array<Conversion, 9> kConversions{nullptr, boolean_of,   string_of, integer_of, decimal_of,
                                                 date_of, date_time_of, time_of,   quantity_of};

std::optional<Item> converted(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const Item* item = evaluator.single(input, step);
  if (item == nullptr) return std::nullopt;
  const Conversion conversion = kConversions[static_cast<std::size_t>(step.function->traits.target)];
  return in_unit(evaluator, step, conversion(evaluator, evaluator.system(*item)), frame);
}

}  // namespace

Collection fn_to(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  const auto result = converted(evaluator, step, input, frame);
  return result ? evaluator.one(*result) : Collection();
}

Collection fn_converts_to(Evaluator& evaluator, const Step& step, Collection input, Frame& frame) {
  if (input.empty()) return {};
  const auto result = converted(evaluator, step, input, frame);
  return evaluator.failed() ? Collection() : Evaluator::boolean(result.has_value());
}

}  // namespace pas::fhirpath::detail
