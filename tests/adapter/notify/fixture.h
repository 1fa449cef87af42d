#pragma once
// Subscriptions over a store in memory, with a clock that the test moves.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "adapter/notify/subscription_service.h"
#include "tests/adapter/store/samples.h"

namespace pas::notify_test {

class MovedClock final : public base::Clock {
 public:
  std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::time_point(std::chrono::milliseconds(ms_.load()));
  }
  std::int64_t ms() const { return ms_; }
  void advance(std::int64_t ms) { ms_ += ms; }

 private:
  std::atomic<std::int64_t> ms_ = support::kNoonMs;
};

class CountedIds final : public base::IdSource {  // any thread
 public:
  std::string uuid() override;

 private:
  std::atomic<int> count_ = 0;
};

inline constexpr const char* kBase = "https://payer.example/pas/2.2.1/fhir";

// A Subscription that is fine: for organization 1234567893, with full resources.
std::string subscription_json(const std::string& endpoint, const std::string& more_members = "",
                              const std::string& more_of_channel = "");

// Into a store that nobody has open: "s-1", active, for this client's requests by these organizations.
void put_active_subscription(const std::string& store_specification, const std::string& endpoint,
                             const std::string& client, const std::vector<std::string>& organizations);

// Of a notification's body; 0 for one of no event.
std::int64_t event_number(const std::string& body);

// The endpoints of 127.0.0.1 are allowed, over http.
notify::SubscriptionOptions options();

class Subscriptions {
 public:
  explicit Subscriptions(notify::SubscriptionOptions with = options());

  notify::SubscriptionOutcome<notify::Saved> create(const std::string& json, const std::string& client = "clinic",
                                                    const std::string& version = "2.2.1");
  // Creates a sound one, or fails the test.
  std::string id_of(const std::string& json);
  store::Subscription stored(const std::string& id) const;
  // A case of client "clinic" for that organization, with an event for this subscription.
  void add_event(const std::string& case_id, const std::string& subscription_id);

  MovedClock clock;
  CountedIds ids;
  std::unique_ptr<store::Store> store;
  notify::SubscriptionService service;
};

}  // namespace pas::notify_test
