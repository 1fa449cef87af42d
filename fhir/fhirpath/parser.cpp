// A Pratt parser over the precedence table of FHIRPath 2.0.0 (Operator Precedence).

#include <algorithm>
#include <array>
#include <utility>

#include "fhir/fhirpath/ast.h"
#include "fhir/fhirpath/lexer.h"
#include "fhir/fhirpath/quantities.h"

namespace pas::fhirpath {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{64} << 10U;
constexpr int kMaxNesting = 200;
constexpr std::uint32_t kMaxDepth = 1000;

// Binding power of the binary operators; higher binds tighter. is and as (kType) take a type on their right.
struct Binary {
  std::string_view text;
  Operator op;
  int power;
};
constexpr int kSignPower = 11;
constexpr int kTypePower = 8;
constexpr auto kBinary = std::to_array<Binary>({
    {"*", Operator::kMultiply, 10},      {"/", Operator::kDivide, 10},    {"div", Operator::kDiv, 10},
    {"mod", Operator::kMod, 10},         {"+", Operator::kPlus, 9},       {"-", Operator::kMinus, 9},
    {"&", Operator::kConcatenate, 9},    {"|", Operator::kUnion, 7},      {"<=", Operator::kLessOrEqual, 6},
    {"<", Operator::kLess, 6},           {">", Operator::kGreater, 6},    {">=", Operator::kGreaterOrEqual, 6},
    {"=", Operator::kEqual, 5},          {"~", Operator::kEquivalent, 5}, {"!=", Operator::kNotEqual, 5},
    {"!~", Operator::kNotEquivalent, 5}, {"in", Operator::kIn, 4},        {"contains", Operator::kContains, 4},
    {"and", Operator::kAnd, 3},          {"or", Operator::kOr, 2},        {"xor", Operator::kXor, 2},
    {"implies", Operator::kImplies, 1},
});

constexpr auto kReserved = std::to_array<std::string_view>({"and", "or", "xor", "implies", "div", "mod"});

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) {}

  Outcome<Ast> parse() {
    if (!advance()) return error_;
    const ExprIndex root = expression(0);
    if (root == kNoExpr) return error_;
    if (token_.kind != Token::Kind::kEnd) {
      fail(token_.position, "an operator or the end should stand here");
      return error_;
    }
    ast_.root = root;
    return std::move(ast_);
  }

 private:
  bool advance() {
    auto token = lexer_.next();
    if (!token) {
      error_ = lexer_.error();
      return false;
    }
    token_ = std::move(*token);
    return true;
  }

  ExprIndex fail(std::size_t position, std::string message) {
    error_ = {Diagnostic::Phase::kSyntax, std::move(message), position};
    return kNoExpr;
  }

  bool at_symbol(std::string_view symbol) const { return token_.kind == Token::Kind::kSymbol && token_.text == symbol; }
  bool at_word(std::string_view word) const {
    return token_.kind == Token::Kind::kIdentifier && !token_.is_delimited && token_.text == word;
  }

  ExprIndex add(Expr node, std::initializer_list<ExprIndex> children = {}) {
    ExprIndex previous = kNoExpr;
    for (const ExprIndex child : children) {
      if (previous == kNoExpr) {
        node.first = child;
      } else {
        ast_.nodes[previous].next = child;
      }
      previous = child;
      node.depth = std::max(node.depth, ast_.nodes[child].depth + 1);
    }
    if (node.depth > kMaxDepth) return fail(node.position, "the expression has more than 1000 levels");
    ast_.nodes.push_back(std::move(node));
    return static_cast<ExprIndex>(ast_.nodes.size() - 1);
  }

  static Expr make(ExprKind kind, std::uint32_t position) {
    Expr node;
    node.kind = kind;
    node.position = position;
    return node;
  }

  const Binary* binary_at() const {
    if (token_.kind != Token::Kind::kSymbol && (token_.kind != Token::Kind::kIdentifier || token_.is_delimited)) {
      return nullptr;
    }
    const auto* const found = std::ranges::find(kBinary, std::string_view(token_.text), &Binary::text);
    return found == kBinary.end() ? nullptr : found;
  }

  ExprIndex expression(int least_power) {
    if (nesting_ >= kMaxNesting) return fail(token_.position, "the expression is nested deeper than 200 levels");
    ++nesting_;
    const ExprIndex result = operators(least_power);
    --nesting_;
    return result;
  }

  ExprIndex operators(int least_power) {
    ExprIndex left = prefix();
    while (left != kNoExpr) {
      if (at_word("is") || at_word("as")) {
        if (kTypePower <= least_power) break;
        left = type_operator(left);
        continue;
      }
      const Binary* binary = binary_at();
      if (binary == nullptr || binary->power <= least_power) break;
      Expr node = make(ExprKind::kBinary, token_.position);
      node.op = binary->op;
      if (!advance()) return kNoExpr;
      const ExprIndex right = expression(binary->power);
      if (right == kNoExpr) return kNoExpr;
      left = add(std::move(node), {left, right});
    }
    return left;
  }

  ExprIndex type_operator(ExprIndex left) {
    Expr node = make(at_word("is") ? ExprKind::kIs : ExprKind::kAs, token_.position);
    if (!advance()) return kNoExpr;
    do {
      if (at_symbol(".") && !advance()) return kNoExpr;
      if (token_.kind != Token::Kind::kIdentifier) return fail(token_.position, "a type should stand here");
      if (!node.name.empty()) node.name += '.';
      node.name += token_.text;
      if (!advance()) return kNoExpr;
    } while (at_symbol("."));
    return add(std::move(node), {left});
  }

  ExprIndex prefix() {
    if (at_symbol("+") || at_symbol("-")) {
      Expr node = make(ExprKind::kSign, token_.position);
      node.op = token_.text == "-" ? Operator::kMinus : Operator::kPlus;
      if (!advance()) return kNoExpr;
      const ExprIndex operand = expression(kSignPower);
      return operand == kNoExpr ? kNoExpr : add(std::move(node), {operand});
    }
    ExprIndex left = term();
    while (left != kNoExpr && (at_symbol(".") || at_symbol("["))) {
      const std::uint32_t position = token_.position;
      const bool is_path = token_.text == ".";
      if (!advance()) return kNoExpr;
      if (is_path) {
        left = token_.kind == Token::Kind::kDollar ? fail(token_.position, "$this, $index and $total stand alone")
                                                   : invocation(left);
      } else {
        const ExprIndex index = expression(0);
        if (index == kNoExpr) return kNoExpr;
        if (!at_symbol("]")) return fail(token_.position, "a ] should stand here");
        if (!advance()) return kNoExpr;
        left = add(make(ExprKind::kIndexer, position), {left, index});
      }
    }
    return left;
  }

  ExprIndex term() {
    const std::uint32_t position = token_.position;
    switch (token_.kind) {
      case Token::Kind::kEnd:
        return fail(position, "the expression ends where a value should stand");
      case Token::Kind::kIdentifier:
        if (at_word("true") || at_word("false")) return boolean();
        return invocation(kNoExpr);
      case Token::Kind::kString:
        return literal(token_.text);
      case Token::Kind::kNumber:
        return number();
      case Token::Kind::kDate:
        return temporal(Temporal::parse_date(token_.text), "date");
      case Token::Kind::kDateTime:
        return temporal(Temporal::parse_date_time(token_.text, true), "dateTime");
      case Token::Kind::kTime:
        return temporal(Temporal::parse_time(token_.text), "time");
      case Token::Kind::kVariable:
        return named(ExprKind::kVariable);
      case Token::Kind::kDollar:
        return named(token_.text == "this"    ? ExprKind::kThis
                     : token_.text == "index" ? ExprKind::kIndex
                                              : ExprKind::kTotal);
      case Token::Kind::kSymbol:
        break;
    }
    if (at_symbol("(")) {
      if (!advance()) return kNoExpr;
      const ExprIndex inner = expression(0);
      if (inner == kNoExpr) return kNoExpr;
      if (!at_symbol(")")) return fail(token_.position, "a ) should stand here");
      return advance() ? inner : kNoExpr;
    }
    if (at_symbol("{")) {
      if (!advance()) return kNoExpr;
      if (!at_symbol("}")) return fail(token_.position, "only {} can follow {");
      return advance() ? add(make(ExprKind::kEmpty, position)) : kNoExpr;
    }
    return fail(position, "a value should stand here");
  }

  // A member or function; `input` is what stands before the dot.
  ExprIndex invocation(ExprIndex input) {
    if (token_.kind != Token::Kind::kIdentifier) return fail(token_.position, "a name should stand here");
    if (!token_.is_delimited && std::ranges::find(kReserved, token_.text) != kReserved.end()) {
      return fail(token_.position, "'" + token_.text + "' is an operator; as a name it needs backticks");
    }
    Expr node = make(ExprKind::kMember, token_.position);
    node.name = std::move(token_.text);
    node.has_input = input != kNoExpr;
    if (!advance()) return kNoExpr;
    std::vector<ExprIndex> children;
    if (input != kNoExpr) children.push_back(input);
    if (at_symbol("(")) {
      node.kind = ExprKind::kFunction;
      if (!arguments(children)) return kNoExpr;
    }
    return add_list(std::move(node), children);
  }

  bool arguments(std::vector<ExprIndex>& to) {
    if (!advance()) return false;
    if (at_symbol(")")) return advance();
    while (true) {
      const ExprIndex argument = expression(0);
      if (argument == kNoExpr) return false;
      to.push_back(argument);
      if (at_symbol(")")) return advance();
      if (!at_symbol(",")) {
        fail(token_.position, "a ) or , should stand here");
        return false;
      }
      if (!advance()) return false;
    }
  }

  ExprIndex add_list(Expr node, const std::vector<ExprIndex>& children) {
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (i == 0) {
        node.first = children[i];
      } else {
        ast_.nodes[children[i - 1]].next = children[i];
      }
      node.depth = std::max(node.depth, ast_.nodes[children[i]].depth + 1);
    }
    return add(std::move(node));
  }

  ExprIndex named(ExprKind kind) {
    Expr node = make(kind, token_.position);
    node.name = std::move(token_.text);
    return advance() ? add(std::move(node)) : kNoExpr;
  }

  ExprIndex literal(Literal value) {
    Expr node = make(ExprKind::kLiteral, token_.position);
    node.value = std::move(value);
    return advance() ? add(std::move(node)) : kNoExpr;
  }

  ExprIndex boolean() { return literal(token_.text == "true"); }

  ExprIndex temporal(const std::optional<Temporal>& value, std::string_view type) {
    if (!value) return fail(token_.position, "this is no " + std::string(type) + " of the calendar");
    return literal(*value);
  }

  ExprIndex number() {
    const auto value = Decimal::parse(token_.text);
    if (!value) return fail(token_.position, "a number may have 38 digits");
    const bool is_integer = token_.text.find('.') == std::string::npos;
    Expr node = make(ExprKind::kLiteral, token_.position);
    if (!advance()) return kNoExpr;
    if (token_.kind == Token::Kind::kString) {
      node.value = QuantityLiteral{*value, std::move(token_.text), false};
      return advance() ? add(std::move(node)) : kNoExpr;
    }
    if (token_.kind == Token::Kind::kIdentifier && !token_.is_delimited) {
      if (const auto unit = calendar_unit(token_.text)) {
        node.value = QuantityLiteral{*value, std::string(calendar_word(*unit)), true};
        return advance() ? add(std::move(node)) : kNoExpr;
      }
    }
    if (!is_integer) {
      node.value = *value;
    } else if (value <= Decimal(INT32_MAX)) {
      node.value = *value->to_int64();
    } else {
      return fail(node.position, "an Integer is at most 2147483647; write a Decimal (with .0)");
    }
    return add(std::move(node));
  }

  Lexer lexer_;
  Token token_;
  Ast ast_;
  Diagnostic error_;
  int nesting_ = 0;
};

}  // namespace

Outcome<Ast> parse(std::string_view expression) {
  if (expression.size() > kMaxBytes) {
    return Diagnostic{Diagnostic::Phase::kSyntax, "the expression is longer than 65536 bytes", kMaxBytes};
  }
  return Parser(expression).parse();
}

}  // namespace pas::fhirpath
