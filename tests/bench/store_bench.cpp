// A durable commit of a 21 KB request with an 11 KB response, from one and from sixteen threads, beside its floors: a
// bare SQLite row of the same request (WAL, synchronous=FULL, one transaction each), the compression alone, memcpy.
// The files lie in PAS_BENCH_FOLDER, or else in the system's folder for temporary files: the disk decides.
// With PAS_BENCH_POSTGRES (a libpq connection string to a schema that may be emptied) the same on PostgreSQL, and one
// row of the request there as its floor.
// Real time is what a client waits; `cpu_us` is the whole process's processor time for each commit.

#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "adapter/store/packing.h"
#include "adapter/store/postgres_connection.h"
#include "adapter/store/sqlite_connection.h"
#include "fhir/base/digest.h"
#include "tests/adapter/store/samples.h"

namespace pas {
namespace {

constexpr std::size_t kRequestBytes = 21'000;
constexpr std::size_t kResponseBytes = 11'000;

const std::string& sample() {
  static const std::string text = [] {
    const auto path = std::filesystem::path(PAS_SOURCE_DIR) / "samples/bundles/criterion-b-chemotherapy.json";
    std::ifstream in(path, std::ios::binary);
    std::ostringstream read;
    read << in.rdbuf();
    if (read.str().size() < kRequestBytes) std::abort();
    return read.str();
  }();
  return text;
}

double process_cpu_us() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto micros = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return micros(used.ru_utime) + micros(used.ru_stime);
}

std::filesystem::path folder() {
  const char* chosen = std::getenv("PAS_BENCH_FOLDER");
  return chosen != nullptr ? std::filesystem::path(chosen) : std::filesystem::temp_directory_path();
}

// Null when PostgreSQL is not measured.
const char* postgres() {
  return std::getenv("PAS_BENCH_POSTGRES");
}

std::unique_ptr<store::PostgresConnection> connect() {
  auto connection = store::PostgresConnection::open(postgres(), store::PostgresConnection::Access::kWrite);
  if (!connection) std::abort();
  return std::move(*connection);
}

// A store, for the threads of one run: empty at first, and gone at the end if it is a file.
struct Fixture {
  explicit Fixture(const char* name) : file((folder() / name).string()) {
    remove_files();
    open("sqlite:" + file);
  }
  // On PostgreSQL.
  Fixture() {
    auto emptied = connect()->execute("TRUNCATE cases, case_keys, months, outbox, deliveries, subscriptions CASCADE");
    open("postgres:" + std::string(postgres()));
    if (!emptied) {  // it was the first time: there is a schema now
      emptied = connect()->execute("TRUNCATE cases CASCADE");
      if (!emptied) std::abort();
    }
  }
  void open(const std::string& specification) {
    auto opened = store::open_store(specification);
    if (!opened) std::abort();
    store = std::move(*opened);
    cpu_us = process_cpu_us();
  }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;
  ~Fixture() {
    store.reset();
    remove_files();
  }
  void remove_files() const {
    if (file.empty()) return;
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file + suffix);
  }

  const std::string file;  // empty on PostgreSQL
  std::unique_ptr<store::Store> store;
  std::atomic<int> next{0};
  double cpu_us = 0;
};

std::unique_ptr<Fixture> shared;

void commit_to(benchmark::State& state, bool to_postgres) {
  if (state.thread_index() == 0) {
    shared = to_postgres ? std::make_unique<Fixture>() : std::make_unique<Fixture>("pas-bench-store.db");
  }
  auto sent = support::submission("template");
  sent.bodies.request = sample().substr(0, kRequestBytes);
  sent.bodies.response = sample().substr(0, kResponseBytes);
  sent.decisions[0].json = sample().substr(10'000, 4000);
  sent.outbox.clear();  // as most submissions
  for (auto _ : state) {
    const int n = shared->next.fetch_add(1);
    // As scattered as real ones: ids, URLs and hashes go to random places of their indexes.
    const std::string hash = base::sha256_hex(std::to_string(n));
    sent.record.id = hash.substr(0, 36);
    sent.record.claim_full_url = "urn:uuid:" + hash.substr(20, 36);
    sent.record.claim_identifiers[0].value = hash.substr(5, 20);
    sent.record.patient_identifiers[0].value = hash.substr(9, 12);
    sent.record.member_id = hash.substr(11, 12);
    sent.record.request_sha256 = hash;
    if (!shared->store->commit(sent)) state.SkipWithError("commit failed");
  }
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() == 0) {
    state.counters["cpu_us"] = (process_cpu_us() - shared->cpu_us) / shared->next.load();
    shared.reset();
  }
}
void commit(benchmark::State& state) {
  commit_to(state, false);
}
BENCHMARK(commit)->Threads(1)->UseRealTime()->MinTime(3)->Unit(benchmark::kMicrosecond);
BENCHMARK(commit)->Threads(16)->UseRealTime()->MinTime(3)->Unit(benchmark::kMicrosecond);

void floor_postgres_row(benchmark::State& state) {
  const auto connection = connect();
  if (!connection->execute("DROP TABLE IF EXISTS bench_rows; CREATE TABLE bench_rows (body bytea NOT NULL)"))
    std::abort();
  for (auto _ : state) {
    const auto body = std::string_view(sample()).substr(0, kRequestBytes);
    if (!connection->ask("INSERT INTO bench_rows VALUES ($1)", body)) state.SkipWithError("insert failed");
  }
  (void)connection->execute("DROP TABLE bench_rows");
}

// `cpu_us` is the adapter's part alone.
void add_postgres() {
  if (postgres() == nullptr) return;
  for (const int threads : {1, 16}) {
    benchmark::RegisterBenchmark("commit_postgres", commit_to, true)
        ->Threads(threads)
        ->UseRealTime()
        ->MinTime(3)
        ->Unit(benchmark::kMicrosecond);
  }
  benchmark::RegisterBenchmark("floor_postgres_row", floor_postgres_row)
      ->UseRealTime()
      ->MinTime(3)
      ->Unit(benchmark::kMicrosecond);
}

void reserve_numbers(benchmark::State& state) {
  const Fixture fixture("pas-bench-numbers.db");
  for (auto _ : state) {
    if (!fixture.store->reserve_numbers(store::Sequence::kAuthorization, 1)) state.SkipWithError("no number");
  }
}
BENCHMARK(reserve_numbers)->UseRealTime()->Unit(benchmark::kMicrosecond);

void floor_sqlite_row(benchmark::State& state) {
  const std::string file = (folder() / "pas-bench-floor.db").string();
  std::ofstream(file).close();
  {
    auto connection = *store::SqliteConnection::open(file, store::SqliteConnection::Mode::kWrite);
    if (!connection->execute("PRAGMA journal_mode=WAL; CREATE TABLE rows (body BLOB NOT NULL) STRICT")) std::abort();
    const double before = process_cpu_us();
    for (auto _ : state) {
      const store::SqliteBlob body{std::string_view(sample()).substr(0, kRequestBytes)};
      if (!connection->run("INSERT INTO rows VALUES (?)", body)) state.SkipWithError("insert failed");
    }
    state.counters["cpu_us"] = (process_cpu_us() - before) / static_cast<double>(state.iterations());
  }
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file + suffix);
}
BENCHMARK(floor_sqlite_row)->UseRealTime()->MinTime(3)->Unit(benchmark::kMicrosecond);

void floor_compress(benchmark::State& state) {
  const std::string body = sample().substr(0, kRequestBytes);
  for (auto _ : state) benchmark::DoNotOptimize(store::compress(body));
}
BENCHMARK(floor_compress)->Unit(benchmark::kMicrosecond);

void floor_memcpy(benchmark::State& state) {
  const std::string body = sample().substr(0, kRequestBytes);
  std::string target(body.size(), '\0');
  for (auto _ : state) {
    std::memcpy(target.data(), body.data(), body.size());
    benchmark::DoNotOptimize(target.data());
    benchmark::ClobberMemory();
  }
}
BENCHMARK(floor_memcpy)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace pas

int main(int argc, char** argv) {
  pas::add_postgres();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
