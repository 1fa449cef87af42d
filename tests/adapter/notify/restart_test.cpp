// kill -9 of the real process while notifications are on their way: every event arrives, in order, and one that was
// settled never again.

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include "adapter/store/store.h"
#include "tests/adapter/cli/process.h"
#include "tests/adapter/notify/fixture.h"
#include "tests/adapter/notify/listener.h"

namespace pas {
namespace {

using support::Listener;
using support::Received;

constexpr int kEvents = 30;
constexpr int kKills = 8;

std::int64_t number_of(const Received& received) {
  return notify_test::event_number(received.body);
}

// A store with an active subscription to the listener and events that wait.
void prepare(const std::string& file, const std::string& url) {
  notify_test::put_active_subscription("sqlite:" + file, url, "clinic", {"1234567893"});
  auto store = store::open_store("sqlite:" + file).value();
  for (int i = 1; i <= kEvents; ++i) {
    auto sent = support::submission("c-" + std::to_string(i));
    sent.outbox.clear();
    sent.events = {{"s-1", R"({"resourceType":"Bundle","id":"answer-)" + std::to_string(i) + R"("})"}};
    ASSERT_TRUE(store->commit(sent));
  }
}

// What the delivery log says was delivered. The adapter does not run.
std::size_t delivered(const std::string& file) {
  auto store = store::open_store("sqlite:" + file).value();
  EXPECT_EQ(*store->verify(), std::vector<std::string>());
  std::size_t count = 0;
  for (const store::Delivery& delivery : *store->list_deliveries("s-1", store::kMaxDeliveries)) {
    if (delivery.outcome == store::Outcome::kDone) ++count;
  }
  return count;
}

TEST(NotifyRestart, KillNineLosesNothingAndDoublesOnlyWhatWasNotSettled) {
  support::TemporaryFolder folder;
  const std::string file = folder.file("store.db");
  std::atomic<bool> failing = true;
  Listener listener([&](std::size_t number, const Received&) { return failing && number % 3 == 0 ? 500 : 200; });
  prepare(file, listener.url());
  const std::vector<std::string> arguments = {
      "--store",   "sqlite:" + file, "--notify-allow-http", "--notify-allow-host",
      "127.0.0.1", "--public-url",   "http://payer.example"};
  std::mt19937 random(20261124);
  std::size_t settled = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    {
      support::RunningAdapter adapter(arguments);
      ASSERT_NE(adapter.port(), 0) << adapter.process().errors();
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % 400));
      adapter.process().signal(SIGKILL);
      adapter.process().wait();
    }
    const std::size_t arrived = listener.received().size();
    const std::size_t now_settled = delivered(file);
    EXPECT_GE(now_settled, settled);
    EXPECT_LE(now_settled, arrived);
    settled = now_settled;
  }
  failing = false;
  {
    support::RunningAdapter adapter(arguments);
    while (listener.received().empty() || number_of(listener.received().back()) < kEvents) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_EQ(adapter.stop(), 0);
  }
  EXPECT_EQ(delivered(file), static_cast<std::size_t>(kEvents));

  std::int64_t last = 0;
  std::vector<int> times(kEvents + 1);
  std::vector<std::string> bodies(kEvents + 1);
  const auto received = listener.received();
  for (std::size_t i = 0; i < received.size(); ++i) {
    const std::int64_t number = number_of(received[i]);
    ASSERT_TRUE(number == last || number == last + 1) << number << " after " << last;
    auto& body = bodies[static_cast<std::size_t>(number)];
    if (number == last) {
      EXPECT_EQ(received[i].body, body) << "a retry is byte-identical";
    }
    body = received[i].body;
    last = number;
    if (i % 3 != 0 || i + 1 == received.size()) ++times[static_cast<std::size_t>(number)];
  }
  // Doubled at most where a kill fell between sending and settling.
  int doubled = 0;
  for (int i = 1; i <= kEvents; ++i) {
    EXPECT_GE(bodies[static_cast<std::size_t>(i)].size(), 1U) << i;
    if (times[static_cast<std::size_t>(i)] > 1) ++doubled;
  }
  EXPECT_LE(doubled, kKills);
}

}  // namespace
}  // namespace pas
