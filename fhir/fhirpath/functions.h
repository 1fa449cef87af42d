#pragma once
// The functions of FHIRPath: their names, arguments and what the analysis knows of them. Internal to the engine.
// Each family has a file functions_*.cpp; function_table.cpp lists them all.

#include <span>
#include <string_view>

#include "fhir/fhirpath/code.h"

namespace pas::fhirpath::detail {

class Evaluator;
struct Frame;
using Collection = std::span<const Item>;

// `input` is evaluated already; arguments are the function's own business.
using Function = Collection (*)(Evaluator& evaluator, const Step& step, Collection input, Frame& frame);

// What the analysis can say of a result.
enum class ResultShape : std::uint8_t {
  kUnknown,
  kInput,        // items of the input
  kInputSingle,  // one of them at most
  kArgument,     // items of the first argument, evaluated for each item
  kUnion,        // of the input and the first argument
  kArms,         // iif
  kType,         // items of the named type
  kExtension,
  kBoolean,
  kString,
  kStrings,
  kInteger,
  kDecimal,
  kDate,
  kDateTime,
  kTime,
  kQuantity,
};

struct FunctionTraits {
  // Arguments are evaluated with the input, or each item of it, as the focus; not with the focus outside.
  bool is_lambda = false;
  bool needs_string = false;   // as the input
  bool needs_order = false;    // its answer depends on the order of the input
  bool loses_order = false;    // the order of its result means nothing
  bool takes_type = false;     // the argument is a type's name
  bool takes_pattern = false;  // the first argument is a regular expression
  Kind target = Kind::kNode;   // of toX() and convertsToX(): X
};

struct FunctionInfo {
  std::string_view name;
  Function run;
  std::uint8_t least_arguments = 0;
  std::uint8_t most_arguments = 0;
  ResultShape result = ResultShape::kUnknown;
  FunctionTraits traits;
};

const FunctionInfo* find_function(std::string_view name);

}  // namespace pas::fhirpath::detail
