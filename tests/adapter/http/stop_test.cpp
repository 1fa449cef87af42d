#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "tests/adapter/http/fixture.h"
#include "tests/support/http_client.h"

namespace pas {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::http_request;
using support::HttpClient;

TEST(Stop, EndsWhatRunsAndAnswersIt) {
  support::Gate gate;
  support::RunningServer running({}, [&gate](http::Request&& request) {
    if (request.path == "/wait") gate.wait();
    return support::echo(std::move(request));
  });
  HttpClient idle(running.port());
  EXPECT_EQ(idle.exchange(http_request("GET", "/"))->status, 200);
  HttpClient fresh(running.port());
  std::vector<std::unique_ptr<HttpClient>> busy;
  for (int i = 0; i < 8; ++i) {
    busy.push_back(std::make_unique<HttpClient>(running.port()));
    busy.back()->send(http_request("POST", "/wait", std::to_string(i)));
  }
  HttpClient half(running.port());
  half.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nha");
  ASSERT_TRUE(support::becomes_true([&] {
    const http::Load load = running.server().load();
    return load.running == 8 && load.connections == 11 && load.buffered_bytes > 9;
  }));

  auto stopped = std::async(std::launch::async, [&running] { return running.server().stop(seconds(20)); });
  EXPECT_TRUE(idle.ended());
  EXPECT_TRUE(fresh.ended());
  gate.open();
  for (int i = 0; i < 8; ++i) {
    const auto answer = busy[static_cast<std::size_t>(i)]->receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, std::to_string(i));
    EXPECT_EQ(answer->header("Connection"), "close");
  }
  busy.clear();
  const auto late = half.exchange("lf");
  ASSERT_TRUE(late);
  EXPECT_EQ(late->body, "half");
  EXPECT_EQ(late->header("Connection"), "close");
  EXPECT_TRUE(half.ended());
  half.reset();
  EXPECT_TRUE(stopped.get());
  EXPECT_EQ(running.server().load().connections, 0U);
  EXPECT_TRUE(running.server().stop(seconds(1)));
}

TEST(Stop, CutsWhatIsLeftWhenTheGraceIsOver) {
  support::Gate gate;
  support::RunningServer running({}, [&gate](http::Request&& request) {
    gate.wait();
    return support::echo(std::move(request));
  });
  HttpClient client(running.port());
  client.send(http_request("GET", "/"));
  ASSERT_TRUE(support::becomes_true([&] { return running.server().load().running == 1; }));
  auto stopped = std::async(std::launch::async, [&running] { return running.server().stop(milliseconds(50)); });
  EXPECT_FALSE(client.receive());
  gate.open();
  EXPECT_FALSE(stopped.get());
}

TEST(Stop, UnderLoadAnswersOrClosesButNeverHalf) {
  for (int round = 0; round < 5; ++round) {
    http::Options options;
    options.io_threads = 2;
    support::RunningServer running(options);
    std::vector<std::future<int>> clients;
    for (int c = 0; c < 8; ++c) {
      // Connected before the server stops, however late the thread begins.
      clients.push_back(std::async(std::launch::async, [connected = std::make_unique<HttpClient>(running.port())] {
        HttpClient& client = *connected;
        int answered = 0;
        while (client.send(http_request("POST", "/", "hello"))) {
          const auto answer = client.receive();
          if (!answer) break;
          EXPECT_EQ(answer->status, 200);
          EXPECT_EQ(answer->body, "hello");
          ++answered;
          if (answer->header("Connection") == "close") break;
        }
        return answered;
      }));
    }
    ASSERT_TRUE(support::becomes_true([&] { return running.log_lines("http.access").size() > 50; }));
    EXPECT_TRUE(running.server().stop(seconds(20)));
    for (auto& client : clients) client.get();
  }
}

TEST(Stop, BeforeStartIsNothing) {
  base::SystemClock clock;
  base::RandomIds ids;
  observe::Log log = observe::Log::to_sink(observe::Severity::kError, clock, [](std::string_view) {});
  http::Server server({}, support::echo, {}, log, clock, ids);
  EXPECT_TRUE(server.stop(seconds(1)));
}

}  // namespace
}  // namespace pas
