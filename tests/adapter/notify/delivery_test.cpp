// Handshakes, events and heartbeats on their way to a listener: what is sent, in which order, and what becomes of the
// subscription.

#include <gtest/gtest.h>

#include <future>

#include "adapter/notify/notifier.h"
#include "tests/adapter/notify/fixture.h"
#include "tests/adapter/notify/listener.h"

namespace pas {
namespace {

using notify_test::subscription_json;
using store::Outcome;
using store::SubscriptionStatus;
using support::Listener;
using support::Received;

class Delivery : public testing::Test {
 protected:
  void listen(Listener::Answer answer) { listener_ = std::make_unique<Listener>(std::move(answer)); }
  void listen(std::vector<int> statuses) {
    listen([statuses = std::move(statuses)](std::size_t number, const Received&) {
      return number < statuses.size() ? statuses[number] : 200;
    });
  }
  void start() { start(notify::SenderOptions{}); }
  void start(const notify::SenderOptions& sending) {
    sender_ = notify::make_http_sender(sending);
    notifier_ = std::make_unique<notify::Notifier>(*on_.store, on_.service, *sender_, backoff_, on_.clock);
    notify::OutboxWorker::Options options;
    options.poll = std::chrono::milliseconds(1);
    options.lease = std::chrono::hours(1'000);  // the tests move the clock while a delivery is on its way
    worker_ = std::make_unique<notify::OutboxWorker>(*on_.store, backoff_, on_.clock, on_.ids, log_, options);
    notifier_->register_at(*worker_);
    worker_->start();
  }
  // Waits for so many lines of the delivery log; the newest first.
  std::vector<store::Delivery> log(const std::string& subject, std::size_t count) {
    for (;;) {
      auto found = *on_.store->list_deliveries(subject, 100);
      if (found.size() >= count) return found;
      std::this_thread::yield();
    }
  }
  // Created, and its handshake delivered.
  std::string active_subscription(const std::string& more_members = "", const std::string& more_of_channel = "") {
    std::string id = on_.id_of(subscription_json(listener_->url(), more_members, more_of_channel));
    on_.clock.advance(500);
    log(id, 1);
    EXPECT_EQ(on_.stored(id).status, SubscriptionStatus::kActive);
    return id;
  }
  static std::string number_of(const Received& received) {
    const auto document = json::Document::parse(received.body).value();
    for (const json::Node parameter : document.root()["entry"].at(0)["resource"]["parameter"]) {
      if (parameter["name"].text() == "events-since-subscription-start") {
        return std::string(parameter["valueString"].text());
      }
    }
    return {};
  }

  notify_test::Subscriptions on_;
  observe::Log log_ = observe::Log::to_sink(observe::Severity::kError, on_.clock, [](std::string_view) {});
  const notify::Backoff backoff_{[] { return 0.5; }};
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<notify::Sender> sender_;
  std::unique_ptr<notify::Notifier> notifier_;
  std::unique_ptr<notify::OutboxWorker> worker_;
};

TEST_F(Delivery, AHandshakeMakesItActive) {
  listen(std::vector<int>{500});
  start();
  const std::string id = on_.id_of(subscription_json(listener_->url(), "", R"(,"header":["X-Key: secret"])"));
  EXPECT_EQ(on_.stored(id).status, SubscriptionStatus::kRequested);
  EXPECT_EQ(listener_->received().size(), 0U) << "not before the answer can be on the wire";
  on_.clock.advance(500);
  EXPECT_EQ(log(id, 1)[0].outcome, Outcome::kRetry);
  EXPECT_EQ(on_.stored(id).status, SubscriptionStatus::kRequested);
  on_.clock.advance(1'000);
  const auto lines = log(id, 2);
  EXPECT_EQ(lines[0].outcome, Outcome::kDone);
  EXPECT_EQ(lines[0].http_status, 200);
  EXPECT_EQ(lines[1].result, "HTTP 500");
  EXPECT_EQ(on_.stored(id).status, SubscriptionStatus::kActive);
  const auto received = listener_->received();
  ASSERT_EQ(received.size(), 2U);
  EXPECT_EQ(received[0].body, received[1].body) << "a retry is byte-identical";
  EXPECT_NE(received[0].head.find("\r\nX-Key: secret"), std::string::npos);
  EXPECT_NE(received[0].head.find("\r\nContent-Type: application/fhir+json"), std::string::npos);
}

// First 500, then slow, then fine; with more events behind.
TEST_F(Delivery, EventsArriveOnceInOrderWhateverTheListenerDoes) {
  std::promise<void> wake_up;
  listen([slow = wake_up.get_future().share()](std::size_t number, const Received&) {
    if (number == 1) return 500;
    if (number == 2) slow.wait();
    return 200;
  });
  notify::SenderOptions sending;
  sending.total_timeout_ms = 300;
  start(sending);
  const std::string id = active_subscription();
  for (const char* name : {"c-1", "c-2", "c-3"}) on_.add_event(name, id);
  EXPECT_EQ(log(id, 2)[0].result, "HTTP 500");
  on_.clock.advance(1'000);
  EXPECT_EQ(log(id, 3)[0].http_status, 0) << "too slow";
  wake_up.set_value();
  on_.clock.advance(2'000);
  const auto lines = log(id, 6);
  EXPECT_EQ(lines[0].outcome, Outcome::kDone);
  const auto received = listener_->received();
  ASSERT_EQ(received.size(), 6U);
  std::vector<std::string> numbers;
  for (const Received& each : received) numbers.push_back(number_of(each));
  EXPECT_EQ(numbers, (std::vector<std::string>{"0", "1", "1", "1", "2", "3"}));
  EXPECT_EQ(received[1].body, received[2].body);
  EXPECT_EQ(received[1].body, received[3].body);
  EXPECT_NE(received[4].body.find("answer-c-2"), std::string::npos);
}

TEST_F(Delivery, AfterTheLastTryItIsInErrorAndAReplayRepairsIt) {
  std::atomic<int> status = 200;
  listen([&](std::size_t, const Received&) { return status.load(); });
  start();
  const std::string id = active_subscription();
  status = 503;
  on_.add_event("c-1", id);
  for (std::size_t tries = 1; tries < notify::kMostAttempts; ++tries) {
    log(id, 1 + tries);
    on_.clock.advance(300'000);
  }
  const auto lines = log(id, 1 + notify::kMostAttempts);
  EXPECT_EQ(lines[0].outcome, Outcome::kFailed);
  EXPECT_EQ(on_.stored(id).status, SubscriptionStatus::kError);
  EXPECT_NE(on_.stored(id).error.find("HTTP 503"), std::string::npos);
  on_.add_event("c-2", id);
  EXPECT_EQ(log(id, 2 + notify::kMostAttempts)[0].result, "the subscription is in error");
  EXPECT_EQ(listener_->received().size(), 1U + notify::kMostAttempts) << "a new event is not tried";

  status = 200;
  EXPECT_TRUE(*on_.store->replay(lines[0].message_id, on_.clock.ms()));
  EXPECT_EQ(log(id, 3 + notify::kMostAttempts)[0].outcome, Outcome::kDone);
  EXPECT_EQ(on_.stored(id).status, SubscriptionStatus::kActive);
  EXPECT_EQ(on_.stored(id).error, "");
}

TEST_F(Delivery, NothingGoesToWhatIsOffOrGone) {
  listen(std::vector<int>{});
  start();
  const std::string off = active_subscription();
  const std::string gone = active_subscription();
  ASSERT_TRUE(*on_.store->change_subscription_status(off, SubscriptionStatus::kActive, SubscriptionStatus::kOff, ""));
  on_.add_event("c-1", off);
  EXPECT_EQ(log(off, 2)[0].result, "the subscription is off");
  const std::string leaving = on_.id_of(subscription_json(listener_->url()));
  ASSERT_TRUE(*on_.store->remove_subscription(leaving));
  on_.clock.advance(500);
  EXPECT_EQ(log(leaving, 1)[0].result, "the subscription is gone");
  EXPECT_EQ(listener_->received().size(), 2U);
}

TEST_F(Delivery, APastEndIsHonoured) {
  listen(std::vector<int>{});
  start();
  const std::string id = active_subscription(R"("end":"2026-03-08T12:10:00Z",)");
  on_.clock.advance(600'000);
  on_.add_event("c-1", id);
  EXPECT_EQ(log(id, 2)[0].result, "the subscription is off");
  EXPECT_EQ(listener_->received().size(), 1U);
}

TEST_F(Delivery, HeartbeatsComeWhileItIsActive) {
  listen(std::vector<int>{200, 500, 200});
  start();
  const std::string id = active_subscription(
      "", R"(,"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/)"
          R"(backport-heartbeat-period","valueUnsignedInt":60}])");
  on_.clock.advance(60'000);
  EXPECT_EQ(log("heartbeat/" + id, 1)[0].http_status, 500);
  on_.clock.advance(60'000);
  EXPECT_EQ(log("heartbeat/" + id, 2)[0].http_status, 200);
  EXPECT_EQ(on_.stored(id).status, SubscriptionStatus::kActive) << "a heartbeat that is lost changes nothing";
  EXPECT_NE(listener_->received()[2].body.find("\"heartbeat\""), std::string::npos);
  ASSERT_TRUE(*on_.store->change_subscription_status(id, SubscriptionStatus::kActive, SubscriptionStatus::kOff, ""));
  on_.clock.advance(60'000);
  EXPECT_EQ(log("heartbeat/" + id, 3)[0].result, "the subscription is off");
  EXPECT_EQ(listener_->received().size(), 3U);
}

TEST_F(Delivery, AnAddressThatIsNotPublicFailsAtOnce) {
  listen(std::vector<int>{});
  const std::string id = on_.id_of(subscription_json(listener_->url()));
  auto moved = on_.stored(id);  // as a name does that changes its address, or a setting
  moved.endpoint = "http://10.0.0.1/hook";
  ASSERT_TRUE(on_.store->put_subscription(moved, {}));
  start();
  on_.clock.advance(500);
  EXPECT_EQ(log(id, 1)[0].outcome, Outcome::kFailed);
  EXPECT_EQ(on_.stored(id).status, SubscriptionStatus::kError);
}

TEST_F(Delivery, AHostGetsTwoAtATime) {
  std::promise<void> go_on;
  std::atomic<int> at_once = 0;
  std::atomic<int> most = 0;
  listen([&, go = go_on.get_future().share()](std::size_t, const Received&) {
    const int now = ++at_once;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    go.wait();
    --at_once;
    return 200;
  });
  start();
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(on_.id_of(subscription_json(listener_->url())));
  on_.clock.advance(500);
  ASSERT_TRUE(listener_->has(2));
  go_on.set_value();
  for (const std::string& id : ids) {
    while (on_.stored(id).status != SubscriptionStatus::kActive) {
      on_.clock.advance(200);
      std::this_thread::yield();
    }
  }
  EXPECT_LE(most, 2);
  EXPECT_EQ(listener_->received().size(), 5U);
}

}  // namespace
}  // namespace pas
