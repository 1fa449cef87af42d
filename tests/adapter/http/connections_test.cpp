// Many connections, connections that break, and what happens when there is no room.

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "adapter/observe/trace.h"
#include "tests/adapter/http/fixture.h"
#include "tests/support/http_client.h"

namespace pas {
namespace {

using support::http_request;
using support::HttpClient;

bool gone(support::RunningServer& running) {
  return support::becomes_true([&running] {
    const http::Load load = running.server().load();
    return load.connections == 0 && load.buffered_bytes == 0 && load.running == 0;
  });
}

TEST(Connections, TwoHundredAtOnce) {
  http::Options options;
  options.io_threads = 2;
  support::RunningServer running(options);
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(std::make_unique<HttpClient>(running.port()));
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < clients.size(); ++i) {
      ASSERT_TRUE(clients[i]->send(http_request("POST", "/", "client " + std::to_string(i))));
    }
    for (std::size_t i = 0; i < clients.size(); ++i) {
      const auto answer = clients[i]->receive();
      ASSERT_TRUE(answer);
      EXPECT_EQ(answer->body, "client " + std::to_string(i));
    }
  }
  EXPECT_EQ(running.server().load().connections, 200U);
  clients.clear();
  EXPECT_TRUE(gone(running));
}

TEST(Connections, FromManyThreads) {
  http::Options options;
  options.io_threads = 2;
  support::RunningServer running(options);
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&running, &right, t] {
      for (int c = 0; c < 5; ++c) {
        HttpClient client(running.port());
        for (int i = 0; i < 20; ++i) {
          const std::string body = std::to_string(t) + std::string(static_cast<std::size_t>(i) * 500, 'x');
          const auto answer = client.exchange(http_request("POST", "/", body));
          if (answer && answer->status == 200 && answer->body == body) ++right;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 8 * 5 * 20);
}

// One that is wrong, or one of two, is none.
TEST(Connections, ATraceGoesThroughAnswerAndLog) {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const std::string parent = "traceparent: 00-" + trace + "-00f067aa0ba902b7-01\r\n";
  std::mutex mutex;
  std::vector<std::string> handled;
  support::RunningServer running({}, [&](http::Request&& request) {
    const std::lock_guard lock(mutex);
    handled.push_back(request.traceparent);
    return http::Response{};
  });
  HttpClient client(running.port());
  std::vector<std::string> answered;
  for (const std::string& headers : {parent, std::string(), parent + parent, "traceparent: 00-" + trace + "\r\n"}) {
    const auto answer = client.exchange(http_request("GET", "/", {}, headers));
    ASSERT_TRUE(answer);
    answered.emplace_back(answer->header("traceresponse").value_or(""));
    EXPECT_TRUE(observe::is_traceparent(answered.back())) << answered.back();
  }
  EXPECT_EQ(handled, answered);
  EXPECT_TRUE(answered[0].starts_with("00-" + trace) && answered[0].ends_with("-01")) << answered[0];
  EXPECT_EQ(answered[0].find("00f067aa0ba902b7"), std::string::npos) << "a span of its own";
  for (std::size_t i = 1; i < answered.size(); ++i) {
    EXPECT_EQ(answered[i].find(trace), std::string::npos) << "a new trace";
  }
  EXPECT_TRUE(support::becomes_true([&] { return running.log_lines("\"trace\":\"" + trace + "\"").size() == 1; }));

  client.send("GET / HTTP/1.1\r\nNo colon\r\n\r\n");
  const auto refused = client.receive();
  ASSERT_TRUE(refused);
  EXPECT_TRUE(observe::is_traceparent(refused->header("traceresponse").value_or(""))) << "a refused one has its own";
}

TEST(Connections, AHalfClosedClientIsAnswered) {
  support::RunningServer running;
  HttpClient client(running.port());
  client.send(http_request("POST", "/", "a") + http_request("POST", "/", "b"));
  client.finish_sending();
  EXPECT_EQ(client.receive()->body, "a");
  EXPECT_EQ(client.receive()->body, "b");
  EXPECT_TRUE(client.ended());
}

TEST(Connections, HalfClosedInsideARequestIs400) {
  support::RunningServer running;
  for (const char* part : {"GET / HT", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhello",
                           "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe"}) {
    HttpClient client(running.port());
    client.send(part);
    client.finish_sending();
    const auto answer = client.receive();
    ASSERT_TRUE(answer) << part;
    EXPECT_EQ(answer->status, 400) << part;
    EXPECT_TRUE(client.ended());
  }
}

TEST(Connections, ClientsThatDisappearLeaveNothing) {
  support::Gate gate;
  support::RunningServer running({}, [&gate](http::Request&& request) {
    if (request.path == "/wait") gate.wait();
    return support::echo(std::move(request));
  });
  {
    HttpClient in_head(running.port());
    in_head.send("GET / HT");
    HttpClient in_body(running.port());
    const std::string request = http_request("POST", "/", std::string(500'000, 'x'));
    in_body.send(request.substr(0, 300'000));
    HttpClient in_handler(running.port());
    in_handler.send(http_request("POST", "/wait", std::string(100'000, 'x')));
    ASSERT_TRUE(support::becomes_true([&] {
      const http::Load load = running.server().load();
      return load.running == 1 && load.buffered_bytes > 350'000;
    }));
    in_head.reset();
    in_body.reset();
    in_handler.reset();
  }
  gate.open();
  EXPECT_TRUE(gone(running));
  HttpClient next(running.port());
  EXPECT_EQ(next.exchange(http_request("GET", "/"))->status, 200);
}

TEST(Connections, BeyondTheLimitAreTurnedAway) {
  http::Options options;
  options.limits.connections = 2;
  support::RunningServer running(options);
  HttpClient first(running.port());
  HttpClient second(running.port());
  EXPECT_EQ(first.exchange(http_request("GET", "/"))->status, 200);
  EXPECT_EQ(second.exchange(http_request("GET", "/"))->status, 200);
  {
    HttpClient third(running.port());
    const auto answer = third.receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 503);
    EXPECT_EQ(answer->header("Retry-After"), "1");
    EXPECT_EQ(answer->header("Connection"), "close");
    EXPECT_TRUE(third.ended());
  }
  first.reset();
  EXPECT_TRUE(support::becomes_true([&] { return running.server().load().connections == 1; }));
  HttpClient fourth(running.port());
  EXPECT_EQ(fourth.exchange(http_request("GET", "/"))->status, 200);
}

TEST(Connections, AFullQueueIs503AtOnceAndTheConnectionStays) {
  http::Options options;
  options.workers = 1;
  options.queue = 1;
  support::Gate gate;
  support::RunningServer running(options, [&gate](http::Request&& request) {
    gate.wait();
    return support::echo(std::move(request));
  });
  HttpClient runs(running.port());
  HttpClient waits(running.port());
  HttpClient refused(running.port());
  runs.send(http_request("POST", "/", "runs"));
  ASSERT_TRUE(support::becomes_true([&] { return running.server().load().running == 1; }));
  waits.send(http_request("POST", "/", "waits"));
  ASSERT_TRUE(support::becomes_true([&] { return running.server().load().queued == 1; }));
  const auto busy = refused.exchange(http_request("POST", "/", "refused"));
  ASSERT_TRUE(busy);
  EXPECT_EQ(busy->status, 503);
  EXPECT_EQ(busy->header("Retry-After"), "1");
  EXPECT_FALSE(busy->header("Connection"));
  gate.open();
  EXPECT_EQ(runs.receive()->body, "runs");
  EXPECT_EQ(waits.receive()->body, "waits");
  EXPECT_EQ(refused.exchange(http_request("POST", "/", "again"))->body, "again");
}

// One client has sent most of a large body and stops; on the same thread another is served.
// Of four workers one takes big bodies: while it is stuck in one, and others wait, small requests are answered.
TEST(Connections, BigBodiesDoNotHoldUpSmallRequests) {
  http::Options options;
  options.workers = 4;
  options.queue = 8;
  options.big_body_bytes = 1000;
  support::Gate gate;
  std::atomic<int> big_ones = 0;
  support::RunningServer running(options, [&](http::Request&& request) {
    if (request.body.size() >= 1000) {
      ++big_ones;
      gate.wait();
    }
    return support::echo(std::move(request));
  });
  const std::string big(1000, 'x');
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<HttpClient>(running.port()));
    clients.back()->send(http_request("POST", "/", big));
  }
  ASSERT_TRUE(support::becomes_true([&] {
    const http::Load load = running.server().load();
    return load.running == 1 && load.queued == 2;
  }));
  HttpClient small(running.port());
  for (int i = 0; i < 20; ++i) {
    const auto answer = small.exchange(http_request("POST", "/", std::string(999, 'x')));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
  }
  EXPECT_EQ(small.exchange(http_request("POST", "/", big))->status, 503) << "big ones have a quarter of the queue";
  EXPECT_EQ(big_ones, 1);
  gate.open();
  for (const auto& client : clients) {
    const auto answer = client->receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, big);
  }
  EXPECT_EQ(big_ones, 3);
}

TEST(Connections, ASlowClientDoesNotHoldUpOthers) {
  support::RunningServer running;
  HttpClient slow(running.port());
  const std::string large = http_request("POST", "/", std::string(5'000'000, 'x'));
  slow.send(large.substr(0, large.size() - 1));
  HttpClient other(running.port());
  for (int i = 0; i < 100; ++i) EXPECT_EQ(other.exchange(http_request("POST", "/", "a"))->body, "a");
  EXPECT_EQ(slow.exchange("x")->body.size(), 5'000'000U);
}

TEST(Listening, OnIpv6) {
  http::Options options;
  options.host = "::1";
  base::SystemClock clock;
  base::RandomIds ids;
  observe::Log log = observe::Log::to_sink(observe::Severity::kError, clock, [](std::string_view) {});
  std::string seen;
  http::Server server(
      options,
      [&seen](http::Request&& request) {
        seen = request.remote_address;
        return support::echo(std::move(request));
      },
      {}, log, clock, ids);
  const auto port = server.start();
  if (!port) GTEST_SKIP() << "no IPv6 here: " << port.error().message;
  HttpClient client(*port, true);
  EXPECT_EQ(client.exchange(http_request("GET", "/"))->status, 200);
  EXPECT_EQ(seen, "::1");
}

TEST(Listening, OnATakenPortOrAnUnknownHostFails) {
  support::RunningServer running;
  base::SystemClock clock;
  base::RandomIds ids;
  observe::Log log = observe::Log::to_sink(observe::Severity::kError, clock, [](std::string_view) {});
  http::Options taken;
  taken.port = running.port();
  http::Server second(taken, support::echo, {}, log, clock, ids);
  const auto port = second.start();
  ASSERT_FALSE(port);
  EXPECT_EQ(port.error().code, base::ErrorCode::kUnavailable);
  EXPECT_NE(port.error().message.find("127.0.0.1:" + std::to_string(running.port())), std::string::npos);
  http::Options unknown;
  unknown.host = "256.1.1.1.";
  EXPECT_FALSE(http::Server(unknown, support::echo, {}, log, clock, ids).start());
}

}  // namespace
}  // namespace pas
