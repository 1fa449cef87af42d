// serve: builds everything from its options, answers until SIGTERM, and finishes what runs.

#include <csignal>
#include <iostream>
#include <memory>
#include <string>

#include "adapter/cli/commands.h"
#include "adapter/cli/files.h"
#include "adapter/endpoints/application.h"
#include "adapter/endpoints/outcomes.h"
#include "adapter/http/server.h"
#include "adapter/observe/log.h"
#include "adapter/service/submit_service.h"
#include "adapter/store/store.h"

namespace pas::cli {
namespace {

struct ServeOptions {
  std::string listen = "127.0.0.1:8080";
  std::string public_url;
  std::string store = "sqlite:pas-adapter.db";
  std::string policies = "mappings/policies";
  std::string providers;
  unsigned workers = 16;
  std::size_t body_limit_mb = 64;
  unsigned grace_seconds = 30;
};

// The day of the release, for CapabilityStatement.date.
constexpr base::Date kReleaseDate{std::chrono::year{2026}, std::chrono::November, std::chrono::day{24}};

struct Address {
  std::string host;
  std::uint16_t port = 0;
};

// HOST:PORT, or [IPv6]:PORT.
std::optional<Address> parse_address(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  Address address{text.substr(0, colon)};
  if (address.host.front() == '[' && address.host.back() == ']') {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  const std::string port = text.substr(colon + 1);
  int value = 0;
  for (const char c : port) {
    if (c < '0' || c > '9' || value > 65535) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  if (port.empty() || value > 65535) return std::nullopt;
  address.port = static_cast<std::uint16_t>(value);
  return address;
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
  return signals;
}

void reload(service::Adjudicator& adjudicator, const std::string& directory, observe::Log& log) {
  auto policies = load_policies(directory);
  if (policies) {
    adjudicator.replace_policies(std::move(*policies));
    log.write(observe::Severity::kInfo, "cli.policies-reloaded", {});
  } else {
    std::cerr << policies.error();
    log.write(observe::Severity::kError, "cli.policies-refused", {});
  }
}

int serve(const ServeOptions& options) {
  const auto address = parse_address(options.listen);
  if (!address) {
    std::cerr << "pas-adapter: --listen takes HOST:PORT, not " << options.listen << "\n";
    return kUsage;
  }
  const sigset_t signals = block_signals();
  const base::SystemClock clock;
  base::RandomIds ids;
  observe::Log log = observe::Log::to_stderr(observe::Severity::kInfo, clock);

  auto policies = load_policies(options.policies);
  if (!policies) {
    std::cerr << policies.error();
    return kFailed;
  }
  auto roster = load_roster(options.providers);
  if (!roster) {
    std::cerr << roster.error();
    return kFailed;
  }
  auto store = store::open_store(options.store);
  if (!store) {
    std::cerr << "pas-adapter: " << store.error().message << "\n";
    return kFailed;
  }

  json::Limits limits;
  limits.bytes = options.body_limit_mb << 20U;
  service::Adjudicator adjudicator(std::move(*policies), std::move(*roster), limits);
  const service::SubmitService submit(adjudicator, **store, clock, ids, {});

  http::Options http_options;
  http_options.host = address->host;
  http_options.port = address->port;
  http_options.workers = options.workers;
  http_options.limits.body_bytes = limits.bytes;
  const std::string public_url = options.public_url.empty() ? "http://" + options.listen : options.public_url;
  const endpoints::Router router = endpoints::make_router(
      {.submit = submit, .store = **store}, {.software_version = PAS_VERSION, .build_date = kReleaseDate}, public_url);
  http::Server server(
      http_options, [&router](http::Request&& request) { return router.handle(request); }, endpoints::refusal_of_http,
      log, clock, ids);
  const auto port = server.start();
  if (!port) {
    std::cerr << "pas-adapter: " << port.error().message << "\n";
    return kFailed;
  }
  std::cout << "pas-adapter " << PAS_VERSION << " is ready at http://" << address->host << ":" << *port
            << "/fhir (store " << options.store << ")" << std::endl;

  for (int signal = 0; sigwait(&signals, &signal) == 0 && signal == SIGHUP;) {
    reload(adjudicator, options.policies, log);
  }
  const bool clean = server.stop(std::chrono::seconds(options.grace_seconds));
  log.write(observe::Severity::kInfo, "cli.stopped", {}, {{"clean", clean}});
  return kDone;
}

}  // namespace

void add_serve(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ServeOptions>();
  CLI::App* command = app.add_subcommand("serve", "Answer PAS requests over HTTP");
  command->set_config("--config", "", "Read options from a TOML file")->envname("PAS_CONFIG");
  command->allow_config_extras(CLI::config_extras_mode::error);
  command->add_option("--listen", options->listen, "HOST:PORT")->envname("PAS_LISTEN")->capture_default_str();
  command->add_option("--public-url", options->public_url, "How clients reach this server; default http://LISTEN")
      ->envname("PAS_PUBLIC_URL");
  command->add_option("--store", options->store, "sqlite:FILE or memory")->envname("PAS_STORE")->capture_default_str();
  command->add_option("--policies", options->policies, "Folder of the payers' policies")
      ->envname("PAS_POLICIES")
      ->capture_default_str();
  command->add_option("--providers", options->providers, "Roster of enrolled providers (CSV)")
      ->envname("PAS_PROVIDERS");
  command->add_option("--workers", options->workers, "Requests handled at once")
      ->envname("PAS_WORKERS")
      ->check(CLI::Range(1U, 1024U))
      ->capture_default_str();
  command->add_option("--body-limit-mb", options->body_limit_mb, "Largest request body")
      ->envname("PAS_BODY_LIMIT_MB")
      ->check(CLI::Range(1U, 1024U))
      ->capture_default_str();
  command->add_option("--grace-seconds", options->grace_seconds, "Time for running requests when stopping")
      ->envname("PAS_GRACE_SECONDS")
      ->capture_default_str();
  command->callback([options, &exit_code] { exit_code = serve(*options); });
}

}  // namespace pas::cli
