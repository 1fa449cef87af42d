#pragma once
// Why an expression was refused or could not be evaluated, with its place in the expression. A message names rules,
// functions and types, never content of the document.

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <cstddef>
#include <string>
#include <string_view>

namespace pas::fhirpath {

struct Diagnostic {
  enum class Phase { kSyntax, kAnalysis, kEvaluation };
  Phase phase = Phase::kSyntax;
  std::string message;
  std::size_t position = 0;  // in bytes from the start of the expression

  // "line 1, column 8", both 1-based; the column counts code points.
  std::string place(std::string_view expression) const;
  // The line of the expression that holds the position, and below it a caret:
  //   name.foo() = 1
  //        ^
  std::string caret(std::string_view expression) const;
};

template <class T>
using Outcome = boost::system::result<T, Diagnostic>;

// .value() on a diagnostic is a bug of the caller: test first.
[[noreturn]] void throw_exception_from_error(const Diagnostic& diagnostic, const boost::source_location& where);

}  // namespace pas::fhirpath
