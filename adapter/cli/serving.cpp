#include "adapter/cli/serving.h"

#include <iostream>
#include <utility>

#include "adapter/cli/forward_messages.h"
#include "adapter/cli/retention_options.h"
#include "adapter/endpoints/admin.h"
#include "adapter/endpoints/admin_json.h"
#include "adapter/endpoints/outcomes.h"
#include "adapter/endpoints/test_endpoints.h"
#include "fhir/base/text.h"

namespace pas::cli {
namespace {

// The day of the release, for CapabilityStatement.date.
constexpr base::Date kReleaseDate{std::chrono::year{2026}, std::chrono::November, std::chrono::day{24}};

std::string url_of(std::string_view scheme, const std::string& host, std::uint16_t port) {
  const bool ipv6 = host.find(':') != std::string::npos;
  return std::string(scheme) + "://" + (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

constexpr unsigned kAdminWorkers = 2;

json::Limits limits_of(const ServeOptions& options) {
  json::Limits limits;
  limits.bytes = options.body_limit_mb << 20U;
  return limits;
}

// "harbor: policy, forward; tidewater: review"
std::string shown(const std::vector<service::Deciders>& all) {
  std::string text;
  for (const service::Deciders& payer : all) {
    text.append(text.empty() ? "" : "; ").append(payer.payer).append(": ").append(base::joined(payer.backend));
  }
  return text;
}

}  // namespace

Serving::Serving(const ServeOptions& options, const World& world, ServeInputs inputs,
                 std::unique_ptr<store::Store> store, std::unique_ptr<audit::Trail> trail)
    : options_(options),
      world_(world),
      inputs_(std::move(inputs)),
      store_(std::move(store)),
      trail_(std::move(trail)),
      backends_(inputs_.basis.payers, world.clock, world.ids,
                [this](std::string payer) { return figures_.count_tries(std::move(payer)); }),
      adjudicator_(std::move(inputs_.basis), inputs_.validation, limits_of(options), inputs_.documents->tools()),
      submit_(adjudicator_, *store_, world.clock, world.ids, submit_options()),
      inquire_(adjudicator_, *inputs_.validation, *store_, world.clock,
               [this](const store::Case& record, const service::InquireRequest& request, service::Deadline until) {
                 return forwarding_.inquire({record.id, request.origin, until}, request.via);
               }),
      subscriptions_(*store_, world.clock, world.ids, subscription_options()),
      faulty_sender_(*sender_, test_mode_),
      notifier_(*store_, subscriptions_, chosen_sender(), backoff_, world.clock),
      worker_(*store_, backoff_, world.clock, world.ids, world.log, {}),
      cases_(adjudicator_, *store_, world.clock, case_options()),
      forwarding_(forwarding_services()),
      limiter_(options.transport.rate),
      server_(
          public_listener(), [this](http::Request&& request) { return answer(request); }, endpoints::refusal_of_http,
          world.log, world.clock, world.ids) {
  notifier_.register_at(worker_);
  register_case_messages(worker_, cases_, *store_, world.log);
  register_forward_messages(worker_, forwarding_);
  figures_.watch(*store_, server_, backends_, world.log, world.clock);
}

notify::Sender& Serving::chosen_sender() {
  if (tester() != nullptr) return faulty_sender_;
  return *sender_;
}

notify::SubscriptionOptions Serving::subscription_options() {
  notify::SubscriptionOptions made;
  made.endpoints = {options_.notify_allow_http, parse_hosts(options_.notify_allow_host)};
  made.honour_end = !options_.notify_ignore_end;
  made.may_subscribe = [this](std::string_view client, std::string_view organization) {
    return inputs_.callers->may_subscribe(client, organization);
  };
  made.base_url = [this](std::string_view version) { return public_url_ + "/pas/" + std::string(version) + "/fhir"; };
  return made;
}

service::CaseService::Options Serving::case_options() {
  service::CaseService::Options made;
  made.deny_at_deadline = options_.deadlines.deny;
  made.base_url = subscriptions_.options().base_url;
  made.figures = &figures_.of_services();
  made.subscribers = [this](const store::Case& record) { return subscriptions_.matching(record); };
  for (const endpoints::VersionBase& base : endpoints::versions()) made.versions.push_back(base.version);
  return made;
}

service::SubmitService::Options Serving::submit_options() {
  service::SubmitService::Options made;
  made.timetable = timetable_of(options_.deadlines);
  made.test_mode = tester();
  made.figures = &figures_.of_services();
  made.forward = [this](const std::string& case_id, const service::SubmitRequest& request, service::Deadline until) {
    return forwarding_.forward({case_id, request.origin, until}, request.via).is_answered();
  };
  return made;
}

service::Forwarding::Services Serving::forwarding_services() {
  return {.backends = backends_,
          .cases = cases_,
          .adjudicator = adjudicator_,
          .validation = *inputs_.validation,
          .store = *store_,
          .clock = world_.clock,
          .log = world_.log,
          .versions = case_options().versions,
          .notification_url = [this](std::string_view payer) {
            return public_url_ + "/gateway/" + std::string(payer) + "/notification";
          }};
}

http::Options Serving::public_listener() {
  const Address address = *parse_address(options_.listen);
  http::Options made;
  made.host = address.host;
  made.port = address.port;
  made.workers = options_.workers;
  made.limits.body_bytes = limits_of(options_).bytes;
  made.tls = inputs_.tls;
  made.on_answer = figures_.count_answers("public");
  made.address_limits = {options_.transport.client_connections, options_.transport.client_body_mb << 20U};
  return made;
}

http::Response Serving::answer(http::Request& request) {
  const endpoints::Router& router = router_.get();
  const auth::Identity caller = inputs_.callers->identify(request);
  const bool is_known = caller.principal && !caller.principal->is_unrestricted;
  const auto wait =
      limiter_.take(is_known ? "client " + caller.principal->client : http::client_of(request.remote_address),
                    std::chrono::steady_clock::now());
  if (wait) return endpoints::too_many_requests(*wait);
  const auto handle = [&](http::Request& passed) { return router.handle(passed, caller); };
  if (tester() == nullptr || !caller.principal) return handle(request);
  return endpoints::answer_in_test_mode(request, handle, caller.principal->client, test_mode_, world_.clock);
}

endpoints::SubscriptionServices Serving::subscription_services() {
  return {.subscriptions = subscriptions_,
          .validation = *inputs_.validation,
          .store = *store_,
          .clock = world_.clock,
          .wake = [this] { worker_.wake(); }};
}

endpoints::Router Serving::public_router() {
  const auto smart = inputs_.callers->services();
  return endpoints::make_router({.submit = submit_,
                                 .inquire = inquire_,
                                 .cases = cases_,
                                 .adjudicator = adjudicator_,
                                 .store = *store_,
                                 .validation = *inputs_.validation,
                                 .clock = world_.clock,
                                 .ids = world_.ids,
                                 .is_draining = is_draining_,
                                 .subscriptions = subscription_services(),
                                 .test_mode = tester(),
                                 .trail = trail_.get(),
                                 .smart = smart,
                                 .forwarding = options_.payers.empty() ? nullptr : &forwarding_},
                                {.software_version = PAS_VERSION,
                                 .build_date = kReleaseDate,
                                 .test_mode = options_.test_mode,
                                 .asks_for_tokens = smart.has_value()},
                                public_url_);
}

endpoints::Router Serving::admin_router() {
  return endpoints::make_admin_router({.cases = cases_,
                                       .adjudicator = adjudicator_,
                                       .store = *store_,
                                       .clock = world_.clock,
                                       .subscriptions = subscription_services(),
                                       .reload = [this] { return reload_basis(); },
                                       .figures = figures_.registry(),
                                       .is_draining = is_draining_,
                                       .test_mode = tester(),
                                       .trail = trail_.get()});
}

base::Result<void> Serving::start() {
  const auto port = server_.start();
  if (!port) return port.error();
  const std::string here = url_of(inputs_.tls ? "https" : "http", parse_address(options_.listen)->host, *port);
  public_url_ = options_.public_url.empty() ? here : options_.public_url;
  inputs_.callers->begin(public_url_);
  routes_.set_value(public_router());
  if (!options_.admin_listen.empty()) {
    if (auto started = start_admin(); !started) return started;
  }
  worker_.start();
  const auto payers = adjudicator_.basis().payers;
  if (auto told = subscribe_at_payers(*store_, forwarding_, payers.get(), world_.clock); !told) return told;
  if (!options_.retain.empty()) retention_.emplace(*store_, world_.clock, world_.log, retention_age(options_.retain));
  std::cout << "pas-adapter " << PAS_VERSION << " is ready at " << here << "/fhir (store "
            << store::shown(options_.store) << ")" << std::endl;
  if (!inputs_.callers->services())
    std::cout << "NO AUTHENTICATION (--auth none): whoever reaches this address may do everything" << std::endl;
  return {};
}

base::Result<void> Serving::start_admin() {
  const Address address = *parse_address(options_.admin_listen);
  http::Options options;
  options.host = address.host;
  options.port = address.port;
  options.workers = kAdminWorkers;
  options.on_answer = figures_.count_answers("admin");
  if (!is_loopback(address.host)) options.tls = inputs_.tls;
  admin_ = std::make_unique<http::Server>(
      options,
      [this, router = admin_router()](http::Request&& request) {
        return router.handle(request, inputs_.callers->identify(request));
      },
      endpoints::problem_of_http, world_.log, world_.clock, world_.ids);
  const auto port = admin_->start();
  if (!port) return port.error();
  std::cout << "admin routes at " << url_of(options.tls ? "https" : "http", address.host, *port) << "/admin"
            << std::endl;
  return {};
}

// Every mistake; none when what is read is in force.
std::vector<std::string> Serving::reload_basis() {
  const std::scoped_lock lock(reload_mutex_);
  auto basis = load_basis(options_);
  if (!basis) {
    for (const std::string& mistake : basis.error()) {
      world_.log.write(observe::Severity::kError, "cli.policies_refused", {}, {{"what", mistake}});
    }
    return basis.error();
  }
  report_missing_tools(*inputs_.documents, *basis->policies, world_.log);
  const auto payers = basis->payers;
  const std::string deciders = shown(service::deciders_of(*basis));
  backends_.replace(payers);  // before a request is routed to a new one
  adjudicator_.replace(std::move(*basis));
  if (const auto told = subscribe_at_payers(*store_, forwarding_, payers.get(), world_.clock); !told) {
    world_.log.write(observe::Severity::kWarning, "gateway.not_subscribed", {}, {{"what", told.error().message}});
  }
  world_.log.write(observe::Severity::kInfo, "cli.policies_reloaded", {}, {{"payers", deciders}});
  return {};
}

void Serving::reload() {
  const bool is_reloaded = reload_basis().empty();
  if (trail_) (void)trail_->write({.kind = &audit::kConfigured, .what = "SIGHUP", .status = is_reloaded ? 200 : 422});
  if (inputs_.tls) {  // the certificate and all that stands beside it
    if (const auto done = inputs_.tls->reload()) {
      world_.log.write(observe::Severity::kInfo, "cli.tls_reloaded", {});
    } else {
      world_.log.write(observe::Severity::kError, "cli.tls_refused", {}, {{"what", done.error().message}});
    }
  }
  inputs_.callers->reload();
}

bool Serving::stop() {
  const std::chrono::seconds grace(options_.grace_seconds);
  is_draining_ = true;
  const bool is_clean = server_.stop(grace);
  if (admin_) admin_->stop(grace);
  worker_.stop();
  retention_.reset();
  return is_clean;
}

}  // namespace pas::cli
