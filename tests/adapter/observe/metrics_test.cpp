#include "adapter/observe/metrics.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace pas {
namespace {

using observe::Exposition;
using observe::Registry;

TEST(Metrics, AreWrittenAsPrometheusReadsThem) {
  Registry registry;
  observe::Counters& answers = registry.counters("answers_total", "Answers.", {"route", "status"}, 10);
  answers.at({"/a", "200"}).add();
  answers.at({"/a", "200"}).add(2);
  answers.at({"/\"b\\\n", "503"}).add();
  registry.at_scrape([](Exposition& out) {
    out.gauge("queue", "Waits.", 1.5);
    out.head("cases", "gauge", "By age.");
    out.sample("cases", {{"age", "new"}, {"late", "no"}}, 7);
  });
  EXPECT_EQ(registry.text(),
            "# HELP answers_total Answers.\n"
            "# TYPE answers_total counter\n"
            "answers_total{route=\"/a\",status=\"200\"} 3\n"
            "answers_total{route=\"/\\\"b\\\\\\n\",status=\"503\"} 1\n"
            "# HELP queue Waits.\n"
            "# TYPE queue gauge\n"
            "queue 1.5\n"
            "# HELP cases By age.\n"
            "# TYPE cases gauge\n"
            "cases{age=\"new\",late=\"no\"} 7\n");
}

TEST(Metrics, HistogramsAddUp) {
  Registry registry;
  observe::Histogram& times = registry.histograms("seconds", "Times.", {"route"}, 1).at({"/a"});
  for (const double seconds : {0.0, 0.001, 0.0011, 0.4, 31.0, -1.0}) times.record(seconds);
  const std::string text = registry.text();
  for (const char* line :
       {"seconds_bucket{route=\"/a\",le=\"0.001\"} 3\n", "seconds_bucket{route=\"/a\",le=\"0.0025\"} 4\n",
        "seconds_bucket{route=\"/a\",le=\"0.25\"} 4\n", "seconds_bucket{route=\"/a\",le=\"0.5\"} 5\n",
        "seconds_bucket{route=\"/a\",le=\"30\"} 5\n", "seconds_bucket{route=\"/a\",le=\"+Inf\"} 6\n",
        "seconds_sum{route=\"/a\"} 31.4021\n", "seconds_count{route=\"/a\"} 6\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
}

TEST(Metrics, AFamilyNeverHasMoreSeriesThanItWasMadeFor) {
  Registry registry;
  observe::Counters& rules = registry.counters("faults_total", "Faults.", {"rule"}, 2);
  for (const char* rule : {"a", "b", "c", "d", "a", "c"}) rules.at({rule}).add();
  const std::string text = registry.text();
  EXPECT_NE(text.find("{rule=\"a\"} 2\n"), std::string::npos) << text;
  EXPECT_NE(text.find("{rule=\"b\"} 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("{rule=\"other\"} 3\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("\"c\""), std::string::npos) << text;
}

TEST(Metrics, CountFromManyThreads) {
  Registry registry;
  observe::Counters& counters = registry.counters("n_total", "N.", {"label"}, 100);
  constexpr int kThreads = 4;
  constexpr int kRounds = 2000;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&counters] {
      for (int i = 0; i < kRounds; ++i) counters.at({std::to_string(i % 50)}).add();
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::uint64_t sum = 0;
  std::size_t series = 0;
  counters.each([&](const std::string&, const observe::Counter& counter) {
    sum += counter.value();
    ++series;
  });
  EXPECT_EQ(sum, std::uint64_t{kThreads} * kRounds);
  EXPECT_EQ(series, 50U);
}

TEST(Metrics, TellOfTheProcess) {
  Exposition out;
  observe::write_process_figures(out);
  const std::string text = std::move(out).take();
  for (const char* name : {"\nprocess_cpu_seconds_total ", "\nprocess_resident_memory_bytes ", "\nprocess_open_fds ",
                           "\nprocess_max_fds ", "\nprocess_start_time_seconds "}) {
    const auto at = text.find(name);
    ASSERT_NE(at, std::string::npos) << name << text;
    EXPECT_GT(std::stod(text.substr(at + std::string(name).size())), 0.0) << name;
  }
}

}  // namespace
}  // namespace pas
