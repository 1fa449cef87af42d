// serve: builds everything from its options, answers until SIGTERM, and finishes what runs.

#include <csignal>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "adapter/cli/commands.h"
#include "adapter/cli/serve_inputs.h"
#include "adapter/cli/serve_options.h"
#include "adapter/cli/serving.h"
#include "adapter/cli/settings.h"

namespace pas::cli {
namespace {

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

// SIGHUP loads policies and certificate again; SIGTERM and SIGINT end the wait.
void wait_for_the_end(const sigset_t& signals, const std::function<void()>& on_hangup) {
  for (int signal = 0; sigwait(&signals, &signal) == 0 && signal == SIGHUP;) on_hangup();
}

// Whom only this machine reaches.
bool is_local(const ServeOptions& options) {
  return is_loopback(parse_address(options.listen)->host) &&
         (options.admin_listen.empty() || is_loopback(parse_address(options.admin_listen)->host));
}

int fail_to_serve(const std::string& why) {
  std::cerr << "pas-adapter: " << why << "\n";
  return kFailed;
}

int serve(const ServeOptions& options, const std::string& settings) {
  const sigset_t signals = block_signals();
  const base::SystemClock clock;
  base::RandomIds ids;
  observe::Log log = observe::Log::to_stderr(observe::Severity::kInfo, clock);
  auto inputs = load_inputs(options, clock, ids, log);
  if (!inputs) {
    std::cerr << inputs.error();
    return kFailed;
  }
  if (options.check) {
    std::cout << settings;
    return kDone;
  }
  auto store = store::open_store(options.store, inputs->store_keys);
  if (!store) return fail_to_serve(store.error().message);
  std::unique_ptr<audit::Trail> trail;
  if (!options.audit.empty()) {
    auto opened =
        audit::Trail::open({.file = options.audit, .rotate_bytes = options.audit_rotate_mb << 20U}, clock, log);
    if (!opened) return fail_to_serve("--audit: " + opened.error().message);
    trail = std::move(*opened);
  }
  report_inputs(*inputs, log);
  Serving serving(options, {clock, ids, log}, std::move(*inputs), std::move(*store), std::move(trail));
  if (const auto started = serving.start(); !started) return fail_to_serve(started.error().message);
  wait_for_the_end(signals, [&serving] { serving.reload(); });
  const bool is_clean = serving.stop();
  log.write(observe::Severity::kInfo, "cli.stopped", {}, {{"clean", is_clean}});
  return kDone;
}

}  // namespace

void add_serve(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ServeOptions>();
  CLI::App* command = app.add_subcommand("serve", "Answer PAS requests over HTTP until SIGTERM");
  command->footer(
      std::string(kSettingsFooter) +
      "\nSIGHUP loads the policies with payers and roster, the registered clients, and the certificate with "
      "its key, again;"
      "\nwhat is wrong leaves in force what was."
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
