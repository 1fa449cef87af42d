// What a $submit's validation costs: R4, US Core and PAS 2.2.1 with all invariants and bindings, on the Homecare
// request of the guide and on pump samples, and on bundles of 10 to 10,000 entries. `best_us` is processor time,
// `floors` the same as a part of the floor of the same run (RapidJSON parsing the bundle in situ and writing it),
// `allocations` the heap allocations of one run.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "adapter/service/validation_service.h"
#include "tests/bench/floor.h"
#include "tests/support/archive.h"
#include "tests/support/files.h"

namespace {
std::size_t allocations = 0;
}

[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace pas {
namespace {

std::string homecare() {
  const auto package = support::shared_path("conformance/packages/hl7.fhir.us.davinci-pas-2.2.1.tgz");
  if (!package) std::abort();
  const auto found =
      support::read_archive(*package, "package/example/Bundle-HomecareAuthorizationBundleExample", ".json");
  if (found.size() != 1) std::abort();
  return found.begin()->second;
}

std::string sample(const std::string& name) {
  return support::read_file(support::repo_path("samples/bundles/" + name));
}

// A pump sample whose last entry, a document, is there as often as makes `entries` in all.
std::string bundle_of(std::size_t entries) {
  const std::string text = sample("row-09-a1-deferoxamine-overload.json");
  const auto document = json::Document::parse(text).value();
  const json::Node list = document.root()["entry"];
  const std::string last = list.at(list.size() - 1).to_json();
  const std::string id(list.at(list.size() - 1)["resource"]["id"].text());
  std::string grown = document.root().to_json();
  grown.resize(grown.rfind("]}"));
  for (std::size_t i = list.size(); i < entries; ++i) {
    std::string number = std::to_string(i);
    number.insert(0, 12 - number.size(), '0');
    std::string copy = last;
    const std::string own = "00000000-0000-4000-8000-" + number;
    for (std::size_t at = copy.find(id); at != std::string::npos; at = copy.find(id, at)) {
      copy.replace(at, id.size(), own);
    }
    grown += "," + copy;
  }
  return grown + "]}";
}

const service::ValidationService& service() {
  static const auto loaded = service::ValidationService::load({}).value();
  return *loaded;
}

void validate(benchmark::State& state, const std::string& text) {
  const auto document = json::Document::parse(text).value();
  const json::BundleIndex index(document.root());
  const auto now = std::chrono::system_clock::now();
  const auto work = [&] {
    auto outcome = service().read_request(index, nullptr, now);
    if (outcome.report.has_errors()) std::abort();
    benchmark::DoNotOptimize(outcome);
  };
  for (auto _ : state) work();
  const std::size_t before = allocations;
  work();
  state.counters["allocations"] = static_cast<double>(allocations - before);
  state.counters["nodes"] = static_cast<double>(document.node_count());
  const double seconds = bench::best_seconds(work);
  state.counters["best_us"] = seconds * 1e6;
  state.counters["floors"] = seconds / bench::floor_seconds(text);
}

void grow(benchmark::State& state) {
  validate(state, bundle_of(static_cast<std::size_t>(state.range(0))));
  state.counters["us_an_entry"] = state.counters["best_us"] / static_cast<double>(state.range(0));
}

void load(benchmark::State& state) {
  for (auto _ : state) {
    auto loaded = service::ValidationService::load({});
    benchmark::DoNotOptimize(loaded);
  }
}

}  // namespace
}  // namespace pas

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  benchmark::RegisterBenchmark("load", pas::load)->Unit(benchmark::kMillisecond);
  const std::string homecare = pas::homecare();
  const std::string pump = pas::sample("row-09-a1-deferoxamine-overload.json");
  const std::string items = pas::sample("multi-item-four-outcomes.json");
  benchmark::RegisterBenchmark("homecare", pas::validate, homecare);
  benchmark::RegisterBenchmark("pump", pas::validate, pump);
  benchmark::RegisterBenchmark("four_items", pas::validate, items);
  benchmark::RegisterBenchmark("entries", pas::grow)->RangeMultiplier(10)->Range(100, 10'000);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
