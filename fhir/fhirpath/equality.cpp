// =, ~, < and hashes (FHIRPath 2.0.0, Equality and Comparison).

#include <algorithm>
#include <functional>

#include "fhir/fhirpath/evaluator.h"
#include "fhir/fhirpath/quantities.h"
#include "fhir/fhirpath/text.h"

namespace pas::fhirpath::detail {
namespace {

bool is_temporal(const Item& item) {
  return item.kind() == Kind::kDate || item.kind() == Kind::kDateTime || item.kind() == Kind::kTime;
}

bool is_plain_string(const Item& original, const Item& value) {
  return original.is_node() && original.type_id() == kNoType && value.kind() == Kind::kString;
}

// Without a model a date is a string in JSON: beside a date it is read as one.
void read_as_temporal(const Item& original, Item& value, const Item& other) {
  if (!is_temporal(other) || !is_plain_string(original, value)) return;
  const std::string_view text = *value.string();
  auto parsed = other.kind() == Kind::kTime ? Temporal::parse_time(text) : Temporal::parse_date(text);
  if (!parsed && other.kind() != Kind::kTime) parsed = Temporal::parse_date_time(text);
  if (parsed) value = Item::temporal(*parsed);
}

std::size_t mixed(std::size_t value) {
  value ^= value >> 33U;
  value *= 0xFF51AFD7ED558CCDULL;
  return value ^ (value >> 33U);
}

std::size_t hash_of(std::string_view text) {
  return std::hash<std::string_view>{}(text);
}

std::size_t hash_of(const Decimal& value) {
  const Decimal plain = value.trimmed();
  return mixed(static_cast<std::size_t>(plain.unscaled()) * 64 + static_cast<std::size_t>(plain.scale()));
}

}  // namespace

// The text of an item that is a string and nothing more: the value that most comparisons are about.
std::optional<std::string_view> Evaluator::plain_string(const Item& item) const {
  if (item.is_node() && primitives_.of_string(item.type_id()) != Kind::kString) return std::nullopt;
  return item.string();
}

std::optional<bool> Evaluator::equal(const Item& left, const Item& right) {
  if (const auto text = plain_string(left)) {
    if (const auto other = plain_string(right)) return *text == *other;
  }
  Item a = system(left);
  Item b = system(right);
  read_as_temporal(left, a, b);
  read_as_temporal(right, b, a);
  if (a.is_node() && b.is_node()) {
    if (a.is_companion() != b.is_companion()) return false;
    if (a.node() == b.node()) return true;
    if (const Quantity* x = a.type_id() != kNoType ? quantity_of(a) : nullptr) {
      // Two FHIR quantities in UCUM are values, not structures.
      const Quantity* y = quantity_of(b);
      if (y != nullptr && x->unit != y->unit) {
        const auto order = fhirpath::compare(*x, *y);
        if (order) return *order == 0;
      }
    }
    return equal_nodes(a.node(), b.node(), false);
  }
  if (a.kind() == Kind::kQuantity || b.kind() == Kind::kQuantity) {
    const Quantity* x = quantity_of(a);
    const Quantity* y = quantity_of(b);
    if (x == nullptr || y == nullptr) return false;
    const auto order = fhirpath::compare(*x, *y);
    return order ? std::optional(*order == 0) : std::nullopt;
  }
  if (a.is_number() && b.is_number()) return *a.decimal() == *b.decimal();
  if (is_temporal(a) && is_temporal(b)) {
    if ((a.kind() == Kind::kTime) != (b.kind() == Kind::kTime)) return false;
    const auto order = fhirpath::compare(*a.temporal(), *b.temporal());
    return order ? std::optional(*order == 0) : std::nullopt;
  }
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::kBoolean:
      return a.boolean() == b.boolean();
    case Kind::kString:
      return a.string() == b.string();
    case Kind::kType:
      return a.named_type() == b.named_type() && a.is_system_type() == b.is_system_type();
    default:
      return false;
  }
}

std::optional<bool> Evaluator::equal(Collection left, Collection right) {
  if (left.empty() || right.empty()) return std::nullopt;
  if (left.size() != right.size()) return false;
  bool is_open = false;
  for (std::size_t i = 0; i < left.size() && !has_failed_; ++i) {
    const auto same = equal(left[i], right[i]);
    if (same == false) return false;
    if (!same) is_open = true;
    spend(1, code_->steps[code_->root]);
  }
  return is_open ? std::nullopt : std::optional(true);
}

bool Evaluator::equivalent(const Item& left, const Item& right) {
  Item a = system(left);
  Item b = system(right);
  read_as_temporal(left, a, b);
  read_as_temporal(right, b, a);
  if (a.is_node() && b.is_node()) {
    if (a.is_companion() != b.is_companion()) return false;
    return a.node() == b.node() || equal_nodes(a.node(), b.node(), true);
  }
  if (a.kind() == Kind::kQuantity || b.kind() == Kind::kQuantity) {
    const Quantity* x = quantity_of(a);
    const Quantity* y = quantity_of(b);
    return x != nullptr && y != nullptr && fhirpath::equivalent(*x, *y);
  }
  if (a.is_number() && b.is_number()) return fhirpath::equivalent(*a.decimal(), *b.decimal());
  if (is_temporal(a) && is_temporal(b)) {
    if ((a.kind() == Kind::kTime) != (b.kind() == Kind::kTime)) return false;
    return fhirpath::equivalent(*a.temporal(), *b.temporal());
  }
  if (a.kind() == Kind::kString && b.kind() == Kind::kString) {
    return *a.string() == *b.string() || text::normalized(*a.string()) == text::normalized(*b.string());
  }
  return equal(a, b).value_or(false);
}

// In any order.
bool Evaluator::equivalent(Collection left, Collection right) {
  if (left.size() != right.size()) return false;
  bool* const used = arena_.array<bool>(right.size());
  if (used == nullptr) return false;
  std::fill_n(used, right.size(), false);
  for (const Item& item : left) {
    std::size_t i = 0;
    while (i < right.size() && (used[i] || !equivalent(item, right[i]))) ++i;
    if (!spend(i + 1, code_->steps[code_->root]) || i == right.size()) return false;
    used[i] = true;
  }
  return true;
}

bool Evaluator::equal_nodes(json::Node left, json::Node right, bool equivalent) {
  if (!spend(1, code_->steps[code_->root])) return false;
  if (left.is_number() && right.is_number()) {
    if (left.text() == right.text()) return true;
    const auto a = Decimal::parse(left.text());
    const auto b = Decimal::parse(right.text());
    return a && b && (equivalent ? fhirpath::equivalent(*a, *b) : *a == *b);
  }
  if (left.kind() != right.kind()) return false;
  if (left.is_string()) {
    return left.text() == right.text() ||
           (equivalent && text::normalized(left.text()) == text::normalized(right.text()));
  }
  if (left.is_array()) return equal_arrays(left, right, equivalent);
  if (!left.is_object()) return true;
  if (left.size() != right.size()) return false;
  for (const json::Node child : left) {
    const json::Node other = right[child.key()];
    if (!other || !equal_nodes(child, other, equivalent)) return false;
  }
  return true;
}

bool Evaluator::equal_arrays(json::Node left, json::Node right, bool equivalent) {
  if (left.size() != right.size()) return false;
  if (!equivalent) {
    auto other = right.begin();
    for (const json::Node child : left) {
      if (!equal_nodes(child, *other, false)) return false;
      ++other;
    }
    return true;
  }
  std::vector<bool> used(right.size());
  for (const json::Node child : left) {
    std::size_t i = 0;
    bool found = false;
    for (const json::Node other : right) {
      if (!used[i] && equal_nodes(child, other, true)) {
        used[i] = found = true;
        break;
      }
      ++i;
    }
    if (!found) return false;
  }
  return true;
}

std::optional<int> Evaluator::compare(const Item& left, const Item& right, const Step& step) {
  Item a = system(left);
  Item b = system(right);
  read_as_temporal(left, a, b);
  read_as_temporal(right, b, a);
  const auto sign = [](const auto& order) { return order < 0 ? -1 : (order > 0 ? 1 : 0); };
  if (a.is_number() && b.is_number()) return sign(*a.decimal() <=> *b.decimal());
  if (a.kind() == Kind::kString && b.kind() == Kind::kString) return sign(a.string()->compare(*b.string()));
  if (is_temporal(a) && is_temporal(b) && (a.kind() == Kind::kTime) == (b.kind() == Kind::kTime)) {
    return fhirpath::compare(*a.temporal(), *b.temporal());
  }
  const Quantity* x = quantity_of(a);
  const Quantity* y = x == nullptr ? nullptr : quantity_of(b);
  if (x != nullptr && y != nullptr) return fhirpath::compare(*x, *y);
  if (a.is_companion() || b.is_companion()) return std::nullopt;  // an element without a value
  fail(step,
       "a " + std::string(left.type_name(model())) + " has no order beside a " + std::string(right.type_name(model())));
  return std::nullopt;
}

bool Evaluator::contains(Collection items, const Item& wanted) {
  return std::ranges::any_of(items, [&](const Item& item) { return equal(item, wanted) == true; });
}

std::size_t Evaluator::hash(const Item& item) {
  const Item value = system(item);
  switch (value.kind()) {
    case Kind::kNode:
      // A quantity equals others in other units.
      if (value.type_id() != kNoType && quantity_of(value) != nullptr) return 1;
      return hash_node(value.node());
    case Kind::kBoolean:
      return *value.boolean() ? 3 : 2;
    case Kind::kString:
      return hash_of(*value.string());
    case Kind::kInteger:
    case Kind::kDecimal:
      return hash_of(*value.decimal());
    case Kind::kDate:
    case Kind::kDateTime:
    case Kind::kTime:
      return value.temporal()->hash();
    case Kind::kQuantity:
      return 1;
    case Kind::kType:
      return hash_of(value.named_type());
  }
  return 0;
}

std::size_t Evaluator::hash_node(json::Node node) {
  if (!spend(1, code_->steps[code_->root])) return 0;
  std::size_t sum = static_cast<std::size_t>(node.kind());
  switch (node.kind()) {
    case json::Kind::kString:
      return hash_of(node.text());
    case json::Kind::kNumber: {
      const auto value = Decimal::parse(node.text());
      return value ? hash_of(*value) : hash_of(node.text());
    }
    case json::Kind::kObject:
      for (const json::Node child : node) sum += mixed(hash_of(child.key()) * 31 + hash_node(child));
      return sum;
    case json::Kind::kArray:
      for (const json::Node child : node) sum = mixed(sum * 31 + hash_node(child));
      return sum;
    default:
      return sum;
  }
}

ItemSet::ItemSet(Evaluator& evaluator, std::size_t most_items) : evaluator_(&evaluator) {
  std::size_t size = 8;
  while (size < most_items * 2) size *= 2;
  slots_ = evaluator.arena().array<const Item*>(size);
  if (slots_ == nullptr) {
    evaluator.fail(evaluator.code().steps[evaluator.code().root], "the evaluation needs more memory than it may have");
    return;
  }
  std::fill_n(slots_, size, nullptr);
  mask_ = size - 1;
}

const Item** ItemSet::slot(const Item& item) {
  const Step& root = evaluator_->code().steps[evaluator_->code().root];
  for (std::size_t at = evaluator_->hash(item) & mask_;; at = (at + 1) & mask_) {
    if (slots_[at] == nullptr || evaluator_->equal(*slots_[at], item) == true || !evaluator_->spend(1, root)) {
      return &slots_[at];
    }
  }
}

bool ItemSet::insert(const Item& item) {
  if (evaluator_->failed()) return false;
  const Item** const at = slot(item);
  if (*at != nullptr || evaluator_->failed()) return false;
  *at = &item;
  return true;
}

bool ItemSet::contains(const Item& item) {
  return !evaluator_->failed() && *slot(item) != nullptr && !evaluator_->failed();
}

}  // namespace pas::fhirpath::detail
