// Seven expressions of typical shape on the Homecare bundle of the PAS 2.2.1 guide, with the R4 types and on plain
// JSON, and the compilation of the same expressions. `best_us` is processor time, `floors` the same beside the floor of
// the same run (floor.h).

#include <benchmark/benchmark.h>

#include <array>
#include <cstdlib>
#include <string>

#include "fhir/definitions/builtin.h"
#include "fhir/fhirpath/fhirpath.h"
#include "tests/bench/floor.h"
#include "tests/support/archive.h"
#include "tests/support/files.h"

namespace pas {
namespace {

struct Expression {
  const char* name;
  const char* text;
};
constexpr std::array<Expression, 7> kExpressions{{
    {"where", "Bundle.entry.resource.ofType(Claim).item.where(sequence = 1).productOrService.coding.code"},
    {"ofType", "Bundle.entry.resource.ofType(Patient).name.family"},
    {"exists_all", "Bundle.entry.all(fullUrl.exists() and resource.exists())"},
    {"isDistinct", "Bundle.entry.fullUrl.isDistinct()"},
    {"resolve", "Bundle.entry.resource.ofType(Claim).patient.resolve().name.family"},
    {"date", "Bundle.entry.resource.ofType(Claim).created < @2020-01-01"},
    {"matches", "Bundle.entry.resource.ofType(Claim).identifier.all(value.matches('^[0-9A-Z]+$'))"},
}};

const std::string& bundle_text() {
  static const std::string text = [] {
    const auto package = support::shared_path("conformance/packages/hl7.fhir.us.davinci-pas-2.2.1.tgz");
    if (!package) std::abort();
    const auto found =
        support::read_archive(*package, "package/example/Bundle-HomecareAuthorizationBundleExample", ".json");
    if (found.size() != 1) std::abort();
    return found.begin()->second;
  }();
  return text;
}

const fhirpath::Model& model() {
  static const auto definitions = definitions::builtin_definitions({definitions::kR4Core}).value();
  return definitions->model();
}

double floor_seconds() {
  static const double best = bench::floor_seconds(bundle_text());
  return best;
}

template <class Work>
void report(benchmark::State& state, const Work& work) {
  for (auto _ : state) work();
  const double seconds = bench::best_seconds(work);
  state.counters["best_us"] = seconds * 1e6;
  state.counters["floors"] = seconds / floor_seconds();
}

fhirpath::CompileOptions options_for(const fhirpath::Model* types) {
  fhirpath::CompileOptions options;
  options.model = types;
  if (types != nullptr) options.context_type = "Bundle";
  return options;
}

void evaluate(benchmark::State& state, const char* text, const fhirpath::Model* types) {
  const auto document = json::Document::parse(bundle_text()).value();
  const json::BundleIndex index(document.root());
  fhirpath::Environment environment;
  environment.model = types;
  environment.index = &index;
  const auto program = fhirpath::Program::compile(text, options_for(types)).value();
  fhirpath::Evaluation evaluation(environment);
  if (evaluation.run(program, document.root()).value().empty()) std::abort();
  report(state, [&] {
    evaluation.reset();
    auto items = evaluation.run(program, document.root());
    benchmark::DoNotOptimize(items);
  });
}

void compile(benchmark::State& state, const char* text, const fhirpath::Model* types) {
  report(state, [&] {
    auto program = fhirpath::Program::compile(text, options_for(types));
    benchmark::DoNotOptimize(program);
  });
}

}  // namespace
}  // namespace pas

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  for (const auto& [name, text] : pas::kExpressions) {
    const std::string suffix = name;
    benchmark::RegisterBenchmark(("typed/" + suffix).c_str(), pas::evaluate, text, &pas::model());
    benchmark::RegisterBenchmark(("plain/" + suffix).c_str(), pas::evaluate, text, nullptr);
    benchmark::RegisterBenchmark(("compile/" + suffix).c_str(), pas::compile, text, &pas::model());
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
