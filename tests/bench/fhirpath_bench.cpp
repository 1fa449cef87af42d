// Seven expressions of typical shape on the Homecare bundle of the PAS 2.2.1 guide, with the R4 types and on plain
// JSON, beside the floor (parsing the bundle in situ, once) and the compilation of the same expressions. `floors` is
// the processor time as a part of the floor of the same run.

#include <benchmark/benchmark.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <string>

#include "fhir/definitions/builtin.h"
#include "fhir/fhirpath/fhirpath.h"
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

// Of this process: other load on the machine does not count.
double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

// To parse the bundle, on average.
double floor_seconds() {
  static const double average = [] {
    constexpr int kRuns = 5000;
    const double start = cpu_seconds();
    for (int i = 0; i < kRuns; ++i) {
      auto document = json::Document::parse(bundle_text());
      benchmark::DoNotOptimize(document);
    }
    return (cpu_seconds() - start) / kRuns;
  }();
  return average;
}

void parse_floor(benchmark::State& state) {
  for (auto _ : state) {
    auto document = json::Document::parse(bundle_text());
    benchmark::DoNotOptimize(document);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bundle_text().size()));
}

void evaluate(benchmark::State& state, const char* text, const fhirpath::Model* types) {
  const auto document = json::Document::parse(bundle_text()).value();
  const json::BundleIndex index(document.root());
  fhirpath::Environment environment;
  environment.model = types;
  environment.index = &index;
  fhirpath::CompileOptions options;
  options.model = types;
  if (types != nullptr) options.context_type = "Bundle";
  const auto program = fhirpath::Program::compile(text, options).value();
  fhirpath::Evaluation evaluation(environment);
  if (evaluation.run(program, document.root()).value().empty()) std::abort();
  const double floor = floor_seconds();
  const double start = cpu_seconds();
  for (auto _ : state) {
    evaluation.reset();
    auto items = evaluation.run(program, document.root());
    benchmark::DoNotOptimize(items);
  }
  state.counters["floors"] = (cpu_seconds() - start) / static_cast<double>(state.iterations()) / floor;
}

void compile(benchmark::State& state, const char* text, const fhirpath::Model* types) {
  fhirpath::CompileOptions options;
  options.model = types;
  if (types != nullptr) options.context_type = "Bundle";
  for (auto _ : state) {
    auto program = fhirpath::Program::compile(text, options);
    benchmark::DoNotOptimize(program);
  }
}

}  // namespace
}  // namespace pas

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  benchmark::RegisterBenchmark("floor/parse", pas::parse_floor);
  for (const auto& [name, text] : pas::kExpressions) {
    const std::string suffix = name;
    benchmark::RegisterBenchmark(("typed/" + suffix).c_str(), pas::evaluate, text, &pas::model());
    benchmark::RegisterBenchmark(("plain/" + suffix).c_str(), pas::evaluate, text, nullptr);
    benchmark::RegisterBenchmark(("compile/" + suffix).c_str(), pas::compile, text, &pas::model());
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
