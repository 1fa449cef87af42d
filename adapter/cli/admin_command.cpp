// admin: asks the admin API of a running adapter, for scripts. What it answers goes to standard output as it came.

#include <array>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "adapter/cli/commands.h"
#include "adapter/cli/files.h"
#include "adapter/conformance/client.h"

namespace pas::cli {
namespace {

// A row of the admin API: {} in the path is the subcommand's argument.
struct AdminCall {
  const char* name;
  const char* description;
  std::string_view path;
  const char* argument = nullptr;  // what {} stands for
  bool is_post = false;
  bool has_body = false;  // read from a file
};
constexpr std::array<AdminCall, 11> kCalls = {{
    {"queue", "The pended cases", "/admin/queue?limit=500"},
    {"case", "A case with its decision records and history", "/admin/cases/{}", "ID"},
    {"request", "A case's request, with the text of its documents", "/admin/cases/{}/request", "ID"},
    {"preview", "The response that a decision would send", "/admin/cases/{}/preview", "ID", true, true},
    {"decide", "Decide items of a case", "/admin/cases/{}/decision", "ID", true, true},
    {"statistics", "What waits, and what was decided", "/admin/statistics"},
    {"policies", "The policies and payers in force", "/admin/policies"},
    {"reload", "Load policies, payers and rosters again", "/admin/policies/reload", nullptr, true},
    {"deliveries", "What became of a subscription's notifications", "/admin/deliveries?subscription={}", "ID"},
    {"replay", "Make a failed message due again", "/admin/outbox/{}/replay", "MESSAGE", true},
    {"openapi", "The description of the admin API", "/admin/openapi.json"},
}};

struct AdminOptions {
  std::string to = "http://127.0.0.1:8081";
  std::string argument;
  std::string body_file;
};

// An id goes into a path or a query as it is: nothing that would mean something there.
bool is_plain(const std::string& id) {
  return id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") == std::string::npos;
}

int call(const AdminCall& row, const AdminOptions& options) {
  std::string url = options.to;
  if (url.ends_with('/')) url.pop_back();
  url.append(row.path);
  if (row.argument != nullptr) {
    if (!is_plain(options.argument)) {
      std::cerr << "pas-adapter: " << row.argument << ": letters, digits, - and . are wanted\n";
      return kUsage;
    }
    url.replace(url.find("{}"), 2, options.argument);
  }
  std::string body;
  if (row.has_body) {
    auto bytes = read_all(options.body_file);
    if (!bytes) {
      std::cerr << "pas-adapter: " << bytes.error().message << "\n";
      return kUsage;
    }
    body = std::move(*bytes);
  }
  conformance::Call asked{.method = row.is_post ? "POST" : "GET", .url = url, .body = body};
  asked.headers.emplace_back("Content-Type: application/json");
  if (const char* token = std::getenv("PAS_ADMIN_TOKEN")) {
    asked.headers.push_back("Authorization: Bearer " + std::string(token));
  }
  const conformance::Answer answer = conformance::Client().ask(asked);
  if (answer.status == 0) {
    std::cerr << "pas-adapter: no answer: " << answer.error << "\n";
    return kFailed;
  }
  const bool is_done = answer.status < 400;
  (is_done ? std::cout : std::cerr) << answer.body << "\n";
  return is_done ? kDone : kFailed;
}

}  // namespace

void add_admin(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<AdminOptions>();
  CLI::App* command = app.add_subcommand("admin", "Ask the admin API of a running adapter, for scripts");
  command->add_option("--to", options->to, "Address of the admin listener")->capture_default_str();
  command->footer(
      "PAS_ADMIN_TOKEN in the environment is sent as the bearer token, where the adapter asks for one."
      "\nExit code: 0 done, the answer on standard output; 1 refused, the problem on standard error, or no answer; 2 "
      "wrong call.");
  command->require_subcommand(1);
  for (const AdminCall& row : kCalls) {
    CLI::App* action = command->add_subcommand(row.name, row.description);
    if (row.argument != nullptr) action->add_option(row.argument, options->argument)->required();
    if (row.has_body) {
      action->add_option("FILE", options->body_file, "The decision as JSON, its revision included; - is standard input")
          ->required();
    }
    action->callback([options, &row, &exit_code] { exit_code = call(row, *options); });
  }
}

}  // namespace pas::cli
