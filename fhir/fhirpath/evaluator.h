#pragma once
// Evaluates the steps of a program. Internal to the engine; Evaluation::State wraps it.
//
// A failure is noted once (fail) and ends everything: whoever evaluates something asks failed() before using it, and an
// empty collection is what every function answers after a failure.

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/truth.h"
#include "fhir/fhirpath/arena.h"
#include "fhir/fhirpath/code.h"
#include "fhir/fhirpath/evaluation.h"
#include "fhir/fhirpath/functions.h"
#include "fhir/fhirpath/types.h"

namespace pas::fhirpath::detail {

struct Variable {
  std::string_view name;
  Collection value;
  const Variable* outer;
};

// What an expression sees around it.
struct Frame {
  Collection self;                  // $this
  std::int64_t index = -1;          // $index
  Collection total;                 // $total
  const Variable* scope = nullptr;  // of defineVariable(); grows while a chain is evaluated
};

class List;

class Evaluator {
 public:
  explicit Evaluator(const Environment& environment);

  const Environment& environment() const { return environment_; }
  const Model* model() const { return environment_.model; }
  const PrimitiveTypes& primitives() const { return primitives_; }
  Arena& arena() { return arena_; }
  const Code& code() const { return *code_; }

  void set(std::string_view name, Collection values);
  Outcome<Collection> run(const Code& code, const Item& focus);
  void reset();
  std::size_t steps() const { return environment_.limits.steps - steps_left_; }  // of the last run

  // Evaluation of steps.
  Collection eval(StepIndex index, Frame& frame);
  // An argument, in a scope of its own. lambda(): with `item` as $this.
  Collection argument(const Step& step, std::size_t number, Frame& frame);
  Collection lambda(const Step& step, std::size_t number, const Item& item, std::size_t index, Frame& frame);
  bool is_defined(std::string_view variable, const Frame& frame) const;
  bool has_argument(const Step& step, std::size_t number) const { return number < step.argument_count; }
  // A criterion with `item` as $this; its memory is given back.
  base::Truth criterion(const Step& step, std::size_t number, const Item& item, std::size_t index, Frame& frame);

  // Failure.
  bool failed() const { return has_failed_; }
  Collection fail(const Step& step, std::string message);
  bool spend(std::size_t steps, const Step& step) {
    if (steps > steps_left_) return fail_of_steps(step);
    steps_left_ -= steps;
    return true;
  }

  // Results.
  static Collection boolean(bool value);
  static Collection truth(base::Truth value);
  Collection one(const Item& item);
  // A copy in the evaluation's memory, of two texts one after the other.
  std::string_view keep(std::string_view text, std::string_view more = {});
  Collection string(std::string_view text) { return one(Item::string(keep(text))); }
  const Quantity* keep(const Quantity& quantity);
  Collection decimal(const std::optional<Decimal>& value);

  // Readings of a collection (FHIRPath 2.0.0, Singleton Evaluation). More than one item is a failure.
  const Item* single(Collection items, const Step& step);
  base::Truth truth_of(Collection items, const Step& step);
  // Of an argument; nothing when it is empty, a failure when it is of another type.
  std::optional<std::string_view> string_argument(const Step& step, std::size_t number, Frame& frame);
  std::optional<std::int64_t> integer_argument(const Step& step, std::size_t number, Frame& frame);

  // The System value of a primitive element; every other item as it is. `text_of` gives strings only, of strings in
  // JSON whatever their type.
  Item system(const Item& item) const;
  // A FHIR Quantity element, a number or a System Quantity, as a quantity.
  const Quantity* quantity_of(const Item& item);
  Item element(json::Node node, TypeId declared);  // with the type that a resource names itself
  // The `_name` member of a primitive element.
  json::Node companion_of(const Item& item) const;

  // Navigation.
  void append_member(const Step& step, const Item& item, List& to);
  void append_children(const Item& item, List& to);

  // The type that the step names.
  Collection is_type(const Step& step, Collection input);
  Collection as_type(const Step& step, Collection input);
  Collection of_type(const Step& step, Collection input);

  // Comparison. Nothing where the specification has an empty result.
  std::optional<bool> equal(const Item& left, const Item& right);
  std::optional<bool> equal(Collection left, Collection right);
  bool equivalent(const Item& left, const Item& right);
  bool equivalent(Collection left, Collection right);
  std::optional<int> compare(const Item& left, const Item& right, const Step& step);
  bool contains(Collection items, const Item& wanted);
  std::size_t hash(const Item& item);  // equal items have equal hashes

  // The compiled first argument of matches() and the like; null when it is empty or after a failure.
  const re2::RE2* pattern_argument(const Step& step, Frame& frame);

  json::Node focus_node() const { return focus_.node(); }

 private:
  friend class List;

  bool fail_of_steps(const Step& step);  // false
  Collection eval_step(const Step& step, Frame& frame);
  Collection input_of(const Step& step, Frame& frame) {
    return step.input == kNoStep ? frame.self : eval(step.input, frame);
  }
  Collection member(const Step& step, Frame& frame);
  Collection root_type(const Step& step, Frame& frame);
  Collection indexer(const Step& step, Frame& frame);
  Collection variable(const Step& step, const Frame& frame);
  Collection sign(const Step& step, Frame& frame);
  Collection type_operator(const Step& step, Frame& frame);

  // operators.cpp
  Collection binary(const Step& step, Frame& frame);
  Collection logic(const Step& step, Frame& frame);
  Collection comparison(Operator op, Collection left, Collection right, const Step& step);
  Collection arithmetic(const Step& step, const Item& left, const Item& right);
  Collection temporal_sum(const Step& step, const Temporal& left, const Item& right);
  Collection quantity_arithmetic(const Step& step, const Item& left, const Item& right);

  // navigation.cpp
  TypeId resource_type(std::string_view name);
  void append_typed(const json::Node& node, std::string_view name, std::string_view companion_name,
                    const ElementInfo& info, List& to);
  void append_untyped(const json::Node& node, const Step& step, List& to);
  void append_values(json::Node value, json::Node companion, TypeId type, List& to);
  void append_primitive_member(std::string_view name, const Item& item, List& to);

  std::optional<std::string_view> plain_string(const Item& item) const;
  bool equal_nodes(json::Node left, json::Node right, bool equivalent);
  bool equal_arrays(json::Node left, json::Node right, bool equivalent);
  std::size_t hash_node(json::Node node);

  Environment environment_;
  PrimitiveTypes primitives_;
  Arena arena_;
  struct NamedValue {
    std::string name;
    std::vector<Item> value;
  };
  std::vector<NamedValue> variables_;
  // The model's types of resources found lately, by the length of their names.
  struct NamedType {
    std::string_view name;
    TypeId type = kNoType;
  };
  std::array<NamedType, 16> resource_types_{};
  const Code* code_ = nullptr;
  Item focus_;
  std::size_t steps_left_ = 0;
  bool has_failed_ = false;
  Diagnostic failure_;
  static constexpr std::size_t kMostPatterns = 64;
  std::map<std::string, std::unique_ptr<const re2::RE2>, std::less<>> patterns_;
};

// A collection in the making. `step` is whose failure a limit is.
class List {
 public:
  List(Evaluator& evaluator, const Step& step) : evaluator_(evaluator), step_(step) {}

  void add(const Item& item) {
    if (size_ == capacity_ && !grow()) return;
    items_[size_++] = item;
  }
  void add(Collection items) {
    for (const Item& item : items) add(item);
  }
  std::size_t size() const { return size_; }
  Collection items() const { return {items_, size_}; }
  const Step& step() const { return step_; }

 private:
  bool grow();

  Evaluator& evaluator_;
  const Step& step_;
  Item* items_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

// An item found again by equality in constant time.
class ItemSet {
 public:
  ItemSet(Evaluator& evaluator, std::size_t most_items);
  // False when an equal item was there already.
  bool insert(const Item& item);
  bool contains(const Item& item);

 private:
  const Item** slot(const Item& item);

  Evaluator* evaluator_;
  const Item** slots_ = nullptr;
  std::size_t mask_ = 0;
};

}  // namespace pas::fhirpath::detail
