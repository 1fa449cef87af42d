// route: which payer a bundle is for, and why.

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "adapter/cli/commands.h"
#include "adapter/cli/files.h"
#include "fhir/json/bundle_index.h"
#include "mappings/pas/request.h"
#include "mappings/routing/split.h"

namespace pas::cli {
namespace {

struct RouteOptions {
  std::vector<std::string> bundles;
  std::string payers;
  std::string policies = "mappings/policies";
  bool explain = false;
};

int route(const RouteOptions& options) {
  const auto paths = expand(options.bundles);
  const auto policies = load_policies(options.policies);
  if (!paths || !policies) {
    std::cerr << (paths ? "" : "pas-adapter: " + paths.error().message + "\n") << (policies ? "" : policies.error());
    return kUsage;
  }
  const auto payers = load_payers(options.payers, **policies);
  if (!payers) {
    std::cerr << payers.error();
    return kUsage;
  }
  int exit_code = kDone;
  for (const std::string& path : *paths) {
    auto bytes = read_all(path);
    if (!bytes) {
      std::cerr << "pas-adapter: " << bytes.error().message << "\n";
      return kUsage;
    }
    const auto document = json::Document::parse(std::move(*bytes));
    if (!document) {
      std::cout << path << ": refused: " << document.error().message << "\n";
      exit_code = kFailed;
      continue;
    }
    const json::BundleIndex index(pas::submitted_bundle(document->root()));
    const auto [request, report] = pas::read_request(index);
    if (report.has_errors()) {
      std::cout << path << ": refused: it is no PAS request (pas-adapter validate tells why)\n";
      exit_code = kFailed;
      continue;
    }
    routing::Split split;
    if (request.focal.size() > 1 && (*payers)->splits_items()) {
      split = routing::split_by_item(request, (*payers)->table());
    }
    const routing::Choice choice = (*payers)->table().choose(request);
    if (const auto& error = split.error ? split.error : choice.error) {
      std::cout << path << ": " << error->code << " " << error->path << ": " << error->message << "\n";
      exit_code = kFailed;
    } else if (!split.parts.empty()) {
      for (const routing::Part& part : split.parts) {
        std::cout << path << ": " << part.payer << " (items";
        for (const pas::Item* item : part.items) std::cout << " " << item->sequence;
        std::cout << ")\n";
      }
      continue;
    } else {
      std::cout << path << ": " << choice.payer << " (by " << choice.by << ")\n";
    }
    if (!options.explain) continue;
    for (const std::string& step : choice.steps) std::cout << "  " << step << "\n";
  }
  return exit_code;
}

}  // namespace

void add_route(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<RouteOptions>();
  CLI::App* command = app.add_subcommand("route", "Tell which payer a bundle is for");
  command->add_option("bundles", options->bundles, "Files, or folders with their *.json; - is standard input")
      ->required();
  command->add_option("--payers", options->payers, "TOML file of the payers")->envname("PAS_PAYERS")->required();
  command->add_option("--policies", options->policies, "Folder of the payers' policies")
      ->envname("PAS_POLICIES")
      ->capture_default_str();
  command->add_flag("--explain", options->explain, "Show how the payer was found");
  command->footer(
      "Exit code: 0 every bundle has its payer; 1 one has none, or is refused; 2 wrong call, or files cannot be read.");
  command->callback([options, &exit_code] { exit_code = route(*options); });
}

}  // namespace pas::cli
