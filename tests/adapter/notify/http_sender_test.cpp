// One POST over a real socket.

#include "adapter/notify/http_sender.h"

#include <gtest/gtest.h>

#include <future>

#include "tests/adapter/notify/listener.h"

namespace pas {
namespace {

using notify::Endpoint;
using support::Listener;
using support::Received;

Endpoint allowed(const std::string& url) {
  return notify::EndpointPolicy{true, {"127.0.0.1"}}.check(url).value();
}

TEST(HttpSender, SendsWhatItIsGiven) {
  Listener listener([](std::size_t, const Received&) { return 204; });
  const auto sender = notify::make_http_sender({});
  const std::string body = "{\"a\":\"" + std::string(200'000, 'x') + "\"}";
  const auto sent =
      sender->post({allowed(listener.url()), {"Content-Type: application/fhir+json", "X-Key: secret"}, body});
  EXPECT_TRUE(sent.ok()) << sent.error;
  EXPECT_EQ(sent.status, 204);
  const auto received = listener.received();
  ASSERT_EQ(received.size(), 1U);
  EXPECT_EQ(received[0].body, body);
  EXPECT_TRUE(received[0].head.starts_with("POST /hook HTTP/1.1\r\n")) << received[0].head;
  EXPECT_NE(received[0].head.find("\r\nContent-Type: application/fhir+json\r\n"), std::string::npos);
  EXPECT_NE(received[0].head.find("X-Key: secret"), std::string::npos);
  EXPECT_EQ(received[0].head.find("Expect:"), std::string::npos);
}

TEST(HttpSender, DoesNotFollowARedirect) {
  Listener listener([](std::size_t, const Received&) { return 307; });
  const auto sent = notify::make_http_sender({})->post({allowed(listener.url()), {}, "{}"});
  EXPECT_EQ(sent.status, 307);
  EXPECT_FALSE(sent.ok());
  EXPECT_EQ(listener.received().size(), 1U);
}

// The URL was let pass (a name, say), and then leads to a private address.
TEST(HttpSender, RefusesAPrivateAddressWhenItConnects) {
  Listener listener([](std::size_t, const Received&) { return 200; });
  Endpoint endpoint{listener.url(), "127.0.0.1", false};
  const auto sent = notify::make_http_sender({})->post({endpoint, {}, "{}"});
  EXPECT_TRUE(sent.refused);
  EXPECT_EQ(sent.status, 0);
  EXPECT_EQ(sent.error, "the host's address is not public");
  EXPECT_EQ(listener.received().size(), 0U);
}

// Whatever it led to when the subscription was made (DNS rebinding): at each try the socket's own address counts.
TEST(HttpSender, ANameIsJudgedByTheAddressThatItLeadsTo) {
  Listener listener([](std::size_t, const Received&) { return 200; });
  std::string url = listener.url();
  url.replace(url.find("127.0.0.1"), 9, "localhost");
  const auto sender = notify::make_http_sender({});
  EXPECT_TRUE(sender->post({{url, "localhost", true}, {}, "{}"}).ok()) << "an allowed host";
  const auto sent = sender->post({{url, "other.example", false}, {}, "{}"});
  EXPECT_TRUE(sent.refused);
  EXPECT_EQ(listener.received().size(), 1U);
}

TEST(HttpSender, EndsWhenNobodyAnswers) {
  std::promise<void> end;
  Listener listener([done = end.get_future().share()](std::size_t, const Received&) {
    done.wait();
    return 200;
  });
  notify::SenderOptions options;
  options.total_timeout_ms = 50;
  const auto sent = notify::make_http_sender(options)->post({allowed(listener.url()), {}, "{}"});
  EXPECT_EQ(sent.status, 0);
  EXPECT_FALSE(sent.refused);
  EXPECT_FALSE(sent.error.empty());
  end.set_value();
}

TEST(HttpSender, TellsThatNobodyListens) {
  std::string url;
  {
    Listener gone([](std::size_t, const Received&) { return 200; });
    url = gone.url();
  }
  const auto sent = notify::make_http_sender({})->post({allowed(url), {}, "{}"});
  EXPECT_EQ(sent.status, 0);
  EXPECT_FALSE(sent.error.empty());
}

}  // namespace
}  // namespace pas
