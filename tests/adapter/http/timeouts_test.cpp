// What is too slow ends. Only that it ends and how is tested, not when.

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>

#include "tests/adapter/http/fixture.h"
#include "tests/support/http_client.h"

namespace pas {
namespace {

using std::chrono::milliseconds;
using support::http_request;
using support::HttpClient;

TEST(Timeouts, AHeadThatDoesNotEndIs408) {
  http::Options options;
  options.timeouts.head = milliseconds(50);
  support::RunningServer running(options);
  HttpClient client(running.port());
  const auto answer = client.exchange("GET / HTTP/1.1\r\nHost");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_EQ(answer->body, "timeout: the request came too slowly");
  EXPECT_TRUE(client.ended());
}

// Bytes keep coming, but the time for the head is not counted anew.
TEST(Timeouts, ADrippingHeadIs408) {
  http::Options options;
  options.timeouts.head = milliseconds(300);
  options.timeouts.linger = milliseconds(50);
  support::RunningServer running(options);
  HttpClient client(running.port());
  client.send("GET / HTTP/1.1\r\nX-A: ");
  EXPECT_TRUE(support::becomes_true([&client] { return !client.send("a"); }));
  EXPECT_EQ(running.log_lines(R"("status":408)").size(), 1U);
}

TEST(Timeouts, ABodyBelowTheLowestRateIs408) {
  http::Options options;
  options.timeouts.pace = milliseconds(50);
  options.timeouts.bytes_per_second = 1'000'000;
  support::RunningServer running(options);
  HttpClient client(running.port());
  const auto answer = client.exchange("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhello");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_TRUE(client.ended());
}

TEST(Timeouts, AnIdleConnectionIsClosedWithoutAWord) {
  http::Options options;
  options.timeouts.idle = milliseconds(50);
  options.timeouts.head = milliseconds(200);
  support::RunningServer running(options);
  HttpClient used(running.port());
  EXPECT_EQ(used.exchange(http_request("GET", "/"))->status, 200);
  EXPECT_TRUE(used.ended());
  HttpClient silent(running.port());
  EXPECT_TRUE(silent.ended());
}

TEST(Timeouts, AHandlerThatTakesTooLongIs503) {
  http::Options options;
  options.timeouts.handler = milliseconds(50);
  support::Gate gate;
  support::RunningServer running(options, [&gate](http::Request&& request) {
    gate.wait();
    return support::echo(std::move(request));
  });
  HttpClient client(running.port());
  const auto answer = client.exchange(http_request("GET", "/"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->body, "");
  EXPECT_TRUE(answer->header("Retry-After"));
  EXPECT_TRUE(client.ended());
  gate.open();
  EXPECT_TRUE(support::becomes_true([&] { return running.log_lines("http.late_answer").size() == 1; }));
}

// Requests whose time has passed in the queue are not handled any more.
TEST(Timeouts, WhatWaitedTooLongIsNotHandled) {
  http::Options options;
  options.timeouts.handler = milliseconds(50);
  options.workers = 1;
  support::Gate gate;
  std::atomic<int> handled = 0;
  support::RunningServer running(options, [&](http::Request&& request) {
    ++handled;
    gate.wait();
    return support::echo(std::move(request));
  });
  HttpClient first(running.port());
  HttpClient second(running.port());
  first.send(http_request("GET", "/"));
  ASSERT_TRUE(support::becomes_true([&] { return handled == 1; }));
  EXPECT_EQ(second.exchange(http_request("GET", "/"))->status, 503);
  gate.open();
  EXPECT_TRUE(support::becomes_true([&] {
    const http::Load load = running.server().load();
    return load.running == 0 && load.queued == 0;
  }));
  EXPECT_EQ(handled, 1);
}

TEST(Timeouts, AReaderThatStopsIsCut) {
  http::Options options;
  options.timeouts.pace = milliseconds(50);
  options.timeouts.bytes_per_second = std::size_t{1} << 40U;
  const auto body = std::make_shared<const std::string>(64'000'000, 'x');
  support::RunningServer running(options, [&body](http::Request&&) {
    http::Response response;
    response.shared_body = body;
    return response;
  });
  HttpClient client(running.port());
  client.send(http_request("GET", "/"));
  EXPECT_TRUE(support::becomes_true([&] { return running.log_lines("http.cut").size() == 1; }));
  EXPECT_EQ(running.server().load().connections, 0U);
  EXPECT_FALSE(client.receive());
}

}  // namespace
}  // namespace pas
