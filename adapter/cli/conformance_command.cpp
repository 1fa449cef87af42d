// conformance: the kit's checks against any PAS server.

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "adapter/cli/client_token.h"
#include "adapter/cli/commands.h"
#include "adapter/cli/files.h"
#include "adapter/conformance/kit.h"
#include "fhir/base/clock.h"
#include "mappings/pas/v2_0_1/version.h"
#include "mappings/pas/v2_2_1/version.h"

namespace pas::cli {
namespace {

struct ConformanceOptions {
  conformance::Settings settings;
  ClientTokenOptions token;
  ClientTokenOptions other;
  std::string version = std::string(v2_2_1::kVersion.name);
  std::vector<std::string> bundles;
  unsigned patience_s = 10;
  std::string format = "text";
  std::string out;
};

// The kit's own without files.
base::Result<std::vector<conformance::NamedBundle>> bundles_of(const std::vector<std::string>& files) {
  std::vector<conformance::NamedBundle> bundles;
  if (files.empty()) {
    for (const auto& [name, text] : conformance::embedded_bundles()) {
      bundles.push_back({std::string(name), std::string(text)});
    }
    return bundles;
  }
  const auto paths = expand(files);
  if (!paths) return paths.error();
  for (const std::string& path : *paths) {
    auto text = read_all(path);
    if (!text) return text.error();
    bundles.push_back({std::filesystem::path(path).stem().string(), *std::move(text)});
  }
  return bundles;
}

// Headers with a token of that client, none without a client. kUnavailable: the server gives none.
base::Result<std::vector<std::string>> headers_of(const ClientTokenOptions& client, const std::string& base_url) {
  auto tokens = ClientTokens::open(client, base_url);
  const auto token = tokens ? tokens->token() : base::Result<std::string>(tokens.error());
  if (!token) return token.error();
  if (token->empty()) return std::vector<std::string>();
  return std::vector<std::string>{"Authorization: Bearer " + *token};
}

std::string text_of(const conformance::Report& report, std::string_view format) {
  return format == "html" ? to_html(report) : format == "json" ? to_json(report) : to_text(report);
}

int conformance_run(const ConformanceOptions& options) {
  conformance::Settings settings = options.settings;
  while (settings.base_url.ends_with('/')) settings.base_url.pop_back();
  settings.patience = std::chrono::seconds(options.patience_s);
  settings.version = options.version == v2_0_1::kVersion.name ? &v2_0_1::kVersion : &v2_2_1::kVersion;
  auto bundles = bundles_of(options.bundles);
  if (!bundles) {
    std::cerr << "pas-adapter: " << bundles.error().message << "\n";
    return kUsage;
  }
  settings.bundles = *std::move(bundles);
  ClientTokenOptions other = options.other;
  other.scope = options.token.scope;
  other.token_url = options.token.token_url;
  for (const auto& [client, headers] :
       {std::pair(&options.token, &settings.headers), {&other, &settings.other_headers}}) {
    auto given = headers_of(*client, settings.base_url);
    if (!given) {
      std::cerr << "pas-adapter: " << given.error().message << "\n";
      return given.error().code == base::ErrorCode::kUnavailable ? kFailed : kUsage;
    }
    *headers = *std::move(given);
  }
  const auto validation = load_validation("");
  if (!validation) {
    std::cerr << validation.error();
    return kFailed;
  }
  base::RandomIds ids;
  const auto report = conformance::run(settings, **validation, base::SystemClock(), ids);
  if (!report) {
    std::cerr << "pas-adapter: " << report.error().message << "\n";
    return kUsage;
  }
  if (options.out.empty()) {
    std::cout << text_of(*report, options.format);
  } else {
    std::ofstream file(options.out, std::ios::binary);
    file << text_of(*report, options.format) << std::flush;
    if (!file) {
      std::cerr << "pas-adapter: " << options.out << " cannot be written\n";
      return kUsage;
    }
    std::cout << to_text(*report);
  }
  return report->count(conformance::Result::kFailed) == 0 ? kDone : kFailed;
}

}  // namespace

void add_conformance(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ConformanceOptions>();
  CLI::App* command = app.add_subcommand("conformance", "Check a PAS server against what PAS asks of a payer");
  command->add_option("--base", options->settings.base_url, "FHIR base URL of the server")->required();
  command->add_option("--version", options->version, "Of PAS")
      ->check(CLI::IsMember({std::string(v2_2_1::kVersion.name), std::string(v2_0_1::kVersion.name)}))
      ->capture_default_str();
  command->add_option("--bundles", options->bundles,
                      "Requests that the server can decide, files or a folder; the first serves for updates, "
                      "inquiries and refusals. Else some of the adapter's samples");
  options->token.scope = "system/Claim.crus system/Subscription.cruds";
  add_client_token_options(*command, options->token);
  CLI::Option* other = command
                           ->add_option("--other-client-id", options->other.client_id,
                                        "Another client, to inquire of what the first one submitted")
                           ->needs("--client-id");
  other->needs(
      command->add_option("--other-client-key", options->other.key, "PEM file of its private key")->needs(other));
  command->add_option("--other-client-key-id", options->other.key_id, "That key's id (kid), as it is registered")
      ->needs(other);
  command->add_option("--listen", options->settings.listen, "Where the kit hears notifications, HOST:PORT")
      ->capture_default_str();
  command->add_option("--patience", options->patience_s, "Seconds to wait for a notification")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  command->add_option("--script", options->settings.script,
                      "URL that makes the next submission pend and be certified later (/test/script of serve "
                      "--test-mode); without it notifications of decisions are not checked");
  command->add_option("--check", options->settings.only, "Ids of the checks to run, as a report names them; else all");
  command->add_option("--report", options->format, "text, json or html")
      ->check(CLI::IsMember({"text", "json", "html"}))
      ->capture_default_str();
  command->add_option("--out", options->out, "File for the report; standard output then has its text form");
  command->footer(
      "Sends requests of invented patients, some of them broken. Exit code: 0 no check failed; 1 one did; 2 wrong "
      "call, or files cannot be read or written.");
  command->callback([options, &exit_code] { exit_code = conformance_run(*options); });
}

}  // namespace pas::cli
