#pragma once
// The syntax tree of an expression: what the parser hands to the compiler. Nodes stand in one vector, children as a
// linked list of indices, in the order of the text.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "fhir/fhirpath/decimal.h"
#include "fhir/fhirpath/diagnostic.h"
#include "fhir/fhirpath/temporal.h"

namespace pas::fhirpath {

enum class ExprKind : std::uint8_t {
  kEmpty,     // {}
  kLiteral,   // value
  kThis,      // $this
  kIndex,     // $index
  kTotal,     // $total
  kVariable,  // %name
  kMember,    // [input.]name
  kFunction,  // [input.]name(arguments)
  kIndexer,   // input[index]
  kSign,      // op input
  kBinary,    // left op right
  kIs,        // input is name
  kAs,        // input as name
};

enum class Operator : std::uint8_t {
  kNone,
  kPlus,
  kMinus,
  kMultiply,
  kDivide,
  kDiv,
  kMod,
  kConcatenate,
  kUnion,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kEqual,
  kNotEqual,
  kEquivalent,
  kNotEquivalent,
  kIn,
  kContains,
  kAnd,
  kOr,
  kXor,
  kImplies,
};

struct QuantityLiteral {
  Decimal value;
  std::string unit;
  bool is_calendar = false;
};

using Literal = std::variant<std::monostate, bool, std::string, std::int64_t, Decimal, Temporal, QuantityLiteral>;

using ExprIndex = std::uint32_t;
inline constexpr ExprIndex kNoExpr = UINT32_MAX;

struct Expr {
  ExprKind kind = ExprKind::kEmpty;
  Operator op = Operator::kNone;
  bool has_input = false;      // kMember, kFunction: the first child is the input
  std::uint32_t position = 0;  // in the expression
  std::uint32_t depth = 1;     // of the tree from here
  ExprIndex first = kNoExpr;   // child
  ExprIndex next = kNoExpr;    // sibling
  std::string name;            // of member, function, variable or type
  Literal value;
};

struct Ast {
  std::vector<Expr> nodes;
  ExprIndex root = kNoExpr;
};

// Refuses what is not FHIRPath, more than 64 KB, nesting beyond 200 levels and trees deeper than 1,000.
Outcome<Ast> parse(std::string_view expression);

}  // namespace pas::fhirpath
