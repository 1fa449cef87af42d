// Compiles and evaluates any text as FHIRPath: no crash, no endless run, no reading outside, and the same answer twice.
// The input is an expression, optionally followed by a line with four dashes and a JSON document to evaluate it on.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fhir/definitions/builtin.h"
#include "fhir/fhirpath/fhirpath.h"

namespace pas {
namespace {

constexpr std::string_view kSeparator = "\n----\n";
constexpr std::string_view kDocument = R"({"resourceType":"Patient","id":"p","active":true,"birthDate":"1974-12-25",
  "_birthDate":{"extension":[{"url":"u","valueDateTime":"1974-12-25T14:35:45-05:00"}]},
  "name":[{"use":"official","family":"A","given":["B",null],"_given":[null,{"id":"g"}]},{"use":"usual","given":["C"]}],
  "contained":[{"resourceType":"Observation","id":"o","status":"final","code":{"text":"t"},"valueQuantity":{"value":1.50,
  "system":"http://unitsofmeasure.org","code":"kg"},"subject":{"reference":"#"}}],"multipleBirthInteger":2})";

const fhirpath::Model& model() {
  static const auto definitions = definitions::builtin_definitions({definitions::kR4Core}).value();
  return definitions->model();
}

// What came out, as text.
std::string answer(fhirpath::Evaluation& evaluation, const fhirpath::Program& program, json::Node focus) {
  const auto items = evaluation.run(program, focus);
  if (!items) return items.error().message + items.error().caret(program.expression());
  std::string text;
  for (const fhirpath::Item& item : items->first(std::min<std::size_t>(items->size(), 100))) {
    text += std::string(item.type_name(program.model())) + " " + item.to_string() + "\n";
  }
  return text;
}

void try_out(std::string_view expression, json::Node focus, const fhirpath::Model* types) {
  fhirpath::CompileOptions options;
  options.model = types;
  options.context_type = types != nullptr && types->find_type(focus["resourceType"].text()) != fhirpath::kNoType
                             ? focus["resourceType"].text()
                             : std::string_view();
  const auto program = fhirpath::Program::compile(expression, options);
  if (!program) {
    if (program.error().position > expression.size() || program.error().message.empty()) std::abort();
    static_cast<void>(program.error().caret(expression) + program.error().place(expression));
    return;
  }
  const json::BundleIndex index(focus);
  fhirpath::Environment environment;
  environment.model = types;
  environment.index = &index;
  environment.now = std::chrono::sys_days(std::chrono::year(2026) / 3 / 10);
  environment.limits = {.steps = 20'000, .collection = 5'000, .memory = std::size_t{4} << 20U};
  fhirpath::Evaluation evaluation(environment);
  const std::string first = answer(evaluation, *program, focus);
  evaluation.reset();
  if (answer(evaluation, *program, focus) != first) std::abort();
}

}  // namespace
}  // namespace pas

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t separator = std::min(input.find(pas::kSeparator), input.size());
  const std::string_view expression = input.substr(0, separator);
  const std::string_view text =
      separator < input.size() ? input.substr(separator + pas::kSeparator.size()) : pas::kDocument;
  const auto document = pas::json::Document::parse(std::string(text));
  if (!document) return 0;
  pas::try_out(expression, document->root(), nullptr);
  pas::try_out(expression, document->root(), &pas::model());
  return 0;
}
