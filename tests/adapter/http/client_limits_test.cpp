// What one client may have and do.

#include <gtest/gtest.h>

#include <string>

#include "adapter/http/rate_limiter.h"
#include "tests/adapter/http/fixture.h"
#include "tests/support/http_client.h"

namespace pas {
namespace {

using http::RateLimiter;
using std::chrono::milliseconds;
using std::chrono::seconds;
using support::http_request;
using support::HttpClient;

const RateLimiter::TimePoint kBegin = RateLimiter::TimePoint() + seconds(1000);

TEST(RateLimiterTest, ABurstThenTheRate) {
  RateLimiter limiter({.per_second = 2, .burst = 3});
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(limiter.take("a", kBegin));
  EXPECT_EQ(limiter.take("a", kBegin), seconds(1));
  EXPECT_EQ(limiter.take("a", kBegin + milliseconds(499)), seconds(1));
  EXPECT_FALSE(limiter.take("a", kBegin + milliseconds(500))) << "refused ones do not count";
  EXPECT_TRUE(limiter.take("a", kBegin + milliseconds(500)));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(limiter.take("a", kBegin + seconds(60)));
  EXPECT_TRUE(limiter.take("a", kBegin + seconds(60))) << "a long rest gives a burst, not more";
}

TEST(RateLimiterTest, ClientsDoNotShare) {
  RateLimiter limiter({.per_second = 1});
  EXPECT_FALSE(limiter.take("a", kBegin));
  EXPECT_TRUE(limiter.take("a", kBegin));
  EXPECT_FALSE(limiter.take("b", kBegin));
}

TEST(RateLimiterTest, ADaysQuotaComesBackOverTheDay) {
  RateLimiter limiter({.per_day = 24});
  for (int i = 0; i < 24; ++i) EXPECT_FALSE(limiter.take("a", kBegin));
  EXPECT_EQ(limiter.take("a", kBegin), seconds(3600));
  EXPECT_FALSE(limiter.take("a", kBegin + seconds(3601)));
  EXPECT_TRUE(limiter.take("a", kBegin + seconds(3601)));
}

TEST(RateLimiterTest, WithoutRulesNothingIsKept) {
  RateLimiter limiter({});
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(limiter.take("a", kBegin));
  EXPECT_EQ(limiter.clients(), 0U);
}

TEST(RateLimiterTest, RemembersOnlyWhoWasSeenLast) {
  RateLimiter limiter({.per_second = 1, .clients = 2});
  EXPECT_FALSE(limiter.take("a", kBegin));
  EXPECT_FALSE(limiter.take("b", kBegin));
  EXPECT_TRUE(limiter.take("a", kBegin));
  EXPECT_FALSE(limiter.take("c", kBegin));
  EXPECT_EQ(limiter.clients(), 2U);
  EXPECT_TRUE(limiter.take("a", kBegin)) << "seen after b";
  EXPECT_FALSE(limiter.take("b", kBegin)) << "forgotten";
}

TEST(ClientOf, IsTheAddressOrItsIpv6Network) {
  EXPECT_EQ(http::client_of("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(http::client_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(http::client_of("2001:db8:1:2::9"), "2001:db8:1:2::/64");
  EXPECT_EQ(http::client_of("::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(http::client_of(""), "");
}

TEST(AddressLimits, OneConnectionTooManyIs429) {
  http::Options options;
  options.address_limits.connections = 2;
  support::RunningServer running(options);
  {
    HttpClient first(running.port());
    HttpClient second(running.port());
    EXPECT_EQ(first.exchange(http_request("GET", "/"))->status, 200);
    EXPECT_EQ(second.exchange(http_request("GET", "/"))->status, 200);
    HttpClient third(running.port());
    const auto refused = third.receive();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 429);
    EXPECT_EQ(refused->header("Retry-After"), "1");
    EXPECT_EQ(refused->body, "throttled: this client has too much in hand at once");
    EXPECT_TRUE(third.ended());
    EXPECT_EQ(second.exchange(http_request("GET", "/"))->status, 200);
  }
  EXPECT_TRUE(support::becomes_true([&] { return running.server().load().connections == 0; }));
  HttpClient again(running.port());
  EXPECT_EQ(again.exchange(http_request("GET", "/"))->status, 200);
}

TEST(AddressLimits, BodiesInMemoryAreCountedTogetherAndGivenBack) {
  http::Options options;
  options.address_limits.body_bytes = 1000;
  support::Gate gate;
  support::RunningServer running(options, [&gate](http::Request&& request) {
    if (request.path == "/wait") gate.wait();
    return support::echo(std::move(request));
  });
  HttpClient waiting(running.port());
  ASSERT_TRUE(waiting.send(http_request("POST", "/wait", std::string(600, 'x'))));
  ASSERT_TRUE(support::becomes_true([&] { return running.server().load().running == 1; }));
  HttpClient other(running.port());
  EXPECT_EQ(other.exchange(http_request("POST", "/", std::string(400, 'x')))->status, 200);
  const auto refused = other.exchange(http_request("POST", "/", std::string(401, 'x')));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 429);
  EXPECT_TRUE(other.ended());
  gate.open();
  EXPECT_EQ(waiting.receive()->status, 200);
  EXPECT_EQ(waiting.exchange(http_request("POST", "/", std::string(1000, 'x')))->status, 200);
  EXPECT_EQ(running.server().load().buffered_bytes, 0U);
}

}  // namespace
}  // namespace pas
