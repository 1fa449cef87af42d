// evaluate: decisions and their explanation without a server or a store.

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "adapter/cli/commands.h"
#include "adapter/cli/files.h"
#include "adapter/service/adjudicator.h"
#include "fhir/base/clock.h"
#include "fhir/json/writer.h"
#include "fhir/validation/operation_outcome.h"

namespace pas::cli {
namespace {

struct EvaluateOptions {
  std::vector<std::string> bundles;
  std::string policies = "mappings/policies";
  std::string providers;
  std::string format = "text";
  bool explain = false;
};

struct Totals {
  std::size_t decided = 0;
  std::size_t refused = 0;
};

void print_text(const std::string& path, const service::Adjudicator::Outcome& outcome, bool explain) {
  std::cout << path << "\n";
  if (!outcome) {
    const validation::Report report = outcome.error();
    for (const validation::Issue& issue : report.issues()) {
      std::cout << "  " << validation::to_string(issue.severity) << " " << issue.expression << ": " << issue.message
                << " (" << issue.rule << ")\n";
    }
    return;
  }
  for (const pas::BusinessError& error : outcome->errors) {
    std::cout << "  error " << error.code << " " << error.path << ": " << error.message << "\n";
  }
  for (const service::ItemOutcome& item : outcome->items) {
    const decision::Decision& decision = item.decision;
    std::cout << "  item " << decision.item_sequence << ": " << decision.action
              << (decision.reason.empty() ? "" : " " + decision.reason) << " (row " << decision.row << ", "
              << decision.policy_id << " " << decision.policy_revision << ")\n";
    if (explain) {
      std::cout << decision::explain(item.evaluation, item.inputs, decision);
    } else if (!decision.notes.empty()) {
      std::cout << "    " << decision.notes.front() << "\n";
    }
  }
}

// One JSON object a line.
void print_json(const std::string& path, const service::Adjudicator::Outcome& outcome) {
  json::Writer out;
  out.begin_object().member("bundle", path);
  if (!outcome) {
    out.key("outcome").raw(validation::to_operation_outcome(outcome.error()));
  } else {
    out.key("errors").begin_array();
    for (const pas::BusinessError& error : outcome->errors) {
      out.begin_object().member("code", error.code).member("path", error.path);
      out.member("message", error.message).end_object();
    }
    out.end_array().key("items").begin_array();
    for (const service::ItemOutcome& item : outcome->items) {
      out.raw(decision::to_json(item.evaluation, item.inputs, item.decision));
    }
    out.end_array();
  }
  out.end_object();
  std::cout << out.view() << "\n";
}

int evaluate(const EvaluateOptions& options) {
  auto policies = load_policies(options.policies);
  auto roster = load_roster(options.providers);
  if (!policies || !roster) {
    std::cerr << (policies ? roster.error() : policies.error());
    return kUsage;
  }
  const service::Adjudicator adjudicator(std::move(*policies), std::move(*roster));
  const service::Surroundings surroundings{.today = base::utc_date(base::SystemClock().now()), .months_authorized = {}};
  const std::vector<std::string> paths = expand(options.bundles);
  Totals totals;
  bool unreadable = false;
  for_each_with_progress(paths, [&](const std::string& path) {
    auto bytes = read_all(path);
    if (!bytes) {
      std::cerr << "pas-adapter: " << bytes.error().message << "\n";
      unreadable = true;
      return;
    }
    const auto outcome = adjudicator.adjudicate(std::move(*bytes), surroundings);
    ++(outcome ? totals.decided : totals.refused);
    if (options.format == "json") {
      print_json(path, outcome);
    } else {
      print_text(path, outcome, options.explain);
    }
  });
  if (unreadable) return kUsage;
  if (paths.size() > 1 && options.format == "text") {
    std::cout << paths.size() << " bundles: " << totals.decided << " decided, " << totals.refused << " refused\n";
  }
  return totals.refused == 0 ? kDone : kFailed;
}

}  // namespace

void add_evaluate(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command = app.add_subcommand("evaluate", "Decide bundles without a server");
  command->add_option("bundles", options->bundles, "Files or folders; - is standard input")->required();
  command->add_flag("--explain", options->explain, "Show the criteria with their evidence");
  command->add_option("--format", options->format, "text or json")->check(CLI::IsMember({"text", "json"}));
  command->add_option("--policies", options->policies, "Folder of the payers' policies")
      ->envname("PAS_POLICIES")
      ->capture_default_str();
  command->add_option("--providers", options->providers, "Roster of enrolled providers (CSV)")
      ->envname("PAS_PROVIDERS");
  command->callback([options, &exit_code] { exit_code = evaluate(*options); });
}

}  // namespace pas::cli
