// Adapters on one PostgreSQL: one is killed under load, the server is restarted under load, the same request comes to
// both at once. Nothing that was answered is lost, and nothing is decided twice.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>

#include "tests/adapter/cli/process.h"
#include "tests/adapter/cli/requests.h"
#include "tests/adapter/store/lossy_link.h"
#include "tests/adapter/store/postgres_server.h"

namespace pas {
namespace {

using support::PostgresServer;
using support::RunningAdapter;
using support::Sent;

constexpr std::size_t kClients = 4;

// Clients that submit until they are told to stop, each again and again until it is answered, to each port in turn.
class Load {
 public:
  explicit Load(std::vector<std::uint16_t> ports) : ports_(std::move(ports)) {
    for (std::size_t c = 0; c < kClients; ++c) clients_.emplace_back([this, c] { run(c); });
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load() { finish(); }

  void wait_for(std::size_t answers) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (answered() < answers && std::chrono::steady_clock::now() < give_up) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_GE(answered(), answers);
  }
  std::size_t answered() {
    const std::scoped_lock lock(mutex_);
    return sent_.size();
  }
  // All that was sent; all of it was answered.
  const Sent& finish() {
    stopping_ = true;
    for (std::thread& client : clients_) client.join();
    clients_.clear();
    return sent_;
  }

 private:
  void run(std::size_t client) {
    std::deque<support::HttpClient> connections;  // made while all adapters are there
    for (const std::uint16_t port : ports_) connections.emplace_back(port);
    for (std::size_t number = client; !stopping_; number += kClients) {
      const std::string bundle = support::distinct_bundle(static_cast<int>(number));
      for (std::size_t tries = 0;; ++tries) {
        const auto answer = connections[(number + tries) % ports_.size()].exchange(support::submit_request(bundle));
        if (answer && answer->status == 200) {
          const std::scoped_lock lock(mutex_);
          sent_[bundle] = answer->body;
          break;
        }
        EXPECT_EQ(answer ? answer->status : 503, 503) << answer->body;
        ASSERT_LT(tries, 2000U) << "never answered";
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
    }
  }

  const std::vector<std::uint16_t> ports_;
  std::mutex mutex_;
  Sent sent_;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> clients_;
};

void expect_the_same_answers(std::uint16_t port, const Sent& sent) {
  support::HttpClient client(port);
  for (const auto& [bundle, answer] : sent) EXPECT_EQ(support::answer_to(client, bundle), answer);
}

TEST(SharedDatabase, OneOfTwoAdaptersIsKilledUnderLoad) {
  const auto specification = support::postgres_specification();
  if (!specification) GTEST_SKIP() << "PostgreSQL is not installed here";
  RunningAdapter killed({"--store", *specification});
  RunningAdapter other({"--store", *specification});
  ASSERT_NE(killed.port(), 0) << killed.process().errors();
  ASSERT_NE(other.port(), 0) << other.process().errors();
  Load load({killed.port(), other.port()});
  load.wait_for(60);
  killed.process().signal(SIGKILL);
  load.wait_for(load.answered() + 40);
  const Sent& sent = load.finish();
  expect_the_same_answers(other.port(), sent);
  EXPECT_EQ(other.stop(), 0);
  support::check_store(*specification, sent);
}

TEST(SharedDatabase, ARequestThatComesToBothAtOnceIsDecidedOnce) {
  const auto specification = support::postgres_specification();
  if (!specification) GTEST_SKIP() << "PostgreSQL is not installed here";
  RunningAdapter one({"--store", *specification});
  RunningAdapter two({"--store", *specification});
  ASSERT_NE(one.port(), 0) << one.process().errors();
  ASSERT_NE(two.port(), 0) << two.process().errors();
  Sent sent;
  support::HttpClient first(one.port());
  support::HttpClient second(two.port());
  for (int number = 0; number < 30; ++number) {
    const std::string bundle = support::distinct_bundle(number);
    std::string other;
    std::thread at_once([&] { other = support::answer_to(second, bundle); });
    sent[bundle] = support::answer_to(first, bundle);
    at_once.join();
    EXPECT_NE(other, "");
    EXPECT_EQ(other, sent[bundle]);
  }
  EXPECT_EQ(one.stop(), 0);
  EXPECT_EQ(two.stop(), 0);
  support::check_store(*specification, sent);
}

TEST(SharedDatabase, TheServerIsRestartedAndCrashesUnderLoad) {
  if (PostgresServer::get() == nullptr) GTEST_SKIP() << "PostgreSQL is not installed here";
  PostgresServer server;
  const std::string specification = "postgres:" + server.make_schema();
  RunningAdapter adapter({"--store", specification});
  ASSERT_NE(adapter.port(), 0) << adapter.process().errors();
  Load load({adapter.port()});
  load.wait_for(30);
  for (const int signal : {SIGINT, SIGQUIT}) {
    server.stop(signal);
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    server.start();
    load.wait_for(load.answered() + 30);
  }
  const Sent& sent = load.finish();
  expect_the_same_answers(adapter.port(), sent);
  EXPECT_EQ(adapter.stop(), 0);
  support::check_store(specification, sent);
}

// The connection breaks behind every second commit, and before every other.
TEST(SharedDatabase, ARequestWhoseCommitIsNotAnsweredIsDecidedOnce) {
  if (PostgresServer::get() == nullptr) GTEST_SKIP() << "PostgreSQL is not installed here";
  support::LossyLink link(PostgresServer::get()->make_schema());
  const std::string specification = "postgres:" + link.conninfo();
  Sent sent;
  {
    RunningAdapter adapter({"--store", specification});
    ASSERT_NE(adapter.port(), 0) << adapter.process().errors();
    support::HttpClient client(adapter.port());
    for (int number = 0; number < 20; ++number) {
      const std::string bundle = support::distinct_bundle(number);
      number % 2 == 0 ? link.lose_next_commit() : link.lose_next_request();
      sent[bundle] = support::answer_to(client, bundle);
      EXPECT_NE(sent[bundle], "") << number;
      EXPECT_EQ(support::answer_to(client, bundle), sent[bundle]);
    }
    EXPECT_GE(link.lost(), 20);
    EXPECT_EQ(adapter.stop(), 0);
  }
  support::check_store(specification, sent);
}

TEST(SharedDatabase, NothingShowsThePassword) {
  support::Process process({{"serve", "--check", "--store", "postgres:host=db.example password=let-me-in dbname=pas"}});
  EXPECT_EQ(process.wait(), 0) << process.errors();
  EXPECT_NE(process.output().find("postgres:dbname=pas host=db.example"), std::string::npos) << process.output();
  EXPECT_EQ(process.output().find("let-me-in"), std::string::npos);
  for (const char* store : {"postgres://u:let-me-in@localhost:1/pas", "postgres:host=/nowhere password=let-me-in"}) {
    support::Process unreachable({{"serve", "--store", store}});
    EXPECT_EQ(unreachable.wait(), 1);
    EXPECT_NE(unreachable.errors().find("PostgreSQL"), std::string::npos) << unreachable.errors();
    EXPECT_EQ(unreachable.errors().find("let-me-in"), std::string::npos);
  }
}

}  // namespace
}  // namespace pas
