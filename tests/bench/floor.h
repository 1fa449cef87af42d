#pragma once
// How stages are measured, and the floor that they stand beside: RapidJSON parsing the bundle in situ and writing it,
// with reused memory. Processor time, so that what else runs on the machine counts little.

// Before RapidJSON is first included: the floor is the fast way.
#define RAPIDJSON_SSE42
#include <benchmark/benchmark.h>
#include <rapidjson/document.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <span>
#include <string>
#include <vector>

namespace pas::bench {

inline double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

// Processor time of one run, the least of many batches: what the rest of the machine does only ever adds to it.
template <class Work>
double best_seconds(const Work& work) {
  constexpr int kBatches = 40;
  constexpr double kBatchSeconds = 0.005;
  double best = 1e9;
  std::size_t runs = 1;
  for (int batch = 0; batch < kBatches;) {
    const double start = cpu_seconds();
    for (std::size_t i = 0; i < runs; ++i) work();
    const double spent = cpu_seconds() - start;
    if (spent < kBatchSeconds) {
      runs *= 2;  // too short to measure
      continue;
    }
    best = std::min(best, spent / static_cast<double>(runs));
    batch += spent > 0.2 ? 10 : 1;
  }
  return best;
}

// Of one text, the mean of all.
inline double floor_seconds(std::span<const std::string> sources) {
  using Pool = rapidjson::MemoryPoolAllocator<>;
  using InSitu = rapidjson::GenericDocument<rapidjson::UTF8<>, Pool>;
  const auto& longest = *std::ranges::max_element(sources, {}, &std::string::size);
  std::vector<char> memory(longest.size() * 24);
  rapidjson::StringBuffer written;
  std::string text;
  const double seconds = best_seconds([&] {
    for (const std::string& source : sources) {
      text = source;
      Pool pool(memory.data(), memory.size());
      InSitu document(&pool);
      document.ParseInsitu(text.data());
      if (document.HasParseError()) std::abort();
      written.Clear();
      rapidjson::Writer<rapidjson::StringBuffer> writer(written);
      document.Accept(writer);
      benchmark::DoNotOptimize(written.GetString());
    }
  });
  return seconds / static_cast<double>(sources.size());
}

inline double floor_seconds(const std::string& source) {
  return floor_seconds(std::span(&source, 1));
}

}  // namespace pas::bench
