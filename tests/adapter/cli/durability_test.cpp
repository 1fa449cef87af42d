// What the adapter has answered stays: over kill -9 in a stream of submissions, over a full disk, and until its time is
// over.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "adapter/store/store.h"
#include "tests/adapter/cli/process.h"
#include "tests/adapter/cli/requests.h"
#include "tests/adapter/store/samples.h"

namespace pas {
namespace {

using support::answer_to;
using support::ask;
using support::check_store;
using support::http_request;
using support::RunningAdapter;
using support::Sent;
using support::submit_request;

// Submits from four connections, kills the adapter after some answers, and returns all that was sent.
Sent stream_and_kill(RunningAdapter& adapter, int first, int answers_before) {
  std::mutex mutex;
  Sent sent;
  std::atomic<int> answered = 0;
  std::vector<std::thread> clients;
  clients.reserve(4);
  for (int c = 0; c < 4; ++c) {
    clients.emplace_back([&, c] {
      support::HttpClient client(adapter.port());
      for (int number = first + c;; number += 4) {
        const std::string bundle = support::distinct_bundle(number);
        const std::string answer = answer_to(client, bundle);
        const std::lock_guard lock(mutex);
        sent[bundle] = answer;
        if (answer.empty()) return;
        if (++answered == answers_before) adapter.process().signal(SIGKILL);
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(adapter.process().wait(), -SIGKILL);
  return sent;
}

TEST(Durability, KillNineLosesAndDoublesNothing) {
  const support::TemporaryFolder folder;
  const std::string store = "sqlite:" + folder.file("adapter.db");
  std::mt19937 random(20261124);
  Sent sent;
  std::size_t answered = 0;
  for (int round = 0; round < 4; ++round) {
    RunningAdapter adapter({"--store", store});
    ASSERT_NE(adapter.port(), 0) << adapter.process().errors();
    sent.merge(stream_and_kill(adapter, round * 1'000, 5 + static_cast<int>(random() % 40)));
  }

  RunningAdapter adapter({"--store", store});
  ASSERT_NE(adapter.port(), 0) << adapter.process().errors();
  support::HttpClient client(adapter.port());
  for (auto& [bundle, answer] : sent) {
    const std::string again = answer_to(client, bundle);
    ASSERT_FALSE(again.empty());
    if (!answer.empty()) {
      ++answered;
      EXPECT_EQ(again, answer) << "a resend gets the stored answer";
    }
    answer = again;
    const auto read = client.exchange(http_request("GET", "/fhir/ClaimResponse/" + support::response_id(answer)));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->status, 200);
    EXPECT_NE(answer.find(read->body), std::string::npos) << "the ClaimResponse is the one that was answered";
  }
  EXPECT_GE(answered, 20U);
  EXPECT_EQ(adapter.stop(), 0);
  check_store(store, sent);
}

std::string purge(const std::string& store, const std::vector<std::string>& options) {
  std::vector<std::string> arguments = {"store", "purge", "--store", store};
  arguments.insert(arguments.end(), options.begin(), options.end());
  support::Process process({arguments});
  EXPECT_EQ(process.wait(), 0) << process.errors();
  return process.output();
}

TEST(Durability, ClosedCasesEndByCommandAndBySetting) {
  const support::TemporaryFolder folder;
  const std::string store = "sqlite:" + folder.file("adapter.db");
  const auto commit = [&store](const std::string& id, const char* served_to) {
    auto sent = support::submission(id);  // of March 2026
    sent.record.status = store::Status::kDecided;
    sent.record.items[0].valid_from = sent.record.items[0].valid_to = "";
    sent.outbox.clear();
    sent.served_to = served_to;
    const auto opened = store::open_store(store);
    EXPECT_TRUE(opened && (*opened)->commit(sent));
  };
  commit("c-1", "2026-03-10");
  commit("c-2", "2199-12-31");
  EXPECT_EQ(purge(store, {"--older-than", "36500d"}), store + ": 0 cases in 0 chains removed\n");
  EXPECT_EQ(purge(store, {"--older-than", "1d", "--dry-run"}), store + ": 1 cases in 1 chains would be removed\n");
  EXPECT_EQ(purge(store, {"--older-than", "1d"}), store + ": 1 cases in 1 chains removed\n");
  commit("c-3", "2026-03-10");
  RunningAdapter adapter({"--store", store, "--retain", "1d"});
  EXPECT_TRUE(adapter.process().says(R"("event":"service.purged","chains":1,"cases":1)"));
  EXPECT_EQ(adapter.stop(), 0);
  const auto left = (*store::open_store(store))->list_cases({}, std::nullopt, 10);
  ASSERT_EQ(left->cases.size(), 1U);
  EXPECT_EQ(left->cases.front().id, "c-2");
}

// Submits once more to an adapter whose disk is full: 503, nothing stored, reads go on.
void check_full(RunningAdapter& adapter, const Sent& sent, const std::string& bundle) {
  for (int i = 0; i < 3; ++i) {
    const auto refused = ask(adapter.port(), submit_request(bundle));
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 503);
    EXPECT_TRUE(refused->header("Retry-After"));
    EXPECT_EQ(refused->body, "");
  }
  const auto health = ask(adapter.port(), http_request("GET", "/healthz"));
  ASSERT_TRUE(health);
  EXPECT_NE(health->body.find("read-only"), std::string::npos) << health->body;
  for (const auto& [known, answer] : sent) {
    const auto read = ask(adapter.port(), http_request("GET", "/fhir/Claim/" + support::response_id(answer)));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->status, 200);
    const auto again = ask(adapter.port(), submit_request(known));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->body, answer);
  }
}

// With room again: the same submission is taken, and nothing was lost.
void check_over(RunningAdapter& adapter, Sent& sent, const std::string& bundle) {
  support::HttpClient client(adapter.port());
  sent[bundle] = answer_to(client, bundle);
  EXPECT_FALSE(sent[bundle].empty());
  const auto health = client.exchange(http_request("GET", "/healthz"));
  ASSERT_TRUE(health);
  EXPECT_EQ(health->body.find("read-only"), std::string::npos) << health->body;
}

void submit_some(RunningAdapter& adapter, Sent& sent) {
  support::HttpClient client(adapter.port());
  for (int number = 0; number < 5; ++number) {
    const std::string bundle = support::distinct_bundle(number);
    sent[bundle] = answer_to(client, bundle);
    ASSERT_FALSE(sent[bundle].empty());
  }
}

TEST(Durability, AFileThatMayNotGrowIsOverOnceItMay) {
  const support::TemporaryFolder folder;
  const std::string store = "sqlite:" + folder.file("adapter.db");
  RunningAdapter adapter({"--store", store});
  ASSERT_NE(adapter.port(), 0) << adapter.process().errors();
  Sent sent;
  submit_some(adapter, sent);
  rlimit limit{};
  ASSERT_EQ(::prlimit(adapter.process().id(), RLIMIT_FSIZE, nullptr, &limit), 0);
  const rlimit none{1, limit.rlim_max};
  ASSERT_EQ(::prlimit(adapter.process().id(), RLIMIT_FSIZE, &none, nullptr), 0);
  check_full(adapter, sent, support::distinct_bundle(100));
  ASSERT_EQ(::prlimit(adapter.process().id(), RLIMIT_FSIZE, &limit, nullptr), 0);
  check_over(adapter, sent, support::distinct_bundle(100));
  EXPECT_EQ(adapter.stop(), 0);
  check_store(store, sent);
}

TEST(Durability, AFullDiskIsOverOnceThereIsSpace) {
  const support::TemporaryFolder folder;
  // The small file system is in a mount namespace of the adapter alone; it is reached through /proc.
  const std::string small = folder.file("");
  RunningAdapter adapter(
      {"--store", "sqlite:" + small + "/adapter.db"},
      {"unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=4m tmpfs " + small + " && exec \"$@\"", "sh"});
  if (adapter.port() == 0) GTEST_SKIP() << "a small file system cannot be mounted here: " << adapter.process().errors();
  const std::string seen = "/proc/" + std::to_string(adapter.process().id()) + "/root" + small;
  Sent sent;
  submit_some(adapter, sent);
  {
    std::ofstream ballast(seen + "/ballast", std::ios::binary);
    const std::string page(4096, 'x');
    while (ballast.write(page.data(), static_cast<std::streamsize>(page.size())).flush()) {
    }
  }
  support::HttpClient client(adapter.port());
  int number = 100;  // the log may still have room for a few
  for (; number < 1'000; ++number) {
    const std::string bundle = support::distinct_bundle(number);
    const std::string answer = answer_to(client, bundle);
    if (answer.empty()) break;
    sent[bundle] = answer;
  }
  ASSERT_LT(number, 1'000) << "the disk never was full";
  check_full(adapter, sent, support::distinct_bundle(number));
  ASSERT_TRUE(std::filesystem::remove(seen + "/ballast"));
  check_over(adapter, sent, support::distinct_bundle(number));
  const int held = ::open(seen.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);  // keeps the file system
  EXPECT_EQ(adapter.stop(), 0);
  std::filesystem::copy("/proc/self/fd/" + std::to_string(held), folder.file("kept"));
  ::close(held);
  check_store("sqlite:" + folder.file("kept/adapter.db"), sent);
}

}  // namespace
}  // namespace pas
