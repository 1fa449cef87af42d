// A whole $submit, from the bytes to the answer: digest, parse, validation, inputs, policy, decision, response, and the
// commit to a store in memory, which keeps a copy of each. Beside the floor of the same run (floor.h).

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "tests/adapter/service/fixture.h"
#include "tests/bench/floor.h"
#include "tests/support/files.h"

namespace pas {
namespace {

void submit(benchmark::State& state, const std::string& sample) {
  const std::string text = service_test::sample(sample + ".json");
  auto adapter = std::make_unique<service_test::Adapter>();
  int number = 0;
  const auto work = [&] {
    if (++number % 2'000 == 0) adapter = std::make_unique<service_test::Adapter>();  // what it keeps is memory
    // Each is another client's, and so no repeat.
    auto outcome = adapter->submit(text, "ehr-" + std::to_string(number));
    if (!std::holds_alternative<service::Answered>(outcome)) std::abort();
    benchmark::DoNotOptimize(outcome);
  };
  for (auto _ : state) work();
  const double seconds = bench::best_seconds(work);
  state.counters["best_us"] = seconds * 1e6;
  state.counters["floors"] = seconds / bench::floor_seconds(text);
}

}  // namespace
}  // namespace pas

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  for (const char* sample : {"row-09-a1-deferoxamine-overload", "criterion-d3a-prolonged-antibiotic",
                             "row-11-questionnaire-in-progress", "multi-item-four-outcomes"}) {
    benchmark::RegisterBenchmark(sample, pas::submit, std::string(sample));
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
