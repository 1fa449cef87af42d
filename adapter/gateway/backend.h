#pragma once
// Another PAS server, that decides for a payer: its connections, its token, and when it is spared. Any thread; what it
// does blocks.

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/auth/keys.h"
#include "adapter/gateway/circuit.h"
#include "adapter/outbound/http_client.h"
#include "fhir/base/clock.h"

namespace pas::gateway {

struct ForwardTo {
  std::string digest;             // of all that follows, with the files that it names
  std::string url;                // of its FHIR base, without a slash at the end
  std::string version = "2.2.1";  // of PAS
  long connect_timeout_ms = 2'000;
  long timeout_ms = 10'000;   // of one try
  int most_at_once = 8;       // requests; what is more waits in the outbox
  long follow_every_s = 300;  // how often a pended case is asked after
  // The providers of whose requests its server tells at once what it decides later, "SYSTEM|VALUE" or "VALUE", with
  // that secret; none: it is only asked.
  std::vector<std::string> organizations;
  std::string notify_secret;
  // OAuth client credentials by a signed assertion (SMART Backend Services); without a token URL there is no token.
  std::string token_url;
  std::string client_id;
  std::string scope = "system/Claim.crus";
  std::shared_ptr<const auth::SigningKey> key;
  outbound::ClientOptions tls;
};

// How asking a backend ended, for a monitor.
struct Try {
  std::string_view outcome;       // "answered", "refused", "failed"; or nothing was sent: "spared", "busy"
  std::optional<double> seconds;  // how long it took; absent where nothing was sent
};
using TryObserver = std::function<void(const Try&)>;

class Backend {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // `gateway` is this adapter's id. References outlive the backend.
  Backend(ForwardTo to, std::string gateway, const base::Clock& clock, base::IdSource& ids, TryObserver on_try);

  struct Asked {
    int status = 0;  // of HTTP; 0: no answer
    std::string body;
    std::string problem;     // why there is none, for an operator; no content
    bool may_retry = false;  // it may go better later
    bool ok() const { return status >= 200 && status < 300; }
  };
  struct Question {
    std::string_view path;  // below the FHIR base
    std::string_view body;
    std::string_view key;          // Idempotency-Key: the same for each try; empty: it changes nothing
    std::string_view via;          // as it came
    std::string_view traceparent;  // empty: none
    TimePoint deadline;
  };
  // Tries again before the deadline only when surely nothing was done: nothing was sent, or the token was refused.
  Asked post(const Question& question);

  const ForwardTo& to() const { return to_; }
  const std::string& gateway() const { return gateway_; }
  // It failed several times in a row, and nothing has succeeded since.
  bool is_spared() const { return circuit_.is_open(); }

 private:
  class Slot;
  Asked try_once(const Question& question);
  outbound::Answer send(std::string url, std::vector<std::string> headers, std::string_view body, TimePoint deadline,
                        std::size_t limit_bytes);
  // Another than `refused`. Empty: none could be had, and `problem` says why.
  std::string token(TimePoint deadline, const std::string& refused, std::string& problem);

  const ForwardTo to_;
  const std::string gateway_;
  const base::Clock& clock_;
  base::IdSource& ids_;
  const TryObserver on_try_;
  outbound::HttpClient client_;
  Circuit circuit_;
  std::atomic<int> running_ = 0;
  std::timed_mutex token_mutex_;
  std::string token_;
  std::chrono::system_clock::time_point token_ends_{};
};

}  // namespace pas::gateway
