#pragma once
// The adapter as it runs: every service wired to the others, and its listeners.

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapter/audit/trail.h"
#include "adapter/cli/figures.h"
#include "adapter/cli/serve_inputs.h"
#include "adapter/cli/serve_options.h"
#include "adapter/endpoints/application.h"
#include "adapter/http/rate_limiter.h"
#include "adapter/http/server.h"
#include "adapter/notify/notifier.h"
#include "adapter/service/faulty_sender.h"
#include "adapter/service/forwarding.h"
#include "adapter/service/retention.h"

namespace pas::cli {

class Serving {
 public:
  // What lasts as long as the process.
  struct World {
    const base::Clock& clock;
    base::IdSource& ids;
    observe::Log& log;
  };

  // `options` and what `world` names outlive it; `trail` may be null.
  Serving(const ServeOptions& options, const World& world, ServeInputs inputs, std::unique_ptr<store::Store> store,
          std::unique_ptr<audit::Trail> trail);

  // Listens, tells on standard output where, and begins with what waits in the outbox.
  base::Result<void> start();
  // Policies, payers and rosters, certificate, clients again; what is wrong leaves in force what was.
  void reload();
  // Finishes what runs. False when the time for that was over before.
  bool stop();

 private:
  std::vector<std::string> reload_basis();
  service::TestMode* tester() { return options_.test_mode ? &test_mode_ : nullptr; }
  notify::Sender& chosen_sender();
  notify::SubscriptionOptions subscription_options();
  service::CaseService::Options case_options();
  service::SubmitService::Options submit_options();
  service::Forwarding::Services forwarding_services();
  endpoints::SubscriptionServices subscription_services();
  http::Options public_listener();
  http::Response answer(http::Request& request);
  endpoints::Router public_router();
  endpoints::Router admin_router();
  base::Result<void> start_admin();

  const ServeOptions& options_;
  const World world_;
  ServeInputs inputs_;  // without the basis, which is the adjudicator's
  const std::unique_ptr<store::Store> store_;
  const std::unique_ptr<audit::Trail> trail_;

  Figures figures_;
  gateway::Backends backends_;  // initialized before the adjudicator takes the basis
  service::Adjudicator adjudicator_;
  service::TestMode test_mode_;
  const service::SubmitService submit_;
  const service::InquireService inquire_;

  std::string public_url_;  // known once the server listens, and asked for only after that
  const notify::SubscriptionService subscriptions_;
  const notify::Backoff backoff_ = notify::Backoff::with_random_jitter();
  const std::unique_ptr<notify::Sender> sender_ = notify::make_http_sender({});
  service::FaultySender faulty_sender_;
  notify::Notifier notifier_;
  notify::OutboxWorker worker_;
  const service::CaseService cases_;
  const service::Forwarding forwarding_;

  http::RateLimiter limiter_;
  // The routes name the public URL, which may need the port that the system chooses: early requests wait for them.
  std::promise<endpoints::Router> routes_;
  const std::shared_future<endpoints::Router> router_ = routes_.get_future().share();
  std::atomic<bool> is_draining_ = false;
  http::Server server_;
  std::unique_ptr<http::Server> admin_;  // null without --admin-listen
  std::optional<service::RetentionJob> retention_;
  std::mutex reload_mutex_;
};

}  // namespace pas::cli
