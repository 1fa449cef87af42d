// Seven expressions of typical shape on the Homecare bundle of the PAS 2.2.1 guide, with the R4 types and on plain
// JSON, and the compilation of the same expressions. `best_us` is processor time, `floors` the same as a part of the
// floor (RapidJSON parsing the bundle in situ) of the same run.

#define RAPIDJSON_SSE42
#include <benchmark/benchmark.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

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

// Processor time of one run, the least of many batches: what the rest of the machine does only ever adds to it.
template <class Work>
double best_seconds(const Work& work) {
  constexpr int kBatches = 40;
  constexpr double kBatchSeconds = 0.005;
  double best = 1;
  std::size_t runs = 1;
  for (int batch = 0; batch < kBatches || best == 1; ++batch) {
    const double start = cpu_seconds();
    for (std::size_t i = 0; i < runs; ++i) work();
    const double spent = cpu_seconds() - start;
    if (spent < kBatchSeconds) {
      runs *= 2;  // too short to measure
      continue;
    }
    best = std::min(best, spent / static_cast<double>(runs));
  }
  return best;
}

// The floor of PERFORMANCE.md: RapidJSON in situ, with the memory of the run before.
double floor_seconds() {
  static const double best = [] {
    using Pool = rapidjson::MemoryPoolAllocator<>;
    using InSitu = rapidjson::GenericDocument<rapidjson::UTF8<>, Pool>;
    std::vector<char> memory(std::size_t{256} << 10U);
    std::string text;
    return best_seconds([&] {
      text = bundle_text();
      Pool pool(memory.data(), memory.size());
      InSitu document(&pool);
      document.ParseInsitu(text.data());
      if (document.HasParseError()) std::abort();
    });
  }();
  return best;
}

template <class Work>
void report(benchmark::State& state, const Work& work) {
  for (auto _ : state) work();
  const double seconds = best_seconds(work);
  state.counters["best_us"] = seconds * 1e6;
  state.counters["floors"] = seconds / floor_seconds();
}

void parse(benchmark::State& state) {
  report(state, [] {
    auto document = json::Document::parse(bundle_text());
    benchmark::DoNotOptimize(document);
  });
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
  benchmark::RegisterBenchmark("parse", pas::parse);
  for (const auto& [name, text] : pas::kExpressions) {
    const std::string suffix = name;
    benchmark::RegisterBenchmark(("typed/" + suffix).c_str(), pas::evaluate, text, &pas::model());
    benchmark::RegisterBenchmark(("plain/" + suffix).c_str(), pas::evaluate, text, nullptr);
    benchmark::RegisterBenchmark(("compile/" + suffix).c_str(), pas::compile, text, &pas::model());
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
