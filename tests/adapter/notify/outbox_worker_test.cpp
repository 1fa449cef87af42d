#include "adapter/notify/outbox_worker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "adapter/observe/trace.h"
#include "tests/adapter/notify/fixture.h"

namespace pas {
namespace {

using notify::Handled;
using notify::OutboxWorker;
using store::Outcome;

class Worker : public testing::Test {
 protected:
  Worker() { options_.poll = std::chrono::milliseconds(1); }

  void enqueue(const std::string& kind, const std::string& payload, const std::string& subject = "") {
    ASSERT_TRUE(store_->enqueue({{0, "", kind, payload, clock_.ms(), subject}}));
  }
  // Waits until the subject's log has so many lines, the newest first.
  std::vector<store::Delivery> log(const std::string& subject, std::size_t count) {
    for (;;) {
      auto found = *store_->list_deliveries(subject, 100);
      if (found.size() >= count) return found;
      std::this_thread::yield();
    }
  }

  notify_test::MovedClock clock_;
  std::unique_ptr<store::Store> store_ = store::open_store("memory").value();
  notify_test::CountedIds ids_;
  observe::Log log_ = observe::Log::to_sink(observe::Severity::kError, clock_, [](std::string_view) {});
  const notify::Backoff backoff_{[] { return 0.5; }};
  OutboxWorker::Options options_;
};

// In the trace of the request that it follows from, and in a new one without.
TEST_F(Worker, EachMessageIsASpanOfItsOwn) {
  const std::string trace(32, 'a');
  std::vector<std::string> lines;
  observe::Log log =
      observe::Log::to_sink(observe::Severity::kInfo, clock_, [&](std::string_view line) { lines.emplace_back(line); });
  options_.threads = 1;
  OutboxWorker worker(*store_, backoff_, clock_, ids_, log, options_);
  std::vector<store::Origin> seen;
  worker.register_handler("a", [&](const store::OutboxMessage& message) {
    seen.push_back(message.origin);
    return Handled{seen.size() == 2 ? Outcome::kFailed : Outcome::kDone, "well", 200};
  });
  ASSERT_TRUE(
      store_->enqueue({{0, "", "a", "1", clock_.ms(), "x", 0, {"r-1", "00-" + trace + "-00f067aa0ba902b7-01"}}}));
  enqueue("a", "2", "x");
  worker.start();
  this->log("x", 2);
  worker.stop();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].request_id, "r-1");
  EXPECT_EQ(observe::trace_id(seen[0].traceparent), trace);
  EXPECT_EQ(seen[0].traceparent.find("00f067aa0ba902b7"), std::string::npos) << "not the request's span";
  EXPECT_EQ(seen[1].request_id, "");
  EXPECT_TRUE(observe::is_traceparent(seen[1].traceparent));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_NE(lines[0].find(R"("level":"info","event":"outbox.message_done","request":"r-1","kind":"a","message":1,)"
                          R"("attempts":1,"status":200,"trace":")" +
                          trace + "\"}"),
            std::string::npos)
      << lines[0];
  EXPECT_NE(lines[1].find(R"("level":"warning","event":"outbox.message_failed","kind":"a")"), std::string::npos)
      << lines[1];
}

TEST_F(Worker, HandsEachMessageToItsKind) {
  OutboxWorker worker(*store_, backoff_, clock_, ids_, log_, options_);
  std::mutex mutex;
  std::vector<std::string> seen;
  for (const char* kind : {"a", "b"}) {
    worker.register_handler(kind, [&, kind](const store::OutboxMessage& message) {
      const std::scoped_lock lock(mutex);
      seen.push_back(kind + message.payload);
      return Handled{Outcome::kDone, "well", 200};
    });
  }
  worker.start();
  enqueue("a", "1", "x");
  enqueue("b", "2", "x");
  enqueue("c", "3", "x");
  worker.wake();
  const auto lines = log("x", 3);
  worker.stop();
  EXPECT_EQ(seen, (std::vector<std::string>{"a1", "b2"}));
  EXPECT_EQ(lines[0].outcome, Outcome::kFailed) << "nobody handles c";
  EXPECT_EQ(lines[1].outcome, Outcome::kDone);
  EXPECT_EQ(lines[1].result, "well");
  EXPECT_EQ(lines[1].http_status, 200);
}

TEST_F(Worker, TriesAgainByTheBackOff) {
  OutboxWorker worker(*store_, backoff_, clock_, ids_, log_, options_);
  std::atomic<int> tries = 0;
  worker.register_handler("k", [&](const store::OutboxMessage&) -> Handled {
    if (++tries == 2) throw std::runtime_error("broken");
    return {tries == 3 ? Outcome::kDone : Outcome::kRetry, "try"};
  });
  worker.start();
  enqueue("k", "", "x");
  log("x", 1);
  clock_.advance(999);
  worker.wake();
  EXPECT_EQ(log("x", 1).size(), 1U);
  clock_.advance(1);
  log("x", 2);
  clock_.advance(2'000);
  const auto lines = log("x", 3);
  worker.stop();
  EXPECT_EQ(lines[0].outcome, Outcome::kDone);
  EXPECT_EQ(lines[0].attempt, 3);
  EXPECT_EQ(lines[1].outcome, Outcome::kRetry);
  EXPECT_EQ(lines[1].result, "the handler broke off");
}

TEST_F(Worker, GivesUpAfterTheLastTry) {
  OutboxWorker worker(*store_, backoff_, clock_, ids_, log_, options_);
  worker.register_handler("k", [&](const store::OutboxMessage&) -> Handled { return {Outcome::kRetry, "no"}; });
  worker.start();
  enqueue("k", "", "x");
  for (std::size_t tries = 1; tries < notify::kMostAttempts; ++tries) {
    log("x", tries);
    clock_.advance(300'000);
  }
  const auto lines = log("x", notify::kMostAttempts);
  worker.stop();
  EXPECT_EQ(lines[0].outcome, Outcome::kFailed);
  EXPECT_EQ(lines[1].outcome, Outcome::kRetry);
}

TEST_F(Worker, StopFinishesWhatRunsAndPutsBackTheRest) {
  options_.threads = 1;
  OutboxWorker worker(*store_, backoff_, clock_, ids_, log_, options_);
  std::promise<void> begun;
  std::promise<void> go_on;
  worker.register_handler("k", [&](const store::OutboxMessage&) -> Handled {
    begun.set_value();
    go_on.get_future().wait();
    return {Outcome::kDone, ""};
  });
  enqueue("k", "1", "x");
  worker.start();
  begun.get_future().wait();
  enqueue("k", "2", "x");
  worker.request_stop();
  go_on.set_value();
  worker.stop();
  EXPECT_EQ(store_->list_deliveries("x", 10)->size(), 1U);
  const auto left = store_->take_messages(clock_.ms(), clock_.ms() + 1, 10);
  ASSERT_EQ(left->size(), 1U);
  EXPECT_EQ(left->front().payload, "2");
  EXPECT_EQ(left->front().attempts, 1);
}

}  // namespace
}  // namespace pas
