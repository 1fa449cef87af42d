// serve: builds everything from its options, answers until SIGTERM, and finishes what runs.

#include <algorithm>
#include <atomic>
#include <csignal>
#include <future>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapter/audit/trail.h"
#include "adapter/cli/auth_options.h"
#include "adapter/cli/commands.h"
#include "adapter/cli/figures.h"
#include "adapter/cli/files.h"
#include "adapter/cli/retention_options.h"
#include "adapter/cli/serve_options.h"
#include "adapter/cli/settings.h"
#include "adapter/endpoints/application.h"
#include "adapter/endpoints/monitor_endpoints.h"
#include "adapter/endpoints/outcomes.h"
#include "adapter/endpoints/policy_endpoints.h"
#include "adapter/endpoints/review_endpoints.h"
#include "adapter/endpoints/test_endpoints.h"
#include "adapter/http/server.h"
#include "adapter/notify/notifier.h"
#include "adapter/observe/log.h"
#include "adapter/service/faulty_sender.h"
#include "adapter/service/retention.h"
#include "adapter/service/submit_service.h"
#include "adapter/store/store.h"

namespace pas::cli {
namespace {

// The day of the release, for CapabilityStatement.date.
constexpr base::Date kReleaseDate{std::chrono::year{2026}, std::chrono::November, std::chrono::day{24}};

std::string url_of(std::string_view scheme, const std::string& host, std::uint16_t port) {
  const bool ipv6 = host.find(':') != std::string::npos;
  return std::string(scheme) + "://" + (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

// Blocked before any thread starts, so that only the main thread takes them.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file at its size limit is a failed write, like a full disk
  return signals;
}

void report_missing_tools(const LoadedDocumentTools& tools, const policy::PolicySet& policies, observe::Log& log) {
  const std::string missing = tools.missing(policies);
  if (!missing.empty()) log.write(observe::Severity::kWarning, "cli.tools_missing", {}, {{"what", missing}});
}

// Every mistake; none when the policies are in force.
std::vector<std::string> reload(service::Adjudicator& adjudicator, const std::string& directory,
                                const LoadedDocumentTools& tools, observe::Log& log) {
  auto policies = policy::PolicySet::load(directory);
  if (!policies) {
    std::vector<std::string> mistakes = mistakes_of(policies.error(), directory);
    for (const std::string& mistake : mistakes) {
      log.write(observe::Severity::kError, "cli.policies_refused", {}, {{"what", mistake}});
    }
    return mistakes;
  }
  report_missing_tools(tools, **policies, log);
  adjudicator.replace_policies(std::move(*policies));
  log.write(observe::Severity::kInfo, "cli.policies_reloaded", {});
  return {};
}

// The certificate and all that stands beside it.
void reload(http::Tls& tls, observe::Log& log) {
  const auto done = tls.reload();
  if (done) {
    log.write(observe::Severity::kInfo, "cli.tls_reloaded", {});
  } else {
    log.write(observe::Severity::kError, "cli.tls_refused", {}, {{"what", done.error().message}});
  }
}

// What of the definitions the operator should know: that they are here, what is not, and what was left out.
void report_loading(const service::ValidationService::Loading& loading, observe::Log& log) {
  log.write(observe::Severity::kInfo, "cli.definitions_loaded", {}, {{"us", loading.time.count()}});
  std::string missing;
  for (const definitions::PackageId& id : loading.missing)
    missing.append(missing.empty() ? "" : ", ").append(id.to_string());
  if (!missing.empty()) log.write(observe::Severity::kInfo, "cli.packages_missing", {}, {{"packages", missing}});
  for (const std::string& remark : loading.remarks) {
    log.write(observe::Severity::kWarning, "cli.definition_left_out", {}, {{"what", remark}});
  }
}

// SIGHUP loads policies and certificate again; SIGTERM and SIGINT end the wait.
void wait_for_the_end(const sigset_t& signals, const std::function<void()>& on_hangup) {
  for (int signal = 0; sigwait(&signals, &signal) == 0 && signal == SIGHUP;) on_hangup();
}

// Whom only this machine reaches.
bool is_local(const ServeOptions& options) {
  return is_loopback(parse_address(options.listen)->host) &&
         (options.admin_listen.empty() || is_loopback(parse_address(options.admin_listen)->host));
}

int serve(const ServeOptions& options, const std::string& settings) {
  const sigset_t signals = block_signals();
  const base::SystemClock clock;
  base::RandomIds ids;
  observe::Log log = observe::Log::to_stderr(observe::Severity::kInfo, clock);
  auto policies = load_policies(options.policies);
  auto roster = load_roster(options.providers);
  auto validation = load_validation(options.packages);
  const auto documents = load_document_tools(options.documents);
  const auto tls = load_tls(options.transport);
  const auto authentication = Authentication::load(options.auth, clock, ids, log);
  auto store_keys = load_store_keys(options.store_keys);
  if (!policies || !roster || !validation || !documents || !tls || !authentication || !store_keys) {
    std::cerr << (policies ? "" : policies.error()) << (roster ? "" : roster.error())
              << (validation ? "" : validation.error()) << (documents ? "" : documents.error())
              << (tls ? "" : "pas-adapter: " + tls.error().message + "\n")
              << (authentication ? "" : authentication.error())
              << (store_keys ? "" : "pas-adapter: " + store_keys.error().message + "\n");
    return kFailed;
  }
  Authentication& callers = **authentication;
  if (options.check) {
    std::cout << settings;
    return kDone;
  }
  auto store = store::open_store(options.store, std::move(*store_keys));
  if (!store) {
    std::cerr << "pas-adapter: " << store.error().message << "\n";
    return kFailed;
  }

  std::unique_ptr<audit::Trail> trail;
  if (!options.audit.empty()) {
    auto opened =
        audit::Trail::open({.file = options.audit, .rotate_bytes = options.audit_rotate_mb << 20U}, clock, log);
    if (!opened) {
      std::cerr << "pas-adapter: --audit: " << opened.error().message << "\n";
      return kFailed;
    }
    trail = std::move(*opened);
  }

  report_loading((*validation)->loading(), log);
  json::Limits limits;
  limits.bytes = options.body_limit_mb << 20U;
  report_missing_tools(**documents, **policies, log);
  service::Adjudicator adjudicator(std::move(*policies), std::move(*roster), *validation, limits,
                                   (*documents)->tools());
  service::TestMode test_mode;
  service::TestMode* const tester = options.test_mode ? &test_mode : nullptr;
  Figures figures;
  const service::SubmitService submit(
      adjudicator, **store, clock, ids,
      {.timetable = timetable_of(options.deadlines), .test_mode = tester, .figures = &figures.of_services()});
  const service::InquireService inquire(adjudicator, **validation, **store, clock);

  std::string public_url;  // known once the server listens, and asked for only after that
  notify::SubscriptionOptions subscription_options;
  subscription_options.endpoints = {options.notify_allow_http, parse_hosts(options.notify_allow_host)};
  subscription_options.honour_end = !options.notify_ignore_end;
  subscription_options.may_subscribe = [&callers](std::string_view client, std::string_view organization) {
    return callers.may_subscribe(client, organization);
  };
  subscription_options.base_url = [&public_url](std::string_view version) {
    return public_url + "/pas/" + std::string(version) + "/fhir";
  };
  const notify::SubscriptionService subscriptions(**store, clock, ids, subscription_options);
  const notify::Backoff backoff = notify::Backoff::with_random_jitter();
  const std::unique_ptr<notify::Sender> sender = notify::make_http_sender({});
  service::FaultySender faulty_sender(*sender, test_mode);
  notify::Sender& chosen_sender = tester != nullptr ? static_cast<notify::Sender&>(faulty_sender) : *sender;
  notify::Notifier notifier(**store, subscriptions, chosen_sender, backoff, clock);
  notify::OutboxWorker worker(**store, backoff, clock, ids, log, {});
  notifier.register_at(worker);
  service::CaseService::Options case_options;
  case_options.deny_at_deadline = options.deadlines.deny;
  case_options.base_url = subscription_options.base_url;
  case_options.figures = &figures.of_services();
  case_options.subscribers = [&subscriptions](const store::Case& record) { return subscriptions.matching(record); };
  for (const endpoints::VersionBase& base : endpoints::versions()) case_options.versions.push_back(base.version);
  const service::CaseService cases(adjudicator, **store, clock, case_options);
  register_case_messages(worker, cases, **store, log);

  const Address address = *parse_address(options.listen);
  http::Options http_options;
  http_options.host = address.host;
  http_options.port = address.port;
  http_options.workers = options.workers;
  http_options.limits.body_bytes = limits.bytes;
  http_options.tls = *tls;
  http_options.on_answer = figures.count_answers("public");
  http_options.address_limits = {options.transport.client_connections, options.transport.client_body_mb << 20U};
  http::RateLimiter limiter(options.transport.rate);
  // The routes name the public URL, which may need the port that the system chooses: early requests wait for them.
  std::promise<endpoints::Router> routes;
  std::atomic<bool> is_draining = false;
  http::Server server(
      http_options,
      [router = routes.get_future().share(), tester, &callers, &limiter, &clock](http::Request&& request) {
        const endpoints::Router& ready = router.get();
        const auth::Identity caller = callers.identify(request);
        const bool is_known = caller.principal && !caller.principal->is_unrestricted;
        const auto wait =
            limiter.take(is_known ? "client " + caller.principal->client : http::client_of(request.remote_address),
                         std::chrono::steady_clock::now());
        if (wait) return endpoints::too_many_requests(*wait);
        const auto handle = [&](http::Request& passed) { return ready.handle(passed, caller); };
        return tester == nullptr || !caller.principal
                   ? handle(request)
                   : endpoints::answer_in_test_mode(request, handle, caller.principal->client, *tester, clock);
      },
      endpoints::refusal_of_http, log, clock, ids);
  figures.watch(**store, server, log, clock);
  const auto port = server.start();
  if (!port) {
    std::cerr << "pas-adapter: " << port.error().message << "\n";
    return kFailed;
  }
  const std::string here = url_of(*tls ? "https" : "http", address.host, *port);
  public_url = options.public_url.empty() ? here : options.public_url;
  callers.begin(public_url);
  const auto smart = callers.services();
  const endpoints::SubscriptionServices subscription_services{
      .subscriptions = subscriptions, .validation = **validation, .store = **store, .clock = clock, .wake = [&worker] {
        worker.wake();
      }};
  routes.set_value(endpoints::make_router({.submit = submit,
                                           .inquire = inquire,
                                           .cases = cases,
                                           .adjudicator = adjudicator,
                                           .store = **store,
                                           .validation = **validation,
                                           .clock = clock,
                                           .ids = ids,
                                           .is_draining = is_draining,
                                           .subscriptions = subscription_services,
                                           .test_mode = tester,
                                           .trail = trail.get(),
                                           .smart = smart},
                                          {.software_version = PAS_VERSION,
                                           .build_date = kReleaseDate,
                                           .test_mode = options.test_mode,
                                           .token_url = smart ? smart->token_url : ""},
                                          public_url));
  const auto admin_router = [&] {
    std::vector<endpoints::Route> all = endpoints::review_routes(cases, **store, clock);
    const auto add = [&all](std::vector<endpoints::Route> more) { std::ranges::move(more, std::back_inserter(all)); };
    add(endpoints::delivery_routes(subscription_services));
    add(endpoints::policy_routes(adjudicator, [&] { return reload(adjudicator, options.policies, **documents, log); }));
    add(endpoints::health_routes(**store, adjudicator, is_draining));
    add(endpoints::metrics_routes(figures.registry()));
    if (tester != nullptr) add(endpoints::trace_routes(*tester));
    return endpoints::Router(std::move(all), {}, {}, trail.get());
  };
  std::unique_ptr<http::Server> admin;
  if (!options.admin_listen.empty()) {
    const Address admin_address = *parse_address(options.admin_listen);
    http::Options admin_options;
    admin_options.host = admin_address.host;
    admin_options.port = admin_address.port;
    admin_options.workers = 2;
    admin_options.on_answer = figures.count_answers("admin");
    if (!is_loopback(admin_address.host)) admin_options.tls = *tls;
    admin = std::make_unique<http::Server>(
        admin_options,
        [router = admin_router(), &callers](http::Request&& request) {
          return router.handle(request, callers.identify(request));
        },
        endpoints::refusal_of_http, log, clock, ids);
    const auto admin_port = admin->start();
    if (!admin_port) {
      std::cerr << "pas-adapter: " << admin_port.error().message << "\n";
      return kFailed;
    }
    std::cout << "admin routes at " << url_of(admin_options.tls ? "https" : "http", admin_address.host, *admin_port)
              << "/admin" << std::endl;
  }
  worker.start();
  std::optional<service::RetentionJob> retention;
  if (!options.retain.empty()) retention.emplace(**store, clock, log, retention_age(options.retain));
  std::cout << "pas-adapter " << PAS_VERSION << " is ready at " << here << "/fhir (store "
            << store::shown(options.store) << ")" << std::endl;
  if (!smart)
    std::cout << "NO AUTHENTICATION (--auth none): whoever reaches this address may do everything" << std::endl;

  wait_for_the_end(signals, [&] {
    const bool is_reloaded = reload(adjudicator, options.policies, **documents, log).empty();
    if (trail) (void)trail->write({.kind = &audit::kConfigured, .what = "SIGHUP", .status = is_reloaded ? 200 : 422});
    if (*tls) reload(**tls, log);
    callers.reload();
  });
  is_draining = true;
  const bool clean = server.stop(std::chrono::seconds(options.grace_seconds));
  if (admin) admin->stop(std::chrono::seconds(options.grace_seconds));
  worker.stop();
  retention.reset();
  log.write(observe::Severity::kInfo, "cli.stopped", {}, {{"clean", clean}});
  return kDone;
}

}  // namespace

void add_serve(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ServeOptions>();
  CLI::App* command = app.add_subcommand("serve", "Answer PAS requests over HTTP until SIGTERM");
  command->footer(std::string(kSettingsFooter) +
                  "\nSIGHUP loads the policies, the registered clients, and the certificate with its key, again; what "
                  "is wrong leaves"
                  "\nin force what was."
                  "\nExit code: 0 stopped by SIGTERM or SIGINT; 1 policies, roster, trust store, certificate, clients, "
                  "keys, store or"
                  "\naddress cannot be had; 2 "
                  "wrong call.");
  add_serve_options(*command, *options);
  const CLI::Option* config = command->add_option("--config", "Read options from a TOML file (PAS_CONFIG)")
                                  ->type_name("FILE")
                                  ->configurable(false);
  command->add_flag("--check", options->check, "Load everything but the store, print the settings in force, and exit")
      ->configurable(false);
  command->callback([=, &exit_code] {
    fill_in(*command, *config);
    check_transport(options->transport, "--listen", parse_address(options->listen)->host, options->body_limit_mb);
    if (!options->admin_listen.empty()) {
      check_transport(options->transport, "--admin-listen", parse_address(options->admin_listen)->host,
                      options->body_limit_mb);
    }
    const std::string fault = find_auth_fault(options->auth, is_local(*options));
    if (!fault.empty()) throw CLI::ValidationError(fault);
    exit_code = serve(*options, settings_in_force(*command));
  });
}

}  // namespace pas::cli
