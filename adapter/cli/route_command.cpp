// route: which payer a bundle is for, and why.

#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapter/cli/commands.h"
#include "adapter/cli/files.h"
#include "fhir/json/bundle_index.h"
#include "mappings/pas/business_errors.h"
#include "mappings/pas/request.h"
#include "mappings/routing/split.h"

namespace pas::cli {
namespace {

struct RouteOptions {
  std::vector<std::string> bundles;
  std::string payers;
  std::string policies = "mappings/policies";
  std::string path;
  bool explain = false;
};

// The payer whose base path that is; empty for an empty one.
base::Result<std::string> payer_at(const std::string& path, const gateway::Payers& payers) {
  if (path.empty()) return std::string();
  const gateway::Payer* payer = payers.find_by_path(path);
  if (payer == nullptr) return base::invalid("--path: " + path + " is not the path of a payer");
  return payer->id;
}

// As $submit finds them, at the base path of the payer `addressed` where there is one. False: nobody can be asked.
bool tell_payers(const std::string& name, const pas::Request& request, const gateway::Payers& payers,
                 std::string_view addressed, bool explain) {
  routing::Choice choice;
  if (request.focal.size() > 1 && payers.splits_items() && addressed.empty()) {
    routing::Split split = routing::split_by_item(request, payers.table());
    for (const routing::Part& part : split.parts) {
      std::cout << name << ": " << part.payer << " (items";
      for (const pas::Item* item : part.items) std::cout << " " << item->sequence;
      std::cout << ")\n";
    }
    choice.error = std::move(split.error);
  } else if (auto error = pas::several_payers_error(request)) {
    choice.error = std::move(error);
  } else {
    choice = payers.table().choose(request, addressed);
    if (!choice.error) std::cout << name << ": " << choice.payer << " (by " << choice.by << ")\n";
  }
  if (const auto& error = choice.error) {
    std::cout << name << ": " << error->code << " " << error->path << ": " << error->message << "\n";
  }
  if (explain) {
    for (const std::string& step : choice.steps) std::cout << "  " << step << "\n";
  }
  return !choice.error;
}

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
  const auto addressed = payer_at(options.path, **payers);
  if (!addressed) {
    std::cerr << "pas-adapter: " << addressed.error().message << "\n";
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
    if (!tell_payers(path, request, **payers, *addressed, options.explain)) exit_code = kFailed;
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
  command->add_option("--path", options->path, "Base path of a payer, as if the bundle was sent there");
  command->add_flag("--explain", options->explain, "Show how the payer was found");
  command->footer(
      "Exit code: 0 every bundle has its payer; 1 one has none, or is refused; 2 wrong call, or files cannot be read.");
  command->callback([options, &exit_code] { exit_code = route(*options); });
}

}  // namespace pas::cli
