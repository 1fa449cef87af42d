// A body to a document, and the document to a bundle that can be asked by reference, beside the floor of the same run
// (floor.h): a pump sample, and the one with the most resources.

#include <benchmark/benchmark.h>

#include "fhir/json/bundle_index.h"
#include "fhir/json/document.h"
#include "tests/bench/floor.h"
#include "tests/support/files.h"

namespace pas {
namespace {

template <class Work>
void report(benchmark::State& state, const std::string& text, const Work& work) {
  for (auto _ : state) work();
  const double seconds = bench::best_seconds(work);
  state.counters["best_us"] = seconds * 1e6;
  state.counters["floors"] = seconds / bench::floor_seconds(text);
}

void parse(benchmark::State& state, const std::string& text) {
  report(state, text, [&] {
    auto document = json::Document::parse(json::with_room(text));
    benchmark::DoNotOptimize(document);
  });
}

void index(benchmark::State& state, const std::string& text) {
  const auto document = json::Document::parse(text).value();
  report(state, text, [&] {
    const json::BundleIndex made(document.root());
    benchmark::DoNotOptimize(&made);
  });
}

}  // namespace
}  // namespace pas

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  for (const std::string sample : {"row-09-a1-deferoxamine-overload", "multi-item-four-outcomes"}) {
    const auto text = pas::support::read_file(pas::support::repo_path("samples/bundles/" + sample + ".json"));
    benchmark::RegisterBenchmark(("parse/" + sample).c_str(), pas::parse, text);
    benchmark::RegisterBenchmark(("index/" + sample).c_str(), pas::index, text);
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
