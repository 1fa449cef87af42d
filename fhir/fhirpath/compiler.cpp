#include "fhir/fhirpath/compiler.h"

#include <algorithm>
#include <utility>

#include "fhir/fhirpath/shape.h"
#include "fhir/fhirpath/types.h"

namespace pas::fhirpath::detail {
namespace {

// A lowered expression: where its step is, and what its items can be.
struct Lowered {
  StepIndex step = kNoStep;
  Shape shape;
};

class Compiler {
 public:
  Compiler(const Ast& ast, const CompileOptions& options, Code& code)
      : ast_(ast), options_(options), code_(code), rules_(options.model, options.strict) {}

  bool compile() {
    if (options_.model != nullptr && !options_.context_type.empty()) {
      code_.context_type = options_.model->find_type(options_.context_type);
      if (code_.context_type == kNoType) return fail(0, "no type '" + std::string(options_.context_type) + "'");
    }
    root_ = rules_.of_type(code_.context_type);
    Lowered result;
    if (!lower(ast_.root, root_, result)) return false;
    code_.root = result.step;
    code_.focus_paths = focus_paths(ast_);
    return true;
  }

  Diagnostic take_error() { return std::move(error_); }

 private:
  bool fail(std::size_t position, std::string message) {
    error_ = {Diagnostic::Phase::kAnalysis, std::move(message), position};
    return false;
  }

  std::string_view keep(std::string text) { return code_.strings.emplace_back(std::move(text)); }

  StepIndex add(Step step) {
    code_.steps.push_back(step);
    return static_cast<StepIndex>(code_.steps.size() - 1);
  }

  // `focus` is the shape of $this. Variables defined inside are seen by what follows in the same chain: the caller
  // restores variables_ where the specification ends their scope.
  bool lower(ExprIndex index, const Shape& focus, Lowered& to) {
    const Expr& expr = ast_.nodes[index];
    to = {};
    Step step;
    step.position = expr.position;
    switch (expr.kind) {
      case ExprKind::kEmpty:
        to.shape.is_known = true;
        break;
      case ExprKind::kLiteral:
        step.kind = StepKind::kLiteral;
        step.index = literal(expr.value);
        to.shape = shape_of(expr.value);
        break;
      case ExprKind::kThis:
        step.kind = StepKind::kThis;
        to.shape = focus;
        break;
      case ExprKind::kIndex:
        step.kind = StepKind::kIndex;
        to.shape = shape_of(Kind::kInteger);
        break;
      case ExprKind::kTotal:
        step.kind = StepKind::kTotal;
        break;
      case ExprKind::kVariable:
        return variable(expr, to);
      case ExprKind::kMember:
        return member(expr, focus, to);
      case ExprKind::kFunction:
        return function(expr, focus, to);
      case ExprKind::kIndexer:
        return indexer(expr, focus, to);
      case ExprKind::kSign:
        return sign(expr, focus, to);
      case ExprKind::kBinary:
        return binary(expr, focus, to);
      case ExprKind::kIs:
      case ExprKind::kAs:
        return type_operator(expr, focus, to);
    }
    to.step = add(step);
    return true;
  }

  // An operand or argument: what it defines is not seen outside.
  bool lower_scoped(ExprIndex index, const Shape& focus, Lowered& to) {
    const std::size_t defined = variables_.size();
    const bool done = lower(index, focus, to);
    variables_.resize(defined);
    return done;
  }

  std::uint32_t literal(const Literal& value) {
    Item item;
    if (const auto* boolean = std::get_if<bool>(&value)) item = Item::boolean(*boolean);
    if (const auto* text = std::get_if<std::string>(&value)) item = Item::string(keep(*text));
    if (const auto* integer = std::get_if<std::int64_t>(&value)) item = Item::integer(*integer);
    if (const auto* decimal = std::get_if<Decimal>(&value)) item = Item::decimal(*decimal);
    if (const auto* temporal = std::get_if<Temporal>(&value)) item = Item::temporal(*temporal);
    if (const auto* quantity = std::get_if<QuantityLiteral>(&value)) {
      item = Item::quantity(
          &code_.quantities.emplace_back(Quantity{quantity->value, keep(quantity->unit), quantity->is_calendar, true}));
    }
    code_.literals.push_back(item);
    return static_cast<std::uint32_t>(code_.literals.size() - 1);
  }

  bool variable(const Expr& expr, Lowered& to) {
    const bool is_known = is_known_variable(expr.name) ||
                          std::ranges::find(options_.variables, expr.name) != options_.variables.end() ||
                          std::ranges::find(variables_, expr.name) != variables_.end();
    if (options_.strict && !is_known) return fail(expr.position, "no variable %" + expr.name);
    Step step;
    step.kind = StepKind::kVariable;
    step.position = expr.position;
    step.name = keep(expr.name);
    if (expr.name == "context") to.shape = root_;
    to.step = add(step);
    return true;
  }

  bool member(const Expr& expr, const Shape& focus, Lowered& to) {
    Step step;
    step.kind = StepKind::kMember;
    step.position = expr.position;
    step.name = keep(expr.name);
    step.companion_name = keep("_" + expr.name);
    Lowered input;
    input.shape = focus;
    if (expr.has_input && !lower(expr.first, focus, input)) return false;
    step.input = input.step;
    if (!expr.has_input && is_type_name(expr.name)) return root_type(expr, step, focus, to);
    std::string fault;
    to.shape = rules_.member(input.shape, expr.name, fault);
    if (!fault.empty()) return fail(expr.position, std::move(fault));
    if (options_.model != nullptr && input.shape.is_known && input.shape.fhir.size() == 1) {
      step.known_type = input.shape.fhir.front();
      step.element = options_.model->find_element(step.known_type, expr.name);
    }
    to.step = add(step);
    return true;
  }

  static bool is_type_name(std::string_view name) { return name.front() >= 'A' && name.front() <= 'Z'; }

  // A path may begin with the type of its focus (FHIR R4, FHIRPath: Patient.name).
  bool root_type(const Expr& expr, Step step, const Shape& focus, Lowered& to) {
    step.kind = StepKind::kRootType;
    const Model* model = options_.model;
    const std::string qualified = "FHIR." + expr.name;  // without a model the type's name is a view of it
    const auto type = resolve_type(qualified, model);
    if (!type) {
      if (options_.strict) return fail(expr.position, "no type '" + expr.name + "'");
    } else if (model != nullptr) {
      const auto matches = [&](TypeId known) {
        return is_a(*model, known, type->fhir) || is_a(*model, type->fhir, known);
      };
      if (focus.is_known && std::ranges::none_of(focus.fhir, matches)) {
        if (options_.strict) return fail(expr.position, "the focus is no " + expr.name);
      }
      to.shape = rules_.of_type(type->fhir);
      // A path from Resource is about what the focus really is.
      if (focus.is_known &&
          std::ranges::all_of(focus.fhir, [&](TypeId known) { return is_a(*model, known, type->fhir); })) {
        to.shape = focus;
      }
    }
    step.index = add_type(type ? *type : TypeSpec{}, expr.name);
    to.step = add(step);
    return true;
  }

  std::uint32_t add_type(TypeSpec type, std::string_view name) {
    type.name = keep(std::string(type.name.empty() ? name : type.name));
    code_.types.push_back(type);
    return static_cast<std::uint32_t>(code_.types.size() - 1);
  }

  // `is` may ask for a type that the model does not have (dom-r4b names types of later versions); nothing else may.
  bool named_type(std::string_view name, std::size_t position, bool is_question, std::uint32_t& index, Shape& shape) {
    auto type = resolve_type(name, options_.model);
    if (!type && is_question && !options_.strict) type = TypeSpec{};
    if (!type) return fail(position, "no type '" + std::string(name) + "'");
    index = add_type(*type, name);
    if (type->may_be_system) shape.system = bit(type->system);
    if (type->fhir != kNoType) shape.fhir.push_back(type->fhir);
    shape.is_known = !type->is_any && (options_.model != nullptr || !type->may_be_fhir);
    return true;
  }

  bool type_operator(const Expr& expr, const Shape& focus, Lowered& to) {
    Lowered input;
    if (!lower(expr.first, focus, input)) return false;
    Step step;
    step.kind = expr.kind == ExprKind::kIs ? StepKind::kIs : StepKind::kAs;
    step.position = expr.position;
    step.input = input.step;
    Shape shape;
    const bool is_question = expr.kind == ExprKind::kIs;
    if (!named_type(expr.name, expr.position, is_question, step.index, shape)) return false;
    to.shape = is_question ? shape_of(Kind::kBoolean) : shape;
    to.step = add(step);
    return true;
  }

  // The dotted name that the argument of is(), as() and ofType() is.
  bool type_argument(ExprIndex index, std::string& name) {
    const Expr& expr = ast_.nodes[index];
    if (expr.kind != ExprKind::kMember) return fail(expr.position, "a type's name should stand here");
    if (expr.has_input) {
      if (!type_argument(expr.first, name)) return false;
      name += '.';
    }
    name += expr.name;
    return true;
  }

  bool indexer(const Expr& expr, const Shape& focus, Lowered& to) {
    Lowered input;
    Lowered index;
    if (!lower(expr.first, focus, input) || !lower_scoped(ast_.nodes[expr.first].next, focus, index)) return false;
    if (!check_order(input.shape, expr.position, "an indexer")) return false;
    Step step;
    step.kind = StepKind::kIndexer;
    step.position = expr.position;
    step.input = input.step;
    set_arguments(step, {&index.step, 1});
    to.shape = std::move(input.shape);
    to.step = add(step);
    return true;
  }

  bool check_order(const Shape& shape, std::size_t position, std::string_view what) {
    if (!options_.check_order || shape.is_ordered) return true;
    return fail(position, std::string(what) + " depends on an order that the collection does not have");
  }

  void set_arguments(Step& step, std::span<const StepIndex> arguments) {
    step.first_argument = static_cast<std::uint32_t>(code_.arguments.size());
    step.argument_count = static_cast<std::uint32_t>(arguments.size());
    code_.arguments.insert(code_.arguments.end(), arguments.begin(), arguments.end());
  }

  bool sign(const Expr& expr, const Shape& focus, Lowered& to) {
    Lowered input;
    if (!lower_scoped(expr.first, focus, input)) return false;
    Step step;
    step.kind = StepKind::kSign;
    step.op = expr.op;
    step.position = expr.position;
    step.input = input.step;
    to.shape = std::move(input.shape);
    to.step = add(step);
    return true;
  }

  bool binary(const Expr& expr, const Shape& focus, Lowered& to) {
    Lowered left;
    Lowered right;
    if (!lower_scoped(expr.first, focus, left) || !lower_scoped(ast_.nodes[expr.first].next, focus, right)) {
      return false;
    }
    Step step;
    step.kind = StepKind::kBinary;
    step.op = expr.op;
    step.position = expr.position;
    step.input = left.step;
    set_arguments(step, {&right.step, 1});
    std::string fault;
    switch (expr.op) {
      case Operator::kUnion:
        to.shape = joined(left.shape, right.shape);
        to.shape.is_ordered = false;
        break;
      case Operator::kPlus:
      case Operator::kMinus:
        to.shape = rules_.sum(left.shape, right.shape, fault);
        break;
      case Operator::kConcatenate:
        to.shape = shape_of(Kind::kString);
        break;
      case Operator::kMultiply:
      case Operator::kDivide:
      case Operator::kDiv:
      case Operator::kMod:
        break;
      default:
        to.shape = shape_of(Kind::kBoolean);
        break;
    }
    if (!fault.empty()) return fail(expr.position, std::move(fault));
    to.step = add(step);
    return true;
  }

  bool function(const Expr& expr, const Shape& focus, Lowered& to) {
    Lowered input;
    input.shape = focus;
    ExprIndex argument = expr.first;
    if (expr.has_input) {
      if (!lower(expr.first, focus, input)) return false;
      argument = ast_.nodes[expr.first].next;
    }
    const FunctionInfo* info = find_function(expr.name);
    if (info == nullptr) return fail(expr.position, "no function " + expr.name + "()");
    if (!check_input(*info, input.shape, expr.position)) return false;
    Step step;
    step.kind = StepKind::kFunction;
    step.position = expr.position;
    step.function = info;
    step.input = input.step;
    step.index = kNoPattern;
    std::vector<Lowered> arguments;
    Shape named;
    std::size_t count = 0;
    for (; argument != kNoExpr; argument = ast_.nodes[argument].next, ++count) {
      if (count == info->most_arguments) break;
      if (info->traits.takes_type) {
        std::string name;
        if (!type_argument(argument, name) || !named_type(name, expr.position, info->name == "is", step.index, named))
          return false;
        continue;
      }
      Lowered lowered;
      if (!lower_argument(argument, *info, info->traits.is_lambda ? input.shape : focus, lowered)) return false;
      arguments.push_back(std::move(lowered));
    }
    if (count < info->least_arguments || argument != kNoExpr) return fail(expr.position, argument_fault(*info));
    if (!finish_function(expr, *info, arguments, step)) return false;
    to.shape = result_shape(*info, input.shape, arguments, named);
    if (info->traits.loses_order) to.shape.is_ordered = false;
    to.step = add(step);
    return true;
  }

  // sort(-name): the minus means descending, for values of any type.
  bool lower_argument(ExprIndex index, const FunctionInfo& info, const Shape& focus, Lowered& to) {
    const Expr& expr = ast_.nodes[index];
    if (info.name != "sort" || expr.kind != ExprKind::kSign || expr.op != Operator::kMinus) {
      return lower_scoped(index, focus, to);
    }
    if (!lower_scoped(expr.first, focus, to)) return false;
    code_.steps[to.step].is_descending = true;
    return true;
  }

  bool check_input(const FunctionInfo& info, const Shape& input, std::size_t position) {
    const std::string name = std::string(info.name) + "()";
    if (info.traits.needs_string && rules_.is_complex_only(input)) {
      return fail(position, name + " needs a String, not " + rules_.names(input));
    }
    return !info.traits.needs_order || check_order(input, position, name);
  }

  static std::string argument_fault(const FunctionInfo& info) {
    std::string text = std::string(info.name) + "() takes ";
    if (info.most_arguments == 0) return text + "no arguments";
    text += std::to_string(info.least_arguments);
    if (info.most_arguments != info.least_arguments) text += " to " + std::to_string(info.most_arguments);
    return text + (info.most_arguments == 1 ? " argument" : " arguments");
  }

  bool finish_function(const Expr& expr, const FunctionInfo& info, const std::vector<Lowered>& arguments, Step& step) {
    std::vector<StepIndex> steps;
    steps.reserve(arguments.size());
    for (const Lowered& argument : arguments) steps.push_back(argument.step);
    set_arguments(step, steps);
    if (info.name == "iif" && rules_.is_never_boolean(arguments.front().shape)) {
      return fail(expr.position, "the criterion of iif() must be a Boolean");
    }
    const Step* first = steps.empty() ? nullptr : &code_.steps[steps.front()];
    const Item* text = first != nullptr && first->kind == StepKind::kLiteral ? &code_.literals[first->index] : nullptr;
    if (text == nullptr || text->kind() != Kind::kString) return true;
    if (info.name == "defineVariable") {
      const std::string_view name = *text->string();
      if (is_known_variable(name) || std::ranges::find(variables_, name) != variables_.end()) {
        return fail(expr.position, "%" + std::string(name) + " is defined already");
      }
      variables_.emplace_back(name);
    }
    return !info.traits.takes_pattern || pattern(*text->string(), first->position, step);
  }

  bool pattern(std::string_view text, std::size_t position, Step& step);

  Shape result_shape(const FunctionInfo& info, const Shape& input, const std::vector<Lowered>& arguments,
                     const Shape& named) const;

  const Ast& ast_;
  const CompileOptions& options_;
  Code& code_;
  ShapeRules rules_;
  Shape root_;
  std::vector<std::string> variables_;  // defined so far in this chain
  Diagnostic error_;
};

bool Compiler::pattern(std::string_view text, std::size_t position, Step& step) {
  auto compiled = compile_pattern(text);
  if (!compiled->ok()) return fail(position, "no regular expression that can be used here: " + compiled->error());
  code_.patterns.push_back(std::move(compiled));
  step.index = static_cast<std::uint32_t>(code_.patterns.size() - 1);
  return true;
}

Shape Compiler::result_shape(const FunctionInfo& info, const Shape& input, const std::vector<Lowered>& arguments,
                             const Shape& named) const {
  Shape shape;
  switch (info.result) {
    case ResultShape::kUnknown:
      break;
    case ResultShape::kInput:
    case ResultShape::kInputSingle:
      return input;
    case ResultShape::kArgument:
      if (!arguments.empty()) shape = arguments.front().shape;
      shape.is_ordered = shape.is_ordered && input.is_ordered;
      return shape;
    case ResultShape::kUnion:
      return joined(input, arguments.front().shape);
    case ResultShape::kArms:
      return arguments.size() == 3 ? joined(arguments[1].shape, arguments[2].shape) : arguments[1].shape;
    case ResultShape::kType:
      shape = named;
      shape.is_ordered = input.is_ordered;
      return shape;
    case ResultShape::kExtension:
      return rules_.of_type(options_.model == nullptr ? kNoType : options_.model->find_type("Extension"));
    case ResultShape::kBoolean:
      return shape_of(Kind::kBoolean);
    case ResultShape::kString:
    case ResultShape::kStrings:
      return shape_of(Kind::kString);
    case ResultShape::kInteger:
      return shape_of(Kind::kInteger);
    case ResultShape::kDecimal:
      return shape_of(Kind::kDecimal);
    case ResultShape::kDate:
      return shape_of(Kind::kDate);
    case ResultShape::kDateTime:
      return shape_of(Kind::kDateTime);
    case ResultShape::kTime:
      return shape_of(Kind::kTime);
    case ResultShape::kQuantity:
      return shape_of(Kind::kQuantity);
  }
  return shape;
}

}  // namespace

bool is_known_variable(std::string_view name) {
  return name == "context" || name == "resource" || name == "rootResource" || name == "ucum" || name == "sct" ||
         name == "loinc" || name.starts_with("vs-") || name.starts_with("ext-");
}

Outcome<std::shared_ptr<const Code>> compile(std::string_view expression, const Ast& ast,
                                             const CompileOptions& options) {
  auto code = std::make_shared<Code>();
  code->expression = expression;
  code->model = options.model;
  code->is_lenient = options.lenient;
  Compiler compiler(ast, options, *code);
  if (!compiler.compile()) return compiler.take_error();
  return std::shared_ptr<const Code>(std::move(code));
}

}  // namespace pas::fhirpath::detail
