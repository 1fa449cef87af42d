#include "fhir/fhirpath/evaluator.h"

#include <algorithm>
#include <new>

#include "fhir/fhirpath/compiler.h"

namespace pas::fhirpath::detail {
namespace {

const Item kBooleans[2] = {Item::boolean(false), Item::boolean(true)};

}  // namespace

Evaluator::Evaluator(const Environment& environment)
    : environment_(environment), primitives_(environment.model), arena_(environment.limits.memory) {}

void Evaluator::set(std::string_view name, Collection values) {
  for (NamedValue& variable : variables_) {
    if (variable.name == name) {
      variable.value.assign(values.begin(), values.end());
      return;
    }
  }
  variables_.push_back({std::string(name), {values.begin(), values.end()}});
}

void Evaluator::reset() {
  arena_.reset();
}

Outcome<Collection> Evaluator::run(const Code& code, const Item& focus) {
  if (code.model != nullptr && code.model != environment_.model) {
    return Diagnostic{Diagnostic::Phase::kEvaluation, "the program was compiled with another model", 0};
  }
  code_ = &code;
  has_failed_ = false;
  steps_left_ = environment_.limits.steps;
  focus_ = focus;
  if (focus.is_node() && focus.type_id() == kNoType && model() != nullptr) {
    const std::string_view resource = focus.node()["resourceType"].text();
    const TypeId type = resource_type(resource);
    focus_ = Item::element(focus.node(), type != kNoType ? type : code.context_type);
  }
  Frame frame;
  const Collection self = one(focus_);
  if (!focus.is_node() || focus.node()) frame.self = self;
  const Collection result = eval(code.root, frame);
  if (has_failed_) return failure_;
  return result;
}

Collection Evaluator::fail(const Step& step, std::string message) {
  if (!has_failed_) {
    has_failed_ = true;
    failure_ = {Diagnostic::Phase::kEvaluation, std::move(message), step.position};
  }
  return {};
}

bool Evaluator::fail_of_steps(const Step& step) {
  steps_left_ = 0;
  fail(step, "the evaluation takes more than " + std::to_string(environment_.limits.steps) + " steps");
  return false;
}

Collection Evaluator::eval(StepIndex index, Frame& frame) {
  const Step& step = code_->steps[index];
  if (has_failed_ || !spend(1, step)) return {};
  const Collection result = eval_step(step, frame);
  return has_failed_ ? Collection() : result;
}

Collection Evaluator::eval_step(const Step& step, Frame& frame) {
  switch (step.kind) {
    case StepKind::kEmpty:
      return {};
    case StepKind::kLiteral:
      return {&code_->literals[step.index], 1};
    case StepKind::kThis:
      return frame.self;
    case StepKind::kIndex:
      return frame.index < 0 ? Collection() : one(Item::integer(frame.index));
    case StepKind::kTotal:
      return frame.total;
    case StepKind::kVariable:
      return variable(step, frame);
    case StepKind::kMember:
      return member(step, frame);
    case StepKind::kRootType:
      return root_type(step, frame);
    case StepKind::kFunction: {
      const Collection input = input_of(step, frame);
      return has_failed_ ? Collection() : step.function->run(*this, step, input, frame);
    }
    case StepKind::kIndexer:
      return indexer(step, frame);
    case StepKind::kSign:
      return sign(step, frame);
    case StepKind::kBinary:
      return binary(step, frame);
    case StepKind::kIs:
    case StepKind::kAs:
      return type_operator(step, frame);
  }
  return {};
}

Collection Evaluator::argument(const Step& step, std::size_t number, Frame& frame) {
  const Variable* const scope = frame.scope;
  const Collection result = eval(code_->arguments_of(step)[number], frame);
  frame.scope = scope;
  return result;
}

Collection Evaluator::lambda(const Step& step, std::size_t number, const Item& item, std::size_t index, Frame& frame) {
  Frame inner{{&item, 1}, static_cast<std::int64_t>(index), frame.total, frame.scope};
  return eval(code_->arguments_of(step)[number], inner);
}

base::Truth Evaluator::criterion(const Step& step, std::size_t number, const Item& item, std::size_t index,
                                 Frame& frame) {
  const Arena::Mark mark = arena_.mark();
  const base::Truth truth = truth_of(lambda(step, number, item, index, frame), step);
  arena_.release(mark);
  return truth;
}

Collection Evaluator::boolean(bool value) {
  return {&kBooleans[value ? 1 : 0], 1};
}

Collection Evaluator::truth(base::Truth value) {
  return value == base::Truth::kUnknown ? Collection() : boolean(value == base::Truth::kTrue);
}

Collection Evaluator::one(const Item& item) {
  auto* const place = arena_.array<Item>(1);
  if (place == nullptr) return fail(code_->steps[code_->root], "the evaluation needs more memory than it may have");
  return {new (place) Item(item), 1};
}

std::string_view Evaluator::keep(std::string_view text, std::string_view more) {
  if (text.empty() && more.empty()) return {};
  auto* const place = arena_.array<char>(text.size() + more.size());
  if (place == nullptr) {
    fail(code_->steps[code_->root], "the evaluation needs more memory than it may have");
    return {};
  }
  std::copy(more.begin(), more.end(), std::copy(text.begin(), text.end(), place));
  return {place, text.size() + more.size()};
}

const Quantity* Evaluator::keep(const Quantity& quantity) {
  auto* const place = arena_.array<Quantity>(1);
  if (place == nullptr) {
    fail(code_->steps[code_->root], "the evaluation needs more memory than it may have");
    return nullptr;
  }
  return new (place) Quantity(quantity);
}

Collection Evaluator::decimal(const std::optional<Decimal>& value) {
  return value ? one(Item::decimal(*value)) : Collection();
}

const Item* Evaluator::single(Collection items, const Step& step) {
  if (items.size() > 1) {
    fail(step, "one item is needed here, and there are " + std::to_string(items.size()));
    return nullptr;
  }
  return items.empty() ? nullptr : items.data();
}

base::Truth Evaluator::truth_of(Collection items, const Step& step) {
  if (items.size() > 1 && code_->is_lenient) return base::Truth::kTrue;
  const Item* item = single(items, step);
  if (item == nullptr) return base::Truth::kUnknown;
  const auto value = item->boolean();
  return base::truth_of(value.value_or(true));
}

std::optional<std::string_view> Evaluator::string_argument(const Step& step, std::size_t number, Frame& frame) {
  const Item* item = single(argument(step, number, frame), step);
  if (item == nullptr) return std::nullopt;
  const auto text = item->string();
  if (!text) fail(step, "an argument that is a String is needed here");
  return text;
}

std::optional<std::int64_t> Evaluator::integer_argument(const Step& step, std::size_t number, Frame& frame) {
  const Item* item = single(argument(step, number, frame), step);
  if (item == nullptr) return std::nullopt;
  const auto value = item->integer();
  if (!value) fail(step, "an argument that is an Integer is needed here");
  return value;
}

Collection Evaluator::indexer(const Step& step, Frame& frame) {
  const Collection input = input_of(step, frame);
  const auto index = integer_argument(step, 0, frame);
  if (!index || *index < 0 || static_cast<std::uint64_t>(*index) >= input.size()) return {};
  return input.subspan(static_cast<std::size_t>(*index), 1);
}

Collection Evaluator::type_operator(const Step& step, Frame& frame) {
  const Collection input = input_of(step, frame);
  return step.kind == StepKind::kIs ? is_type(step, input) : as_type(step, input);
}

Collection Evaluator::is_type(const Step& step, Collection input) {
  const Item* item = single(input, step);
  return item == nullptr ? Collection() : boolean(has_type(*item, code_->types[step.index], model(), false));
}

Collection Evaluator::as_type(const Step& step, Collection input) {
  if (input.size() > 1 && !code_->is_lenient) single(input, step);
  return of_type(step, input);
}

Collection Evaluator::of_type(const Step& step, Collection input) {
  List result(*this, step);
  for (const Item& item : input) {
    if (has_type(item, code_->types[step.index], model(), true)) result.add(item);
  }
  return result.items();
}

bool Evaluator::is_defined(std::string_view name, const Frame& frame) const {
  for (const Variable* defined = frame.scope; defined != nullptr; defined = defined->outer) {
    if (defined->name == name) return true;
  }
  return is_known_variable(name) || std::ranges::find(variables_, name, &NamedValue::name) != variables_.end();
}

Collection Evaluator::variable(const Step& step, const Frame& frame) {
  for (const Variable* defined = frame.scope; defined != nullptr; defined = defined->outer) {
    if (defined->name == step.name) return defined->value;
  }
  for (const NamedValue& variable : variables_) {
    if (variable.name == step.name) return variable.value;
  }
  const std::string_view name = step.name;
  if (name == "context") return one(focus_);
  if (name == "resource" || name == "rootResource") {
    if (!focus_.is_node()) return {};
    json::Node resource = json::BundleIndex::resource_of(focus_.node());
    if (name == "rootResource" && resource) {
      const json::Node list = resource.parent();
      if (list && list.key() == "contained") resource = json::BundleIndex::resource_of(list.parent());
    }
    if (!resource) return {};
    return one(resource == focus_.node() ? focus_ : element(resource, kNoType));
  }
  if (name == "ucum") return one(Item::string("http://unitsofmeasure.org"));
  if (name == "sct") return one(Item::string("http://snomed.info/sct"));
  if (name == "loinc") return one(Item::string("http://loinc.org"));
  if (name.starts_with("vs-")) return string("http://hl7.org/fhir/ValueSet/" + std::string(name.substr(3)));
  if (name.starts_with("ext-")) return string("http://hl7.org/fhir/StructureDefinition/" + std::string(name.substr(4)));
  return fail(step, "no variable %" + std::string(name));
}

std::unique_ptr<const re2::RE2> compile_pattern(std::string_view text) {
  re2::RE2::Options options;
  options.set_dot_nl(true);
  options.set_log_errors(false);
  return std::make_unique<const re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
}

const re2::RE2* Evaluator::pattern_argument(const Step& step, Frame& frame) {
  if (step.index != kNoPattern) return code_->patterns[step.index].get();
  const auto text = string_argument(step, 0, frame);
  if (!text || has_failed_) return nullptr;
  auto found = patterns_.find(*text);
  if (found == patterns_.end()) {
    if (patterns_.size() == kMostPatterns) patterns_.clear();
    found = patterns_.emplace(std::string(*text), compile_pattern(*text)).first;
  }
  if (!found->second->ok()) {
    fail(step, "no regular expression that can be used here: " + found->second->error());
    return nullptr;
  }
  return found->second.get();
}

bool List::grow() {
  const std::size_t limit = evaluator_.environment_.limits.collection;
  if (evaluator_.failed()) return false;
  if (size_ >= limit) {
    evaluator_.fail(step_, "a collection has more than " + std::to_string(limit) + " items");
    return false;
  }
  const std::size_t wanted = std::min(std::max<std::size_t>(4, capacity_ * 2), limit);
  if (items_ != nullptr && evaluator_.arena_.extend(items_, capacity_ * sizeof(Item), wanted * sizeof(Item))) {
    capacity_ = wanted;
    return true;
  }
  auto* const larger = evaluator_.arena_.array<Item>(wanted);
  if (larger == nullptr) {
    evaluator_.fail(step_, "the evaluation needs more memory than it may have");
    return false;
  }
  std::uninitialized_copy_n(items_, size_, larger);
  items_ = larger;
  capacity_ = wanted;
  return true;
}

}  // namespace pas::fhirpath::detail
