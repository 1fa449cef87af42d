#pragma once
// The compiled form of an expression: a tree of steps in one vector, with everything resolved that does not depend on
// the document. Internal to the engine.

#include <re2/re2.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/fhirpath/ast.h"
#include "fhir/fhirpath/item.h"
#include "fhir/fhirpath/model.h"

namespace pas::fhirpath::detail {

struct FunctionInfo;

// What `is Patient`, `ofType(string)` and their like ask for. An unqualified name means the FHIR type, the System type
// or both (Quantity).
struct TypeSpec {
  std::string_view name;  // without the namespace
  TypeId fhir = kNoType;  // when there is a model
  bool may_be_fhir = false;
  bool may_be_system = false;
  Kind system = Kind::kNode;  // with may_be_system
  bool is_any = false;        // System.Any
};

enum class StepKind : std::uint8_t {
  kEmpty,
  kLiteral,
  kThis,
  kIndex,
  kTotal,
  kVariable,
  kMember,
  kRootType,  // Patient in Patient.name: the focus, if it is one
  kFunction,
  kIndexer,
  kSign,
  kBinary,
  kIs,
  kAs,
};

using StepIndex = std::uint32_t;
inline constexpr StepIndex kNoStep = UINT32_MAX;

struct Step {
  StepKind kind = StepKind::kEmpty;
  Operator op = Operator::kNone;
  bool is_descending = false;        // an argument of sort() with a minus before it
  std::uint32_t position = 0;        // in the expression
  StepIndex input = kNoStep;         // kNoStep: the focus
  std::uint32_t first_argument = 0;  // in Code::arguments
  std::uint32_t argument_count = 0;
  std::uint32_t index = 0;          // of the literal, of the type specification or of the pattern
  std::string_view name;            // of a member or variable
  std::string_view companion_name;  // "_name" of a member
  const FunctionInfo* function = nullptr;
  TypeId known_type = kNoType;  // where `element` is the member
  const ElementInfo* element = nullptr;
};

inline constexpr std::uint32_t kNoPattern = UINT32_MAX;

// A regular expression as matches() takes it: the dot matches line ends too (FHIRPath 3.0.0: single-line mode). Never
// null; ask ok().
std::unique_ptr<const re2::RE2> compile_pattern(std::string_view text);

struct Code {
  std::string expression;
  const Model* model = nullptr;
  TypeId context_type = kNoType;
  bool is_lenient = false;  // CompileOptions::lenient
  StepIndex root = kNoStep;
  std::vector<Step> steps;
  std::vector<StepIndex> arguments;
  std::vector<Item> literals;
  std::vector<TypeSpec> types;
  std::vector<std::unique_ptr<const re2::RE2>> patterns;  // of matches() and the like with a literal pattern
  std::vector<std::string> focus_paths;

  // What the views above point at.
  std::deque<std::string> strings;
  std::deque<Quantity> quantities;

  std::span<const StepIndex> arguments_of(const Step& step) const {
    return std::span(arguments).subspan(step.first_argument, step.argument_count);
  }
};

}  // namespace pas::fhirpath::detail
