#include "fhir/fhirpath/program.h"

#include "fhir/fhirpath/compiler.h"

namespace pas::fhirpath {

Outcome<Program> Program::compile(std::string_view expression, const CompileOptions& options) {
  auto ast = parse(expression);
  if (!ast) return ast.error();
  auto code = detail::compile(expression, *ast, options);
  if (!code) return code.error();
  return Program(std::move(*code));
}

std::string_view Program::expression() const {
  return code_->expression;
}

const Model* Program::model() const {
  return code_->model;
}

const std::vector<std::string>& Program::focus_paths() const {
  return code_->focus_paths;
}

}  // namespace pas::fhirpath
