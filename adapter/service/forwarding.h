#pragma once
// Asks the server of a case's payer: once while the client waits, and from the outbox until it has answered; sends what
// arrives for the case after it, and asks how a pended case stands. What is answered becomes a revision of the case.
//
// The case is stored before anything is sent, and each try carries the case's id as Idempotency-Key. Any thread; each
// call blocks. A call may be repeated: what is answered already is not asked again.

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/gateway/backends.h"
#include "adapter/observe/log.h"
#include "adapter/service/case_service.h"
#include "adapter/service/deadline.h"
#include "adapter/service/inquire_service.h"
#include "adapter/service/validation_service.h"
#include "adapter/store/store.h"
#include "fhir/base/clock.h"

namespace pas::service {

// Kinds of messages in the outbox.
inline constexpr std::string_view kForwardMessage = "forward";                // payload: the header Via as it came
inline constexpr std::string_view kAttachmentMessage = "forward-attachment";  // payload: {"ids": […], "final": true}
inline constexpr std::string_view kFollowMessage = "forward-follow";          // payload: kOnce, or empty: until decided
inline constexpr std::string_view kSubscribeMessage = "forward-subscribe";    // payload: the payer
inline constexpr std::string_view kOnce = "once";

// From the first byte of a request: until when its payer is waited for, and from when the outbox goes on.
inline constexpr std::chrono::milliseconds kForwardTime{12'000};
inline constexpr std::chrono::milliseconds kForwardRest{20'000};

// Of a chain of updates, looked at and sent before the newest.
inline constexpr int kMostPriors = 20;

class Forwarding {
 public:
  struct Services {
    const gateway::Backends& backends;
    const CaseService& cases;
    const Adjudicator& adjudicator;
    const ValidationService& validation;
    store::Store& store;
    const base::Clock& clock;
    observe::Log& log;
    std::vector<const pas::Version*> versions;
    // Where that payer's server may tell of decisions (gateway_endpoints.h), absolute.
    std::function<std::string(std::string_view payer)> notification_url = {};
  };
  // All references outlive it.
  explicit Forwarding(Services services) : services_(std::move(services)) {}

  enum class State {
    kDone,     // answered, now or before; or nothing to do any more
    kLater,    // another try may go better
    kPending,  // answered, and still pended there
    kGivenUp,  // for a person to see to
  };
  struct Result {
    State state = State::kDone;
    std::string what;  // for an operator; no content
    int http_status = 0;
    std::chrono::seconds again_in{0};  // kPending: when to ask
    bool is_answered() const { return state == State::kDone || state == State::kPending; }
  };
  struct Errand {
    std::string_view case_id;
    store::Origin origin;  // of the request or message that it follows from
    Deadline deadline;
  };
  Result forward(const Errand& errand, std::string_view via) const;
  Result attach(const Errand& errand, std::string_view payload, std::int64_t message) const;
  Result follow(const Errand& errand, std::string_view via = {}) const;
  // The same, or forward() where nothing was answered yet, while an inquiry waits. What was asked less than ten seconds
  // ago is not asked again.
  Heard inquire(const Errand& errand, std::string_view via) const;

  // Whether that payer's server can tell of decisions, and this process has no subscription there, for what it is asked
  // for now, or less than an hour of it.
  bool needs_subscription(std::string_view payer) const;
  // Subscribes there for a day, if it needs one.
  Result subscribe(std::string_view payer, Deadline deadline) const;
  // Whether a notification with that header may come from the payer's server.
  bool may_tell(std::string_view payer, std::string_view authorization) const;
  // A notification of it: the pended cases that it may be about are asked after.
  base::Result<void> hear(std::string_view payer, json::Node notification, const store::Origin& origin) const;

 private:
  struct Known;
  base::Result<Known> look_up(std::string_view case_id) const;
  base::Result<bool> is_answered(std::string_view case_id) const;
  const pas::Version* version_of(const gateway::Backend& backend) const;
  base::Result<std::optional<std::string>> request_for(const store::Case& record,
                                                       const gateway::Backend& backend) const;
  // As it is, or in the payer's version of PAS.
  base::Result<std::string> translated(std::string request, const store::Case& record,
                                       const gateway::Backend& backend) const;
  base::Result<std::string> tracking_id(const store::Case& record) const;
  Result ask_prior(const Known& known, const Errand& errand, std::string_view via) const;
  Result take(const Known& known, const Errand& errand, const std::string& body, std::string_view type,
              std::chrono::system_clock::time_point requested) const;
  Result told(const Known& known, const Errand& errand, Result result) const;
  // An answer that changes nothing here; nothing of no answer.
  void note(const Known& known, std::string_view type, std::chrono::system_clock::time_point requested,
            int status) const;
  Heard ask(const Known& known, const Errand& errand, std::string_view via) const;
  bool is_subscribed(std::string_view payer, const gateway::ForwardTo& to) const;  // under the lock

  struct Asked {
    std::chrono::system_clock::time_point at;
    Heard heard = Heard::kNoAnswer;  // until it is answered
  };
  struct Subscribed {
    std::chrono::system_clock::time_point at;
    std::shared_ptr<const gateway::Backend> backend;
  };
  const Services services_;
  mutable std::mutex asked_mutex_;
  mutable std::map<std::string, Asked, std::less<>> asked_;  // by case
  mutable std::mutex subscribed_mutex_;
  mutable std::map<std::string, Subscribed, std::less<>> subscribed_;  // by payer
};

}  // namespace pas::service
