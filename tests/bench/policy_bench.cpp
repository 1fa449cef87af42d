// What comes after validation, of pump samples and a sample of home oxygen: inputs, policy, decision and response.
// `best_us` is processor time, `floors` the same as a part of the floor of the same run (tests/bench/floor.h).
//
//   after_validation   inputs, policy, decision and response of all items, as $submit has them
//   extract, evaluate, decide, respond, record   its parts for the first item, and the JSON that is stored of one

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <initializer_list>
#include <string>

#include "adapter/service/adjudicator.h"
#include "adapter/service/item_now.h"
#include "adapter/service/numbers.h"
#include "adapter/store/store.h"
#include "mappings/pas/response.h"
#include "mappings/pas/v2_2_1/version.h"
#include "tests/bench/floor.h"
#include "tests/support/files.h"

namespace pas {
namespace {

constexpr base::Date kToday{std::chrono::year{2026}, std::chrono::November, std::chrono::day{24}};

const service::Adjudicator& adjudicator() {
  static const service::Adjudicator made(
      {.policies = policy::PolicySet::load(support::repo_path("mappings/policies")).value(),
       .roster = std::make_shared<const inputs::Roster>(
           inputs::Roster::load(support::read_file(support::repo_path("samples/providers.csv")), "providers.csv")
               .value())},
      service::ValidationService::load({}).value());
  return made;
}

struct Request {
  explicit Request(const std::string& sample)
      : text(support::read_file(support::repo_path("samples/bundles/" + sample))),
        read(*adjudicator().adjudicate(text, {.today = kToday, .months_authorized = {}})),
        item(read.request.items.front()),
        outcome(read.items.front()),
        policy(*read.payer->choose(outcome.inputs, *read.request.created)) {}

  inputs::InputSet inputs() const {
    return inputs::extract(pas::subject_of(read.request, item), *policy.catalog,
                           {.roster = nullptr, .months_authorized = {}});
  }
  pas::ResponseContext context(std::vector<pas::ItemAnswer> answers) const {
    pas::ResponseContext made;
    made.version = &v2_2_1::kVersion;
    made.base_url = "http://127.0.0.1:8080/fhir";
    made.response_id = "00000000-0000-4000-8000-000000000001";
    made.now = std::chrono::sys_days(kToday);
    made.items = std::move(answers);
    return made;
  }

  std::string text;
  service::Adjudication read;
  const pas::Item& item;
  const service::ItemOutcome& outcome;
  const policy::Policy& policy;
};

template <class Work>
void measure(benchmark::State& state, const Request& request, const Work& work) {
  for (auto _ : state) work();
  const double seconds = bench::best_seconds(work);
  state.counters["best_us"] = seconds * 1e6;
  state.counters["floors"] = seconds / bench::floor_seconds(request.text);
}

void after_validation(benchmark::State& state, const std::string& sample) {
  Request request(sample);
  const auto store = store::open_store("memory").value();
  const auto surroundings = service::surroundings_for(*store, nullptr, kToday, "");
  std::size_t bytes = 0;
  measure(state, request, [&] {
    request.read.items.clear();
    adjudicator().decide(request.read, surroundings);
    auto items = service::items_now(request.read, {});
    if (!service::number_items(*store, request.read, kToday, items)) std::abort();
    auto shown = service::response_items(items, request.read.request);
    bytes =
        pas::write_response(request.read.request, shown.decisions, request.context(std::move(shown.answers))).size();
  });
  state.counters["response_bytes"] = static_cast<double>(bytes);
}

void extract(benchmark::State& state, const std::string& sample) {
  const Request of(sample);
  measure(state, of, [&] { benchmark::DoNotOptimize(of.inputs()); });
}

void evaluate(benchmark::State& state, const std::string& sample) {
  const Request of(sample);
  measure(state, of,
          [&] { benchmark::DoNotOptimize(policy::evaluate(of.policy, of.outcome.inputs, *of.read.request.created)); });
}

void decide(benchmark::State& state, const std::string& sample) {
  const Request of(sample);
  measure(state, of,
          [&] { benchmark::DoNotOptimize(decision::decide(of.policy, of.outcome.evaluation, of.outcome.inputs)); });
}

void respond(benchmark::State& state, const std::string& sample) {
  const Request of(sample);
  auto shown = service::response_items(service::items_now(of.read, {}), of.read.request);
  const auto context = of.context(std::move(shown.answers));
  measure(state, of, [&] { benchmark::DoNotOptimize(pas::write_response(of.read.request, shown.decisions, context)); });
}

void record(benchmark::State& state, const std::string& sample) {
  const Request of(sample);
  std::size_t bytes = 0;
  measure(state, of,
          [&] { bytes = decision::to_json(of.outcome.evaluation, of.outcome.inputs, of.outcome.decision).size(); });
  state.counters["bytes"] = static_cast<double>(bytes);
}

void load_policies(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(policy::PolicySet::load(support::repo_path("mappings/policies")));
}

}  // namespace
}  // namespace pas

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const struct {
    const char* name;
    void (*stage)(benchmark::State&, const std::string&);
  } stages[] = {{"after_validation", pas::after_validation},
                {"extract", pas::extract},
                {"evaluate", pas::evaluate},
                {"decide", pas::decide},
                {"respond", pas::respond},
                {"record", pas::record}};
  // Certified; open, which looks for what is missing; certified for less; four items.
  for (const std::string& sample :
       std::initializer_list<std::string>{"criterion-d3a-prolonged-antibiotic", "row-11-questionnaire-in-progress",
                                          "tidewater-six-months", "multi-item-four-outcomes"}) {
    for (const auto& stage : stages) {
      benchmark::RegisterBenchmark((std::string(stage.name) + "/" + sample).c_str(), stage.stage, sample + ".json");
    }
  }
  benchmark::RegisterBenchmark("load_policies", pas::load_policies)->Unit(benchmark::kMillisecond);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
