// Inputs, policy, decision and its record on a pump sample, beside the floor (parsing the bundle in situ, once).
// `floors` is the time as a part of the floor that the same run measured.

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <string>

#include "fhir/json/bundle_index.h"
#include "fhir/json/document.h"
#include "mappings/decision/decision.h"
#include "mappings/inputs/extract.h"
#include "mappings/policy/evaluation.h"
#include "tests/support/files.h"

namespace pas {
namespace {

struct Request {
  std::string text;
  json::Document document;
  json::BundleIndex index;
  inputs::Roster roster;
  std::shared_ptr<const policy::PolicySet> policies;
  const policy::Policy& policy;

  inputs::Subject subject() const {
    const json::Node claim = index.entries().front().resource;
    return {.index = index,
            .claim = claim,
            .item = claim["item"].at(0),
            .patient = index.resolve(claim["patient"]),
            .coverage = index.resolve(claim["insurance"].at(0)["coverage"]),
            .request_date = *base::parse_date(claim["created"].text())};
  }
  inputs::InputSet inputs() const { return inputs::extract(subject(), *policy.catalog, {.roster = &roster}); }
};

Request load(const char* sample) {
  std::string text = support::read_file(support::repo_path("samples/bundles") / sample);
  auto document = json::Document::parse(text).value();
  json::BundleIndex index(document.root());
  auto roster = inputs::Roster::load(support::read_file(support::repo_path("samples/providers.csv")), "providers.csv");
  auto policies = policy::PolicySet::load(support::repo_path("mappings/policies")).value();
  const policy::Policy* policy = policies->find_policy("husky-ambulatory-infusion-pumps", "2024-12");
  if (policy == nullptr) std::abort();
  return {std::move(text), std::move(document), std::move(index), std::move(*roster), std::move(policies), *policy};
}

// A certified request, and one whose clinical criteria are open, which looks for what is missing.
const Request& request(int number) {
  static const Request requests[] = {load("criterion-d3a-prolonged-antibiotic.json"),
                                     load("row-11-questionnaire-in-progress.json")};
  return requests[number];
}

double floor_seconds(const Request& request) {
  double least = 1;
  for (int i = 0; i < 2000; ++i) {
    std::string copy = request.text;
    const auto start = std::chrono::steady_clock::now();
    const auto document = json::Document::parse(std::move(copy));
    benchmark::DoNotOptimize(document);
    least = std::min(least, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return least;
}

void report(benchmark::State& state, const Request& request, double seconds) {
  const double floor = floor_seconds(request);
  state.counters["floor_us"] = floor * 1e6;
  state.counters["floors"] = seconds / static_cast<double>(state.iterations()) / floor;
}

template <class Stage>
void run(benchmark::State& state, Stage stage) {
  const Request& of = request(static_cast<int>(state.range(0)));
  const auto start = std::chrono::steady_clock::now();
  for (auto _ : state) stage(of);
  report(state, of, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
}

void extract(benchmark::State& state) {
  run(state, [](const Request& of) { benchmark::DoNotOptimize(of.inputs()); });
}

void evaluate(benchmark::State& state) {
  const inputs::InputSet inputs = request(static_cast<int>(state.range(0))).inputs();
  run(state, [&inputs](const Request& of) {
    benchmark::DoNotOptimize(policy::evaluate(of.policy, inputs, of.subject().request_date));
  });
}

void decide(benchmark::State& state) {
  const Request& of_state = request(static_cast<int>(state.range(0)));
  const inputs::InputSet inputs = of_state.inputs();
  const auto evaluation = policy::evaluate(of_state.policy, inputs, of_state.subject().request_date);
  run(state, [&](const Request& of) { benchmark::DoNotOptimize(decision::decide(of.policy, evaluation, inputs)); });
}

void record(benchmark::State& state) {
  const Request& of_state = request(static_cast<int>(state.range(0)));
  const inputs::InputSet inputs = of_state.inputs();
  const auto evaluation = policy::evaluate(of_state.policy, inputs, of_state.subject().request_date);
  const auto decision = decision::decide(of_state.policy, evaluation, inputs);
  std::size_t bytes = 0;
  run(state, [&](const Request&) { bytes = decision::to_json(evaluation, inputs, decision).size(); });
  state.counters["bytes"] = static_cast<double>(bytes);
}

void load_policies(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(policy::PolicySet::load(support::repo_path("mappings/policies")));
}

BENCHMARK(extract)->Arg(0)->Arg(1);
BENCHMARK(evaluate)->Arg(0)->Arg(1);
BENCHMARK(decide)->Arg(0)->Arg(1);
BENCHMARK(record)->Arg(0)->Arg(1);
BENCHMARK(load_policies);

}  // namespace
}  // namespace pas

BENCHMARK_MAIN();
