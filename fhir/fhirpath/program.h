#pragma once
// An expression, parsed and analysed once, to be evaluated many times.
//
// Language: FHIRPath 2.0.0 (normative) with the FHIR R4 additions and, of 3.0.0-ballot, sort, lowBoundary,
// highBoundary, precision, comparable, matchesFull, encode, decode, escape, unescape and defineVariable. A Program is
// immutable and cheap to copy; threads share it.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/fhirpath/diagnostic.h"
#include "fhir/fhirpath/model.h"

namespace pas::fhirpath {

namespace detail {
struct Code;
}

// All views must last only while compile() runs, but for the model, which must outlive the Program.
struct CompileOptions {
  const Model* model = nullptr;
  // The type of the focus ("Patient", "Patient.contact"); without it, types are known only at evaluation.
  std::string_view context_type = {};
  // Names (without %) that the caller will set, besides the ones that the engine knows (program.cpp lists them).
  std::span<const std::string_view> variables = {};
  // A path that the type cannot have, and an unknown variable, is an error. Needs a model for paths.
  bool strict = false;
  // Takes what FHIR's own invariants and search parameters are written with though the specification makes it an error:
  // several items are true where a Boolean is needed, and as() and memberOf() take several items, as() as a filter.
  bool lenient = false;
  // Use of first, last, tail, skip, take, an indexer or $index on a collection without an order (FHIRPath 5.3,
  // children() and the like) is an error.
  bool check_order = false;
};

class Program {
 public:
  static Outcome<Program> compile(std::string_view expression, const CompileOptions& options = {});

  std::string_view expression() const;
  const Model* model() const;

  // The member paths that the expression reads from its root focus ("infusion.hours", "diagnosis"), each once, in the
  // order of the text; not those read from another focus inside where(), select() and their like. Indexers and
  // functions end a path. A name that is no plain identifier stands without its backticks.
  const std::vector<std::string>& focus_paths() const;

  const detail::Code& code() const { return *code_; }

 private:
  explicit Program(std::shared_ptr<const detail::Code> code) : code_(std::move(code)) {}
  std::shared_ptr<const detail::Code> code_;
};

}  // namespace pas::fhirpath
